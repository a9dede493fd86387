/* SPDX-License-Identifier: MIT */
/*
 * A batch whose payload came before is completed without work, where that is
 * proven to leave what work would (docs/identical.md). Proven is what was seen:
 * the same payload was processed, the rows that it read had the same versions
 * before it and once it was loaded, and have them now. Whatever is not known,
 * cannot be told or fails makes it an ordinary batch.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "loaders/loader.h"
#include "models/batch/raw_batch_identical.h"
#include "work/worker_details.h"
#include "work/worker_inside.h"

static bool
is_on(const struct work *work)
{
	return strcmp(work->settings->worker_identical, "complete") == 0 &&
	    work->is_known && transformer_sees(&work->job);
}

/* Another version of this program may make something else of a batch. */
static enum err
digest_program(struct work *work, struct digest *digest)
{
	enum err rc = digest_add(digest, SPAN_LIT(PACKAGE_VERSION), work->diag);

	if (rc == E_OK)
		rc = transformer_digest(&work->job, digest, work->diag);
	if (rc == E_OK)
		rc = loader_digest(&work->job, digest, work->diag);
	return rc;
}

/*
 * What the batch would read now, as hexadecimal; empty: that cannot be told.
 * Needs: an open transaction.
 */
static enum err
look(struct work *work, char ret_seen[DIGEST_HEX_SIZE])
{
	unsigned char hash[DIGEST_SHA256_SIZE];
	struct digest *digest;
	struct span seen;
	enum err rc;

	ret_seen[0] = '\0';
	rc = transformer_seen(work->db, &work->job, work->arena, &seen,
	    work->diag);
	if (rc != E_OK || seen.at == NULL)
		return rc;
	digest = digest_new();
	if (digest == NULL)
		return diag_set(work->diag, E_NO_MEMORY, "no memory to hash");
	rc = digest_program(work, digest);
	if (rc == E_OK)
		rc = digest_add(digest, seen, work->diag);
	if (rc == E_OK)
		rc = digest_end(digest, hash, work->diag);
	digest_free(digest);
	if (rc == E_OK)
		digest_hex(hash, ret_seen);
	return rc;
}

/*
 * Whoever is at work on the same rows is waited for, as a transform would, so
 * that what it changes is seen.
 */
static enum err
compare(struct work *work, const struct raw_batch_claim *claim,
    const struct raw_batch_twin *twin, bool *ret_same)
{
	bool held, gone;
	enum err rc = raw_batch_hold(work->db, &work->name, claim, work->arena,
	    &held, &gone, work->diag);

	*ret_same = false;
	if (rc != E_OK || !held || gone)
		return rc;
	if (twin->is_settled)
		rc = transformer_seen_lock(work->db, &work->job, work->arena,
		    work->diag);
	if (rc == E_OK)
		rc = look(work, work->seen);
	*ret_same = rc == E_OK && twin->is_settled && work->seen[0] != '\0' &&
	    span_is(twin->seen, work->seen);
	return rc;
}

/* Complete it in place of its twin's work. Needs: its transaction. */
static enum err
complete(struct work *work, const struct raw_batch_claim *claim,
    const struct raw_batch_twin *twin, struct worker_fate *fate,
    bool *ret_passed)
{
	const struct raw_batch_result result = {
		.status = SPAN_LIT("completed"),
		.items = twin->items,
		.identical_to = twin->id,
	};
	enum raw_batch_state state;
	enum err rc = raw_batch_end(work->db, &work->name, claim, &result,
	    work->arena, &state, work->diag);

	if (rc == E_OK)
		rc = db_commit(work->db, work->diag);
	if (rc != E_OK)
		return rc;
	*ret_passed = true;
	fate->kind = WORKER_DONE;
	fate->items = twin->items;
	fate->identical_to = twin->id;
	(void)snprintf(fate->reason, sizeof(fate->reason),
	    "identical to batch %" PRId64 ", and nothing has changed since",
	    twin->id);
	return E_OK;
}

enum err
worker_identical_pass(struct work *work, const struct raw_batch_claim *claim,
    struct worker_fate *fate, bool *ret_passed)
{
	struct raw_batch_twin twin;
	bool same = false;
	enum err rc;

	*ret_passed = false;
	if (!is_on(work))
		return E_OK;
	rc = raw_batch_twin_get(work->db, &work->name, work->arena, &twin,
	    work->diag);
	if (rc != E_OK || twin.id == 0 || !claim->is_first)
		return rc;
	rc = db_begin(work->db, work->diag);
	if (rc != E_OK)
		return rc;
	rc = compare(work, claim, &twin, &same);
	if (rc == E_OK && same)
		rc = complete(work, claim, &twin, fate, ret_passed);
	if (*ret_passed)
		return E_OK;
	db_rollback(work->db);
	arena_resume(work->arena);
	if (rc == E_OK || worker_is_outage(work->diag))
		return rc;
	log_debug("not_compared", LOG_INT("raw_data_id", work->name.id),
	    LOG_TEXT("error", err_name(rc)),
	    LOG_TEXT("text", work->diag->text));
	work->seen[0] = '\0';
	diag_clear(work->diag);
	return E_OK;
}

enum err
worker_identical_put(struct work *work)
{
	if (!is_on(work))
		return E_OK;
	return raw_batch_twin_put(work->db, &work->name,
	    work->seen[0] == '\0' ? SPAN_NONE : str_span(work->seen),
	    work->arena, work->diag);
}

static enum err
settle(struct work *work)
{
	char now[DIGEST_HEX_SIZE];
	struct span before;
	enum err rc = raw_batch_twin_seen(work->db, &work->name, work->arena,
	    &before, work->diag);

	if (rc != E_OK || before.at == NULL)
		return rc;
	rc = db_begin(work->db, work->diag);
	if (rc != E_OK)
		return rc;
	rc = look(work, now);
	if (rc == E_OK && span_is(before, now))
		rc = raw_batch_twin_settle(work->db, &work->name, before,
		    work->arena, work->diag);
	if (rc == E_OK)
		return db_commit(work->db, work->diag);
	db_rollback(work->db);
	return rc;
}

void
worker_identical_settle(struct work *work)
{
	enum err rc;

	if (!is_on(work))
		return;
	rc = settle(work);
	if (rc == E_OK)
		return;
	log_debug("not_settled", LOG_INT("raw_data_id", work->name.id),
	    LOG_TEXT("error", err_name(rc)),
	    LOG_TEXT("text", work->diag->text));
	arena_resume(work->arena);
	diag_clear(work->diag);
}

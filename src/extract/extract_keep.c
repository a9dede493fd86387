/* SPDX-License-Identifier: MIT */
/* A page that is as it should be: stored with the run's next state, published. */
#include <inttypes.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/metrics.h"
#include "extract/extract_engine_inside.h"
#include "extract/token_loop.h"
#include "json/json_replace.h"
#include "json/json_write.h"
#include "models/batch/raw_batch_store.h"
#include "models/tenant/tenant.h"

#define METADATA_MAX 8192

/* What the answer belongs to: a project, a repository, or what was named. */
static void
write_part(struct json *json, const struct round *round)
{
	bool named = (round->extractor->flags & NAMED) != 0;
	struct span rest = round->run.part;

	if (extract_is_github(round->product))
		json_span(json, "repository", span_cut(&rest, '#'));
	else
		json_span(json, named ? "issue" : "project_key",
		    round->run.part);
}

/* The marks of a page of a census. */
static void
write_census(struct json *json, const struct round *round,
    const struct page *page)
{
	json_text(json, "census",
	    arena_printf(round->engine->arena, "run %" PRId64, round->run.id));
	json_int(json, "page", page->census_page);
	json_bool(json, "last", page->next.at == NULL);
}

/* What transforms need to know of the answer. */
static struct span
metadata_of(struct round *round, const struct page *page)
{
	const struct extract_run *run = &round->run;
	struct span copy;
	struct json json;
	struct buf out;

	buf_init(&out, METADATA_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_int(&json, "run_id", run->id);
	json_int(&json, "step", run->step);
	json_span(&json, "stream", run->stream);
	if (run->part.at != NULL)
		write_part(&json, round);
	if ((round->extractor->flags & CENSUS) != 0)
		write_census(&json, round, page);
	if (page->pull_request.at != NULL) {
		json_raw(&json, "pull_request", page->pull_request);
		json_text(&json, "part", page->pull_part);
		if (page->number > 0)
			json_int(&json, "page", page->number);
		json_bool(&json, "last", page->next.at == NULL);
	}
	json_end(&json);
	copy = buf_done(&out) == E_OK ?
	    arena_span(round->engine->arena,
		str_span(arena_printf(round->engine->arena, " %.*s",
		    SPAN_ARG(buf_span(&out))))) :
	    SPAN_NONE;
	buf_free(&out);
	if (copy.at == NULL)
		return copy;
	return (struct span){ copy.at + 1, copy.len - 1 };
}

/* Nothing of what was to be written, but for what it has cost. */
static void
renew_step(struct round *round)
{
	struct extract_step before = round->step;

	round->step = extract_step_of(&round->run);
	round->step.stream = round->extractor->stream;
	round->step.page_size = before.page_size;
	round->step.requests = before.requests;
	round->step.waited_ms = before.waited_ms;
}

/* An empty page says nothing, but that a pull request has no reviews. */
static bool
is_stored(const struct page *page)
{
	return (page->items > 0 && !page->is_passed_over) ||
	    page->pull_request.at != NULL;
}

/* Why a page is not stored: the next run reads it. */
static const char *
quota_text(struct round *round, const struct tenant_quota *quota)
{
	struct arena *arena = round->engine->arena;
	const char *batches = "any number of", *bytes = batches;

	diag_clear(round->diag);
	if (quota->batches_left >= 0)
		batches = arena_printf(arena, "%" PRId64, quota->batches_left);
	if (quota->bytes_left >= 0)
		bytes = arena_printf(arena, "%" PRId64, quota->bytes_left);
	return arena_printf(arena,
	    "the tenant's daily quota is used up: %s batches and %s bytes"
	    " remain until 00:00 UTC; a later run reads what this one has not",
	    batches, bytes);
}

/* The page as a batch, and the run's next state, or neither. */
static enum err
store_page(struct round *round, const struct raw_batch *batch,
    const struct page *page, struct raw_batch_stored *ret_stored,
    bool *ret_taken, struct tenant_quota *ret_quota)
{
	struct extract_engine *engine = round->engine;
	enum err rc = db_begin(engine->db, round->diag);

	if (rc != E_OK)
		return rc;
	rc = extract_run_advance(engine->db, &round->run, &round->step,
	    engine->arena, ret_taken, round->diag);
	engine->waited_ms = 0;
	if (rc == E_OK && round->run.was_refused)
		rc = extract_run_refused(engine->db, &round->run, false,
		    engine->arena, round->diag);
	if (rc == E_OK && *ret_taken && is_stored(page) && round->run.has_quota)
		rc = tenant_usage_take(engine->db, batch->tenant_id, 1,
		    (int64_t)batch->raw_data.len, engine->arena, ret_quota,
		    round->diag);
	if (rc == E_OK && *ret_taken && is_stored(page))
		rc = raw_batch_insert(engine->db, batch, engine->arena,
		    ret_stored, round->diag);
	if (rc == E_OK && *ret_taken && round->address != NULL)
		rc = round_note_version(round, page);
	FAILPOINT("page_inserted");
	if (rc != E_OK || !*ret_taken) {
		db_rollback(engine->db);
		return rc;
	}
	rc = db_commit(engine->db, round->diag);
	round->run.step += rc == E_OK;
	return rc;
}

/* Its id as a message; without the broker the relay does that later. */
static void
publish_page(struct round *round, const struct raw_batch *batch,
    const struct raw_batch_stored *stored)
{
	struct extract_engine *engine = round->engine;
	const struct job job = { .tenant_id = batch->tenant_id,
		.integration_id = batch->integration_id,
		.raw_data_id = stored->row.id,
		.entity_type = batch->entity_type };
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_publish(engine->queue, QUEUE_TRANSFORM, &job, &diag);
	FAILPOINT("page_published");
	if (rc == E_OK)
		rc = raw_batch_mark_queued(engine->db, &stored->row, 1,
		    engine->arena, &diag);
	if (rc != E_OK)
		log_warn("not_queued", LOG_INT("raw_data_id", stored->row.id),
		    LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
}

/* Where the run is once this page is stored. Gives: NULL, or a flaw. */
static const char *
next_step(struct round *round, const struct page *page)
{
	struct extract_step *step = &round->step;
	struct arena *arena = round->engine->arena;
	bool rest = round->asked != round->extractor;
	struct span before = round->wish.token;
	size_t count = step->lacking_count + page->lacking_count;
	struct span *lacking;

	if (page->next.at != NULL && page->next.len == before.len &&
	    before.at != NULL &&
	    memcmp(page->next.at, before.at, before.len) == 0)
		return "the source gives the same page token again";
	if (page->next.at != NULL &&
	    token_loop_closes(rest ? step->rest_loop : step->token_loop,
		page->next, arena, rest ? &step->rest_loop : &step->token_loop))
		return "the source gives a page token a second time: its pages"
		       " go round in a circle";
	step->empty_pages = page->items > 0 || page->next.at == NULL ||
		page->is_same ?
	    0 :
	    step->empty_pages + 1;
	if (step->empty_pages > 1)
		return "the source gives one empty page after the other";
	if (rest) {
		step->rest_token = page->next;
		if (page->next.at == NULL) {
			step->rest_loop = SPAN_NONE;
			step->lacking += round->wish.lacking_count;
			step->lacking_count -= round->wish.lacking_count;
		}
		return NULL;
	}
	step->token = page->next;
	step->part_is_read = page->next.at == NULL;
	if ((round->extractor->flags & GIVES_PARTS) != 0 &&
	    !round->run.parts_named) {
		step->new_parts = page->parts;
		step->new_part_count = page->part_count;
	}
	if (page->lacking_count == 0)
		return NULL;
	lacking = arena_ask(arena, count * sizeof(*lacking));
	if (lacking == NULL)
		return "there is no memory for what the answer lacks";
	if (step->lacking_count > 0)
		memcpy(lacking, step->lacking,
		    step->lacking_count * sizeof(*lacking));
	memcpy(lacking + step->lacking_count, page->lacking,
	    page->lacking_count * sizeof(*lacking));
	step->lacking = lacking;
	step->lacking_count = count;
	return NULL;
}

enum err
round_keep(struct round *round, struct span body, const struct page *page)
{
	struct extract_step *step = &round->step;
	unsigned char digest[DIGEST_SHA256_SIZE];
	const char *flaw = next_step(round, page);
	struct raw_batch batch = {
		.tenant_id = round->run.tenant_id,
		.integration_id = round->run.integration_id,
		.entity_type = str_span(round->asked->entity_type),
		.raw_data = body,
		.extraction_metadata = metadata_of(round, page),
		.item_count = page->is_passed_over ? 0 : page->items,
		.digest = digest,
		.queue = true,
	};
	struct raw_batch_stored stored = { 0 };
	struct tenant_quota quota = { 0 };
	bool taken = false;
	char *text;
	enum err rc;

	if (flaw != NULL) {
		renew_step(round);
		return round_skip(round, 0, flaw);
	}
	rc = digest_sha256(body, digest, round->diag);
	if (rc != E_OK)
		return rc;
	memcpy(&text, &body.at, sizeof(text)); /* the asker's, mutable */
	batch.replaced = (int64_t)json_replace(text, body.len);
	step->pages = is_stored(page);
	step->items = batch.item_count;
	step->bytes = (int64_t)body.len;
	rc = store_page(round, &batch, page, &stored, &taken, &quota);
	if (rc == E_QUOTA)
		return round_fail(round, 0, quota_text(round, &quota));
	if (rc == E_INVALID ||
	    (rc == E_DB &&
		(strncmp(round->diag->sqlstate, "22", 2) == 0 ||
		    strncmp(round->diag->sqlstate, "54", 2) == 0))) {
		renew_step(round);
		return round_skip(round, 0,
		    "the answer, or its page token, has something that"
		    " PostgreSQL cannot store");
	}
	if (rc != E_OK)
		return rc;
	FAILPOINT("page_committed");
	round->fate = EXTRACT_MORE;
	if (!taken || !is_stored(page))
		return E_OK;
	metrics_add(METRIC_STORED, 1);
	metrics_add(METRIC_STORED_BYTES, body.len);
	metrics_add(METRIC_REPLACED, (uint64_t)batch.replaced);
	publish_page(round, &batch, &stored);
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
#include "work/requeue.h"

#include "base/log.h"
#include "models/batch/raw_batch_requeue.h"
#include "models/batch/raw_batch_version.h"
#include "queue/dead_letters.h"
#include "work/backlog.h"
#include "work/publish.h"

/* Ms to wait for the confirms of all messages. */
#define CONFIRM_MS 5000

/*
 * Forget the dead letters of these rows, then publish and mark them.
 * Gives: how many are queued.
 */
static size_t
publish(struct db *db, struct queue_manager *queue, int64_t tenant_id,
    const struct db_rows *rows, struct arena *arena)
{
	size_t count = (size_t)db_rows_count(rows);
	int64_t *ids = arena_ask(arena, count * sizeof(*ids));
	struct published published = { 0 };
	struct diag mark_diag;
	int64_t gone;

	diag_clear(&mark_diag);
	if (ids == NULL) {
		log_warn("not_queued", LOG_INT("count", (int64_t)count),
		    LOG_TEXT("error", err_name(E_NO_MEMORY)));
		return 0;
	}
	for (size_t i = 0; i < count; i++)
		ids[i] = db_int(rows, (int)i, RAW_BATCH_LOCKED_ID);
	gone = dead_letters_forget(queue, ids, count, arena);
	if (gone > 0)
		log_info("dead_forgotten", LOG_INT("count", gone));
	/* A mark that is lost costs a duplicate message. */
	if (publish_transforms(db, queue, rows, CONFIRM_MS, arena, &published,
		&mark_diag) != E_OK)
		log_warn("mark_queued",
		    LOG_INT("lost", (int64_t)published.confirmed),
		    LOG_TEXT("text", mark_diag.text));
	else
		backlog_count(db, queue, tenant_id, arena);
	if (published.why.code != E_OK)
		log_warn("not_queued",
		    LOG_INT("count", (int64_t)(count - published.confirmed)),
		    LOG_TEXT("error", err_name(published.why.code)),
		    LOG_TEXT("text", published.why.text));
	return published.confirmed;
}

enum err
requeue(struct db *db, struct queue_manager *queue,
    const struct raw_batch_filter *filter, struct arena *arena,
    struct requeued *ret_requeued, struct diag *diag)
{
	struct requeued requeued = { 0 };
	struct db_rows *rows;
	enum err rc;

	rc = raw_batch_requeue(db, filter, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	requeued.pending = (size_t)db_rows_count(rows);
	if (requeued.pending > 0)
		requeued.queued = publish(db, queue, filter->tenant_id, rows,
		    arena);
	arena_resume(arena); /* the relay queues what was not */
	*ret_requeued = requeued;
	return E_OK;
}

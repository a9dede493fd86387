#include "work/requeue.h"

#include "base/log.h"
#include "queue/dead_letters.h"
#include "work/batch_jobs.h"

/* Ms to wait for the confirms of all messages. */
#define CONFIRM_MS 5000

/* Publish the jobs of these rows and mark those that were confirmed. */
static enum err
publish(struct db *db, struct queue_manager *queue, const struct db_rows *rows,
    struct arena *arena, size_t *ret_queued, struct diag *diag)
{
	size_t count = (size_t)db_rows_count(rows), queued = 0;
	struct job *jobs = batch_jobs(rows, arena);
	struct raw_batch_version *done = arena_get(arena,
	    count * sizeof(*done));
	int64_t *ids = arena_get(arena, count * sizeof(*ids));
	bool *confirmed = arena_get(arena, count * sizeof(*confirmed));
	int64_t gone;
	enum err rc;

	if (jobs == NULL || done == NULL || ids == NULL || confirmed == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for jobs");
	for (size_t i = 0; i < count; i++)
		ids[i] = jobs[i].raw_data_id;
	gone = dead_letters_forget(queue, ids, count, arena);
	if (gone > 0)
		log_info("dead_forgotten", LOG_INT("count", gone));
	rc = queue_manager_publish_all(queue, QUEUE_TRANSFORM, jobs, count,
	    CONFIRM_MS, arena, confirmed, diag);
	for (size_t i = 0; i < count; i++)
		if (confirmed[i])
			done[queued++] = raw_batch_locked(rows, (int)i);
	*ret_queued = queued;
	if (queued > 0) {
		struct diag mark_diag;

		diag_clear(&mark_diag);
		/* A mark that is lost costs a duplicate message. */
		if (raw_batch_mark_queued(db, done, queued, arena,
		    &mark_diag) != E_OK)
			log_warn("mark_queued", LOG_INT("lost",
			    (int64_t)queued), LOG_TEXT("text",
			    mark_diag.text));
	}
	return rc;
}

enum err
requeue(struct db *db, struct queue_manager *queue,
    const struct raw_batch_filter *filter, struct arena *arena,
    struct requeued *ret_requeued, struct diag *diag)
{
	struct requeued requeued = { 0 };
	struct diag publish_diag;
	struct db_rows *rows;
	enum err rc;

	rc = raw_batch_requeue(db, filter, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	requeued.pending = (size_t)db_rows_count(rows);
	diag_clear(&publish_diag);
	if (requeued.pending > 0 && publish(db, queue, rows, arena,
	    &requeued.queued, &publish_diag) != E_OK)
		log_warn("not_queued", LOG_INT("count", (int64_t)(
		    requeued.pending - requeued.queued)), LOG_TEXT("error",
		    err_name(publish_diag.code)), LOG_TEXT("text",
		    publish_diag.text));
	*ret_requeued = requeued;
	return E_OK;
}

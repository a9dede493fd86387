/* SPDX-License-Identifier: MIT */
#include "work/publish.h"

#include "base/failpoint.h"
#include "base/trace.h"
#include "queue/queue_lanes.h"

/* What the row says of its trace, or NULL: of old rows, and of other hands. */
static const char *
traceparent_of(const struct db_rows *rows, int row)
{
	struct span text = db_text(rows, row, RAW_BATCH_LOCKED_TRACE);
	char context[TRACEPARENT_SIZE];

	return trace_read(text, context) ? text.at : NULL;
}

/* The bulk queue of the row's tenant, as if it had many waiting. */
static int
bulk_lane(const struct db_rows *rows, int row)
{
	return queue_lane_for(db_int(rows, row, RAW_BATCH_LOCKED_TENANT),
	    INT64_MAX, 1);
}

/* A job for each row, in the arena; its text is the rows'. NULL: no memory. */
static struct job *
jobs_of(const struct db_rows *rows, bool as_many, struct arena *arena)
{
	int count = db_rows_count(rows);
	struct job *jobs = arena_ask(arena, (size_t)count * sizeof(*jobs));

	for (int i = 0; jobs != NULL && i < count; i++)
		jobs[i] = (struct job){
			.raw_data_id = db_int(rows, i, RAW_BATCH_LOCKED_ID),
			.tenant_id = db_int(rows, i, RAW_BATCH_LOCKED_TENANT),
			.integration_id = db_int(rows, i,
			    RAW_BATCH_LOCKED_INTEGRATION),
			.entity_type = db_text(rows, i, RAW_BATCH_LOCKED_TYPE),
			.lane = as_many ? bulk_lane(rows, i) : 0,
			.traceparent = traceparent_of(rows, i),
		};
	return jobs;
}

/*
 * A job for each row, to one queue.
 * Gives: *ret_confirmed, for each row, also when it fails; NULL: no memory.
 */
static enum err
publish(struct queue_manager *queue, enum queue to, const struct db_rows *rows,
    bool as_many, int timeout, struct arena *arena, bool **ret_confirmed,
    struct diag *diag)
{
	size_t count = (size_t)db_rows_count(rows);
	struct job *jobs = jobs_of(rows, as_many, arena);

	*ret_confirmed = jobs == NULL ?
	    NULL :
	    arena_ask(arena, count * sizeof(**ret_confirmed));
	if (*ret_confirmed == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for jobs");
	return queue_manager_publish_all(queue, to, jobs, count, timeout, arena,
	    *ret_confirmed, diag);
}

enum err
publish_transforms(struct db *db, struct queue_manager *queue,
    const struct db_rows *rows, int timeout, struct arena *arena,
    struct published *ret_published, struct diag *diag)
{
	size_t count = (size_t)db_rows_count(rows);
	struct raw_batch_version *done = arena_ask(arena,
	    count * sizeof(*done));
	struct published published = { 0 };
	bool *confirmed = NULL;

	diag_clear(&published.why);
	if (done == NULL)
		(void)diag_set(&published.why, E_NO_MEMORY,
		    "no memory for jobs");
	else
		(void)!publish(queue, QUEUE_TRANSFORM, rows, false, timeout,
		    arena, &confirmed, &published.why);
	FAILPOINT("relayed");
	for (size_t i = 0; confirmed != NULL && i < count; i++)
		if (confirmed[i])
			done[published.confirmed++] = raw_batch_locked(rows,
			    (int)i);
	*ret_published = published;
	return published.confirmed == 0 ?
	    E_OK :
	    raw_batch_mark_queued(db, done, published.confirmed, arena, diag);
}

enum err
publish_loads(struct queue_manager *queue, const struct db_rows *rows,
    bool as_many, int timeout, struct arena *arena, struct diag *diag)
{
	bool *confirmed;

	return publish(queue, QUEUE_LOAD, rows, as_many, timeout, arena,
	    &confirmed, diag);
}

/* SPDX-License-Identifier: MIT */
/* Storing and queueing several small batches together. */
#include "etl/store.h"

#include <string.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "etl/request_series.h"
#include "etl/service.h"

bool
store_may_have_company(const struct req *rq)
{
	int64_t length;

	return span_is(rq->method, "POST") &&
	    span_is(rq->path, "/app/etl/raw-data/store") &&
	    rq->idempotency_key.at == NULL && rq->content_encoding.at == NULL &&
	    span_int64(rq->content_length, &length) && length > 0 &&
	    length <= STORE_SMALL_BYTES;
}

/* Publish the ids of those that are to be queued; queued[i]: it was. */
static void
queue_all(struct req *const *rqs, const struct store *stores,
    const struct raw_batch_stored *rows, size_t count, bool *queued)
{
	struct job jobs[RAW_BATCH_GROUP_MAX];
	bool confirmed[RAW_BATCH_GROUP_MAX] = { false };
	struct service *service = rqs[0]->service;
	size_t job_count = 0;
	int64_t began, us;
	struct diag diag;
	enum err rc;

	for (size_t i = 0; i < count; i++)
		if (stores[i].batch.queue)
			jobs[job_count++] = store_job(rqs[i], &stores[i].batch,
			    rows[i].row.id);
	if (job_count == 0)
		return;
	diag_clear(&diag);
	began = clock_us();
	FAILPOINT("committed");
	rc = queue_manager_publish_all(service->queue, QUEUE_TRANSFORM, jobs,
	    job_count, -1, rqs[0]->arena, confirmed, &diag);
	us = clock_us() - began;
	FAILPOINT("published");
	arena_resume(rqs[0]->arena); /* the relay queues what was not */
	job_count = 0;
	for (size_t i = 0; i < count; i++) {
		if (!stores[i].batch.queue)
			continue;
		request_series_stage(STORE_PUBLISH, us);
		queued[i] = confirmed[job_count++];
		if (queued[i]) {
			raw_batch_marks_add(service->marks, rows[i].row);
			continue;
		}
		request_log(rqs[i]);
		log_warn("not_queued", LOG_INT("raw_data_id", rows[i].row.id),
		    LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	}
}

enum err
store_group(struct req *const *rqs, struct resp *const *rps,
    const struct store *stores, size_t count, struct diag *diag)
{
	struct raw_batch_stored rows[RAW_BATCH_GROUP_MAX];
	const struct raw_batch *batches[RAW_BATCH_GROUP_MAX] = { NULL };
	bool queued[RAW_BATCH_GROUP_MAX] = { false };
	int64_t began = clock_us(), us;
	enum err rc;

	for (size_t i = 0; i < count; i++)
		batches[i] = &stores[i].batch;
	rc = raw_batch_insert_all(rqs[0]->db, batches, count, rqs[0]->arena,
	    rows, diag);
	us = clock_us() - began;
	for (size_t i = 0; i < count; i++)
		request_series_stage(STORE_INSERT, us);
	if (rc != E_OK)
		return rc;
	queue_all(rqs, stores, rows, count, queued);
	for (size_t i = 0; i < count; i++) {
		request_log(rqs[i]);
		store_answer(rqs[i], rps[i], &stores[i].batch, &rows[i],
		    queued[i]);
	}
	return E_OK;
}

bool
store_is_one_to_blame(enum err rc, const struct diag *diag)
{
	return rc == E_DB ||
	    (rc == E_DB_BUSY &&
		(strncmp(diag->sqlstate, "40", 2) == 0 ||
		    strcmp(diag->sqlstate, "55P03") == 0));
}

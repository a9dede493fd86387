/* SPDX-License-Identifier: MIT */
/* How the batches of a tenant stand at this moment. */
#include "etl/answers.h"
#include "etl/handlers.h"
#include "models/batch/raw_batch_states.h"
#include "models/tenant/pause.h"

static const struct shape_row state_rows[] = {
	{ "processing_status", SHAPE_TEXT, 0,
	    "A status; unqueued: of the pending ones, those whose message is"
	    " not on the queue yet",
	    NULL },
	{ "batches", SHAPE_INT, 0, "How many there are, at least", NULL },
	{ "is_exact", SHAPE_BOOL, 0,
	    "false: there may be more, which only the unqueued say", NULL },
	{ "oldest_at", SHAPE_STAMP, SHAPE_NULLABLE,
	    "When the oldest of them was stored; null: there is none, or they"
	    " are completed",
	    NULL },
};
SHAPE_PART(raw_data_state, "The batches of one status", state_rows)
static const struct shape_row throughput_rows[] = {
	{ "seconds", SHAPE_INT, 0, "Over how long", NULL },
	{ "received", SHAPE_INT, 0,
	    "Batches stored in the whole minutes of that time, but for deleted"
	    " ones",
	    NULL },
	{ "completed", SHAPE_INT, 0, "Batches processed in that time", NULL },
	{ "is_exact", SHAPE_BOOL, 0,
	    "false: there were so many that what is completed is computed from"
	    " how fast the newest 1000 were",
	    NULL },
};
SHAPE_PART(throughput, "How many batches came and were processed lately",
    throughput_rows)
static const struct shape_row states_rows[] = {
	{ "states", SHAPE_LIST, 0, "One for each status, and the unqueued",
	    &raw_data_state },
	{ "paused", SHAPE_BOOL, 0,
	    "The tenant's batches and extractions wait until processing is"
	    " resumed",
	    NULL },
	{ "throughput", SHAPE_OBJECT, 0, NULL, &throughput },
};
SHAPE(answer_raw_data_states, "raw_data_states",
    "How many batches stand where, and how long the oldest have waited",
    states_rows)

/* How many batches stand where. */
enum err
raw_data_states(struct req *rq, struct resp *rp)
{
	struct raw_batch_throughput lately;
	struct db_rows *rows;
	bool paused;
	enum err rc;

	rc = raw_batch_standing(rq->db, rq->who.tenant_id, rq->arena, &rows,
	    &rq->diag);
	if (rc == E_OK)
		rc = pause_of_tenant(rq->db, rq->who.tenant_id, rq->arena,
		    &paused, &rq->diag);
	if (rc == E_OK)
		rc = raw_batch_throughput(rq->db, rq->who.tenant_id, rq->arena,
		    &lately, &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_array(rp->json, "states");
	for (int i = 0; i < db_rows_count(rows); i++) {
		json_object(rp->json, NULL);
		json_span(rp->json, "processing_status",
		    db_text(rows, i, RAW_BATCH_STANDING));
		json_int(rp->json, "batches",
		    db_int(rows, i, RAW_BATCH_STANDING_BATCHES));
		json_bool(rp->json, "is_exact",
		    db_bool(rows, i, RAW_BATCH_STANDING_EXACT));
		json_span(rp->json, "oldest_at",
		    db_text(rows, i, RAW_BATCH_STANDING_OLDEST));
		json_end(rp->json);
	}
	json_end(rp->json);
	json_bool(rp->json, "paused", paused);
	json_object(rp->json, "throughput");
	json_int(rp->json, "seconds", RAW_BATCH_THROUGHPUT_SECONDS);
	json_int(rp->json, "received", lately.received);
	json_int(rp->json, "completed", lately.completed);
	json_bool(rp->json, "is_exact", lately.is_exact);
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

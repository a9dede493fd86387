/* SPDX-License-Identifier: MIT */
/* Processing stored batches again, and deleting one. */
#include "etl/handlers.h"

#include "etl/requeue.h"
#include "etl/service.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_requeue.h"
#include "models/catalogue/mapped_type.h"
#include "work/requeue.h"

/* The same names in the query, as for GET, and in a body; the body wins. */
struct requeue_input {
	struct raw_batch_filter filter;
	bool all;
	bool dry_run;
};

#define AT(member) .offset = offsetof(struct requeue_input, member)
#define ROWS(place) \
	{ place, "integration_id", .kind = FIELD_INT, .min = 1, \
		.max = INT32_MAX, AT(filter.integration_id), \
		.sentence = "Only batches of this integration" }, \
	    { place, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50, \
		    AT(filter.entity_type), \
		    .sentence = "Only batches of this type" }, \
	    { place, "processing_status", .kind = FIELD_TEXT, \
		    .choices = "pending|completed|failed", \
		    AT(filter.processing_status), \
		    .sentence = \
			"Only batches in this status; completed and failed" }, \
	    { place, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255, \
		    AT(filter.external_id), \
		    .sentence = "Only batches of this name" }, \
	    { place, "created_after", .kind = FIELD_STAMP, \
		    AT(filter.created_after), \
		    .sentence = "Only batches created after this time" }, \
	    { place, "created_before", .kind = FIELD_STAMP, \
		    AT(filter.created_before), \
		    .sentence = "Only batches created before this time" }, \
	    { place, "limit", .kind = FIELD_INT, .min = 1, .max = 1000, \
		    AT(filter.limit), \
		    .sentence = "How many at most, oldest first; 50" }, \
	    { place, "all", .kind = FIELD_BOOL, AT(all), \
		    .sentence = \
			"All batches: required unless another member selects" \
			" some" }, \
	{ \
		place, "dry_run", \
		    .kind = FIELD_BOOL, AT(dry_run), \
		    .sentence = "Only tell how many there are; false" \
	}
static const struct field requeue_rows[] = {
	ROWS(FIELD_QUERY),
	ROWS(FIELD_BODY),
};
#undef ROWS
#undef AT
const struct field_set raw_data_requeue_input = { requeue_rows,
	COUNT(requeue_rows) };

/* A batch that is processed again counts as one that is stored. */
static enum err
take_batches(struct req *rq, const struct raw_batch_filter *filter,
    size_t *ret_taken)
{
	int64_t count;
	enum err rc;

	if (!rq->who.has_quota)
		return E_OK;
	rc = raw_batch_requeue_count(rq->db, filter, rq->arena, &count,
	    &rq->diag);
	if (rc != E_OK)
		return rc;
	*ret_taken = (size_t)(count < filter->limit ? count : filter->limit);
	rc = quota_take(rq, *ret_taken, 0);
	if (rc != E_OK)
		*ret_taken = 0;
	return rc;
}

enum err
requeue_answer(struct req *rq, struct resp *rp,
    const struct raw_batch_filter *filter)
{
	struct requeued requeued = { 0 };
	size_t taken = 0;
	enum err rc = take_batches(rq, filter, &taken);

	if (rc != E_OK)
		return rc;
	rc = requeue(rq->db, rq->service->queue, filter, rq->arena, &requeued,
	    &rq->diag);
	if (rc != E_DB_UNKNOWN && taken > requeued.pending)
		quota_give_back(rq, taken - requeued.pending, 0);
	if (rc != E_OK)
		return rc;
	if (filter->id != 0 && requeued.pending == 0)
		return E_NO_ROW;
	if (requeued.pending > 0)
		audit_note(rq, "raw_data.requeue", filter->id);
	if (requeued.queued < requeued.pending)
		rp->status = 202;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message",
	    requeued.pending == 0 ?
		"No batch matched" :
		requeued.queued < requeued.pending ?
		"Pending again; the rest will be queued automatically" :
		"Pending again and queued");
	json_int(rp->json, "requeued", (int64_t)requeued.pending);
	json_int(rp->json, "queued", (int64_t)requeued.queued);
	json_end(rp->json);
	return E_OK;
}

/* Let one batch be processed again. */
enum err
raw_data_requeue(struct req *rq, struct resp *rp)
{
	const struct raw_batch_filter filter = { .id = rq->id,
		.tenant_id = rq->who.tenant_id,
		.limit = 1 };
	enum err rc;

	rc = requeue_answer(rq, rp, &filter);
	if (rc != E_NO_ROW)
		return rc;
	rc = raw_batch_check_payload(rq->db, rq->who.tenant_id, rq->id,
	    rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	return diag_tell(&rq->diag, E_PROCESSING,
	    "A batch that is processing cannot be requeued");
}

/* Tell how many the filter finds, and change nothing. */
static enum err
answer_dry_run(struct req *rq, struct resp *rp,
    const struct raw_batch_filter *filter)
{
	int64_t count;
	enum err rc;

	rc = raw_batch_requeue_count(rq->db, filter, rq->arena, &count,
	    &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", "Nothing was changed, as asked");
	json_int(rp->json, "requeued", 0);
	json_int(rp->json, "queued", 0);
	json_int(rp->json, "found", count);
	json_end(rp->json);
	return E_OK;
}

/* Let the batches of a filter be processed again. */
enum err
raw_data_requeue_many(struct req *rq, struct resp *rp)
{
	struct requeue_input input = { .filter.limit = 50 };
	enum err rc;

	rc = fields_read(&raw_data_requeue_input, rq, &input);
	if (rc != E_OK)
		return rc;
	if (!input.all && raw_batch_filter_is_empty(&input.filter))
		return request_refuse(rq, FIELD_BODY, "all", "missing",
		    "is missing: without a filter every batch is processed"
		    " again, which \"all\": true says");
	input.filter.tenant_id = rq->who.tenant_id;
	if (input.dry_run)
		return answer_dry_run(rq, rp, &input.filter);
	return requeue_answer(rq, rp, &input.filter);
}

/* What POST /types/{id}/apply takes. */
static const struct field apply_rows[] = {
	{ FIELD_BODY, "limit", .kind = FIELD_INT, .min = 1, .max = 1000,
	    .offset = offsetof(struct requeue_input, filter.limit),
	    .sentence = "How many at most, oldest first; 1000" },
	{ FIELD_BODY, "dry_run", .kind = FIELD_BOOL,
	    .offset = offsetof(struct requeue_input, dry_run),
	    .sentence = "Only tell how many there are; false" },
};
const struct field_set type_apply_input = { apply_rows, COUNT(apply_rows) };

/* Let the batches of an entity type be processed as its mapping says now. */
enum err
type_apply(struct req *rq, struct resp *rp)
{
	struct requeue_input input = { .filter.limit = 1000 };
	enum err rc = fields_read(&type_apply_input, rq, &input);

	if (rc == E_OK)
		rc = mapped_type_changed(rq->db, rq->who.tenant_id, rq->id,
		    rq->arena, &input.filter.entity_type,
		    &input.filter.processed_before, &rq->diag);
	if (rc != E_OK)
		return rc;
	input.filter.tenant_id = rq->who.tenant_id;
	if (input.dry_run)
		return answer_dry_run(rq, rp, &input.filter);
	return requeue_answer(rq, rp, &input.filter);
}

/* Take one batch out of all lists. */
enum err
raw_data_delete(struct req *rq, struct resp *rp)
{
	enum err rc;

	rc = raw_batch_delete(rq->db, rq->who.tenant_id, rq->id, rq->arena,
	    &rq->diag);
	if (rc != E_OK)
		return rc;
	audit_note(rq, "raw_data.delete", rq->id);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", "The batch is deleted");
	json_end(rp->json);
	return E_OK;
}

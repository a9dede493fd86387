#include "etl/handlers.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/failpoint.h"
#include "base/log.h"
#include "base/metrics.h"
#include "http/audit.h"
#include "models/tenant.h"

/* What POST /raw-data/store takes. */
struct store_input {
	int64_t integration_id;
	struct span entity_type;
	struct span external_id;
	struct span raw_data;
	struct span extraction_metadata;
	bool queue_transform;
};

#define AT(member) .offset = offsetof(struct store_input, member)
static const struct field store_rows[] = {
	/* clang-format off */
	{ FIELD_HEADER, "Idempotency-Key", .kind = FIELD_TEXT, .min = 1,
	  .max = IDEMPOTENCY_KEY_MAX,
	  .sentence = "The same key and body again are answered with the first"
	    " batch's id" },
	{ FIELD_HEADER, "traceparent", .kind = FIELD_TEXT, .min = 1, .max = 255,
	  .sentence = "W3C Trace Context, which the message carries on" },
	{ FIELD_QUERY, "queue_transform", .kind = FIELD_BOOL, AT(queue_transform),
	  .sentence = "Whether to put the id on transform_queue; true" },
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .required = true,
	  .min = 1, .max = INT32_MAX, AT(integration_id),
	  .sentence = "The tenant's integration the answer was fetched from" },
	{ FIELD_BODY, "entity_type", .kind = FIELD_TEXT, .required = true,
	  .min = 1, .max = 50, AT(entity_type),
	  .sentence = "What the batch holds, such as jira_issues_batch" },
	{ FIELD_BODY, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255,
	  AT(external_id), .sentence = "The batch's name on the client's side" },
	{ FIELD_BODY, "raw_data", .kind = FIELD_DOCUMENT, .required = true,
	  .items = raw_batch_items, AT(raw_data),
	  .sentence = "The complete API response" },
	{ FIELD_BODY, "extraction_metadata", .kind = FIELD_OBJECT,
	  AT(extraction_metadata), .sentence = "How it was extracted" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_store_input = { store_rows,
	COUNT(store_rows) };

#define AT(member) .offset = offsetof(struct raw_batch_change, member)
static const struct field status_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "processing_status", .older_name = "status",
	  .kind = FIELD_TEXT, .required = true, .choices = RAW_BATCH_STATUSES, AT(status),
	  .sentence = "The new status" },
	{ FIELD_BODY, "error_details", .kind = FIELD_OBJECT, AT(error_details),
	  .sentence = "What went wrong; null forgets it" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_status_input = { status_rows,
	COUNT(status_rows) };

/* Publish the id; a broker that is away only delays it. */
static bool
queue_batch(struct req *rq, const struct raw_batch *batch, int64_t id)
{
	const struct job job = {
		.tenant_id = batch->tenant_id,
		.integration_id = batch->integration_id,
		.raw_data_id = id,
		.entity_type = batch->entity_type,
	};
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	FAILPOINT("committed");
	rc = queue_manager_publish(rq->service->queue, QUEUE_TRANSFORM, &job,
	    request_traceparent(rq), &diag);
	FAILPOINT("published");
	if (rc == E_OK) {
		raw_batch_marks_add(rq->service->marks, id);
		return true;
	}
	log_warn("not_queued", LOG_INT("raw_data_id", id),
	    LOG_TEXT("error", err_name(rc)), LOG_TEXT("text", diag.text));
	return false;
}

/*
 * The client's Idempotency-Key, or NULL without one. Must come before the
 * insert, which writes into the body.
 */
static enum err
read_key(struct req *rq, const struct idempotency_key **ret_key)
{
	struct span text = rq->idempotency_key;
	struct idempotency_key *key;

	*ret_key = NULL;
	if (text.at == NULL)
		return E_OK;
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return field_refuse(rq, FIELD_HEADER,
			    "Idempotency-Key", "value_error",
			    "must be visible ASCII characters");
	if (text.len > IDEMPOTENCY_KEY_MAX)
		return field_refuse(rq, FIELD_HEADER, "Idempotency-Key",
		    "string_length", "must have 1 to 255 characters");
	key = arena_get(rq->arena, sizeof(*key));
	if (key == NULL)
		return diag_set(&rq->diag, E_NO_MEMORY, "no memory");
	key->key = text;
	key->lifetime = rq->service->settings->idempotency_lifetime;
	*ret_key = key;
	return digest_sha256(buf_span(rq->body), key->fingerprint, &rq->diag);
}

/* Answer a store: now, or the first time its key was used. */
static void
write_stored(struct resp *rp, int64_t id, bool queued, const char *message)
{
	char location[64];

	(void)snprintf(location, sizeof(location), "/app/etl/raw-data/%" PRId64,
	    id);
	response_header(rp, "Location", location);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_int(rp->json, "raw_data_id", id);
	json_text(rp->json, "message", message);
	json_bool(rp->json, "queued", queued);
	json_end(rp->json);
}

/* The key was used before: for the same body, or for another. */
static enum err
replay(struct req *rq, struct resp *rp, const struct raw_batch *batch)
{
	struct idempotency_use use;
	enum err rc;

	diag_clear(&rq->diag);
	rc = idempotency_key_get(rq->db, batch->tenant_id, batch->key,
	    rq->arena, &use, &rq->diag);
	if (rc == E_NO_ROW) /* it went between two statements */
		return diag_tell(&rq->diag, E_DB_BUSY,
		    "The Idempotency-Key expired just now: send it again");
	if (rc != E_OK)
		return rc;
	if (!use.same_body)
		return diag_tell(&rq->diag, E_INVALID, "This Idempotency-Key"
		    " was used before with another body");
	metrics_add(METRIC_REPLAYED, 1);
	response_header(rp, "Idempotency-Replayed", "true");
	write_stored(rp, use.raw_data_id, use.queued,
	    "Stored before, with this Idempotency-Key");
	return E_OK;
}

static const char *
left_text(struct req *rq, int64_t left)
{
	const char *text = left < 0 ? "any number of" :
	    arena_printf(rq->arena, "%" PRId64, left);

	return text == NULL ? "?" : text;
}

/* Take the batch from the tenant's quota of the day, where it has one. */
static enum err
take_quota(struct req *rq, const struct raw_batch *batch)
{
	struct tenant_quota quota;
	enum err rc;

	if (!rq->who.has_quota)
		return E_OK;
	rc = tenant_usage_take(rq->db, batch->tenant_id,
	    (int64_t)batch->raw_data.len, rq->arena, &quota, &rq->diag);
	if (rc != E_QUOTA)
		return rc;
	rq->retry_after = quota.renewed_in;
	return diag_tell(&rq->diag, E_QUOTA, "The tenant's daily quota is used"
	    " up: %s batches and %s bytes remain until 00:00 UTC",
	    left_text(rq, quota.batches_left),
	    left_text(rq, quota.bytes_left));
}

/* Store one batch and queue its id. */
enum err
raw_data_store(struct req *rq, struct resp *rp)
{
	struct store_input input = { .queue_transform = true };
	struct raw_batch batch = { .tenant_id = rq->who.tenant_id };
	bool queued;
	int64_t id;
	enum err rc;

	rc = fields_read(&raw_data_store_input, rq, &input);
	if (rc == E_OK)
		rc = read_key(rq, &batch.key);
	if (rc != E_OK)
		return rc;
	batch.integration_id = input.integration_id;
	batch.entity_type = input.entity_type;
	batch.external_id = input.external_id;
	batch.raw_data = input.raw_data;
	batch.extraction_metadata = input.extraction_metadata;
	batch.item_count = request_member(rq, "raw_data")->item_count;
	batch.queue = input.queue_transform;
	rc = take_quota(rq, &batch);
	if (rc != E_OK)
		return rc;
	rc = raw_batch_insert(rq->db, &batch, rq->arena, &id, &rq->diag);
	if (rc != E_OK && rc != E_DB_UNKNOWN && rq->who.has_quota)
		tenant_usage_give_back(rq->db, batch.tenant_id,
		    (int64_t)batch.raw_data.len, rq->arena);
	if (rc == E_KEY_TAKEN)
		return replay(rq, rp, &batch);
	if (rc != E_OK)
		return rc;
	audit_note(rq, "raw_data.store", id);
	metrics_add(METRIC_STORED, 1);
	metrics_add(METRIC_STORED_BYTES, batch.raw_data.len);
	queued = batch.queue && queue_batch(rq, &batch, id);
	rp->status = batch.queue && !queued ? 202 : 201;
	write_stored(rp, id, queued, queued ? "Stored and queued" :
	    batch.queue ? "Stored; it will be queued later by itself" :
	    "Stored; not queued, as asked");
	return E_OK;
}

/* Set the processing status of one batch. */
enum err
raw_data_status(struct req *rq, struct resp *rp)
{
	struct raw_batch_change change = { 0 };
	enum err rc;

	rc = fields_read(&raw_data_status_input, rq, &change);
	if (rc != E_OK)
		return rc;
	change.has_details = request_member(rq, "error_details") != NULL;
	rc = raw_batch_set_status(rq->db, rq->who.tenant_id, rq->id, &change,
	    rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	audit_note(rq, "raw_data.status", rq->id);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", arena_printf(rq->arena,
	    "The batch is %.*s", SPAN_ARG(change.status)));
	json_end(rp->json);
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
/* Storing one batch and queueing its id, within the request. */
#include "etl/handlers.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/failpoint.h"
#include "base/log.h"
#include "base/metrics.h"
#include "etl/request_series.h"
#include "etl/service.h"
#include "etl/store.h"
#include "etl/store_warning.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "http/seats.h"
#include "models/catalogue/mapped_type.h"

/* A query is shorter. */
#define FINGERPRINT_MAX 1048576

/* What POST /raw-data/store takes. */
struct store_input {
	int64_t integration_id;
	struct span entity_type;
	struct span external_id;
	struct span raw_data;
	struct span extraction_metadata;
	bool queue_transform;
	struct span nul;
};

#define AT(member) .offset = offsetof(struct store_input, member)
static const struct field store_rows[] = {
	/* clang-format off */
	{ FIELD_HEADER, "Idempotency-Key", .kind = FIELD_TEXT, .min = 1,
	  .max = IDEMPOTENCY_KEY_MAX,
	  .sentence = "The same key and body again are answered with the first"
	    " batch's id" },
	{ FIELD_HEADER, "traceparent", .kind = FIELD_TEXT, .min = 1, .max = 255,
	  .sentence = "W3C Trace Context, which the row, the"
	    " message and its jobs carry on" },
	{ FIELD_QUERY, "queue_transform", .kind = FIELD_BOOL, AT(queue_transform),
	  .sentence = "Whether to put the id on transform_queue; true" },
	{ FIELD_QUERY, "nul", .kind = FIELD_TEXT, .choices = "refuse|replace",
	  AT(nul), .sentence = "What becomes of U+0000 and of halves of"
	    " surrogate pairs, which jsonb cannot hold: refused with 422, or"
	    " replaced by U+FFFD; as the service's settings say" },
	{ FIELD_QUERY, "integration_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, .beside_payload = true, AT(integration_id),
	  .sentence = "With integration_id and entity_type in the query the"
	    " body is raw_data alone, as the source sent it" },
	{ FIELD_QUERY, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50,
	  .beside_payload = true, AT(entity_type),
	  .sentence = "The same: what the batch holds" },
	{ FIELD_QUERY, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255,
	  .beside_payload = true, AT(external_id),
	  .sentence = "The same: the batch's name on the client's side" },
	{ FIELD_QUERY, "extraction_metadata", .kind = FIELD_OBJECT,
	  .beside_payload = true, AT(extraction_metadata),
	  .sentence = "The same: how it was extracted, as JSON" },
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .required = true,
	  .min = 1, .max = INT32_MAX, AT(integration_id),
	  .sentence = "The tenant's integration the answer was fetched from" },
	{ FIELD_BODY, "entity_type", .kind = FIELD_TEXT, .required = true,
	  .min = 1, .max = 50, AT(entity_type),
	  .sentence = "What the batch holds, such as jira_issues_batch" },
	{ FIELD_BODY, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255,
	  AT(external_id), .sentence = "The batch's name on the client's side" },
	{ FIELD_BODY, "raw_data", .kind = FIELD_DOCUMENT, .required = true,
	  .items = entity_type_items, AT(raw_data),
	  .sentence = "The complete API response" },
	{ FIELD_BODY, "extraction_metadata", .kind = FIELD_OBJECT,
	  AT(extraction_metadata), .sentence = "How it was extracted" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_store_input = { store_rows, COUNT(store_rows) };

struct job
store_job(const struct req *rq, const struct raw_batch *batch,
    int64_t raw_data_id)
{
	return (struct job){
		.tenant_id = batch->tenant_id,
		.integration_id = batch->integration_id,
		.raw_data_id = raw_data_id,
		.entity_type = batch->entity_type,
		.traceparent = request_traceparent(rq),
	};
}

/* Publish the id; an unreachable broker only delays it. */
static bool
queue_batch(struct req *rq, const struct raw_batch *batch,
    struct raw_batch_version stored)
{
	const struct job job = store_job(rq, batch, stored.id);
	struct diag diag;
	int64_t began = clock_us();
	enum err rc;

	diag_clear(&diag);
	FAILPOINT("committed");
	rc = queue_manager_publish_within(rq->service->queue, QUEUE_TRANSFORM,
	    &job, rq->ends == 0 ? INT_MAX : clock_left(rq->ends), &diag);
	request_series_stage(STORE_PUBLISH, clock_us() - began);
	FAILPOINT("published");
	if (rc == E_OK) {
		raw_batch_marks_add(rq->service->marks, stored);
		return true;
	}
	log_warn("not_queued", LOG_INT("raw_data_id", stored.id),
	    LOG_TEXT("error", err_name(rc)), LOG_TEXT("text", diag.text));
	return false;
}

/* The digest of what came: the body, and what the query says beside it. */
static enum err
fingerprint(struct req *rq, unsigned char digest[DIGEST_SHA256_SIZE])
{
	enum err rc = digest_sha256(request_body(rq), digest, &rq->diag);
	struct buf all;

	if (rc != E_OK || !rq->is_payload)
		return rc;
	buf_init(&all, FINGERPRINT_MAX);
	buf_add(&all, (const char *)digest, DIGEST_SHA256_SIZE);
	for (size_t i = 0; i < COUNT(store_rows); i++) {
		struct span value;

		if (!store_rows[i].beside_payload ||
		    params_find(&rq->params, store_rows[i].name, &value) == 0)
			continue;
		buf_printf(&all, "%s %zu ", store_rows[i].name, value.len);
		buf_add(&all, value.at, value.len);
	}
	rc = buf_done(&all);
	if (rc == E_OK)
		rc = digest_sha256(buf_span(&all), digest, &rq->diag);
	buf_free(&all);
	return rc;
}

/*
 * The client's Idempotency-Key, or NULL without one. Must come before
 * replace_characters() and the insert, which write into the body.
 */
static enum err
read_key(struct req *rq, const struct idempotency_key **ret_key)
{
	struct span text = rq->idempotency_key;
	struct idempotency_key *key;

	*ret_key = NULL;
	if (text.at == NULL)
		return E_OK;
	if (text.len == 0)
		return request_refuse(rq, FIELD_HEADER, "Idempotency-Key",
		    "string_length", "must not be empty");
	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] < ' ' || text.at[i] > '~')
			return request_refuse(rq, FIELD_HEADER,
			    "Idempotency-Key", "value_error",
			    "must be visible ASCII characters");
	if (text.len > IDEMPOTENCY_KEY_MAX)
		return request_refuse(rq, FIELD_HEADER, "Idempotency-Key",
		    "string_length", "must have 1 to 255 characters");
	key = arena_get(rq->arena, sizeof(*key));
	key->key = text;
	key->lifetime = rq->settings->idempotency_lifetime;
	*ret_key = key;
	return fingerprint(rq, key->fingerprint);
}

/*
 * What jsonb cannot hold is replaced, after the digest of what came is taken.
 * Must come before the fields are read.
 */
static enum err
replace_characters(struct req *rq, struct raw_batch *batch)
{
	const struct json_member *member = request_member(rq, "raw_data");
	unsigned char *digest;
	enum err rc;

	if (!rq->replaces || member == NULL)
		return E_OK;
	digest = arena_get(rq->arena, DIGEST_SHA256_SIZE);
	rc = digest_sha256(member->value, digest, &rq->diag);
	if (rc != E_OK)
		return rc;
	batch->digest = digest;
	batch->replaced = (int64_t)request_replace(rq);
	return E_OK;
}

/* What a store is answered: now, or the first time its key was used. */
struct stored {
	int64_t id;
	bool queued;
	int64_t replaced;
	const char *message;
	struct span entity_type, product; /* for a warning; none: no warning */
};

static void
write_stored(struct resp *rp, const struct stored *stored)
{
	char location[64];

	(void)snprintf(location, sizeof(location), "/app/etl/raw-data/%" PRId64,
	    stored->id);
	response_header(rp, "Location", location);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_int(rp->json, "raw_data_id", stored->id);
	json_text(rp->json, "message", stored->message);
	json_bool(rp->json, "queued", stored->queued);
	json_int(rp->json, "replaced_characters", stored->replaced);
	if (stored->entity_type.at != NULL)
		store_warning_write(rp->json, stored->entity_type,
		    stored->product);
	json_end(rp->json);
}

/* The key was used before: for the same body, or for another. */
static enum err
replay(struct req *rq, struct resp *rp, const struct raw_batch *batch)
{
	struct stored stored = { .entity_type = batch->is_mapped ?
		    SPAN_NONE :
		    batch->entity_type,
		.message = "Stored before, with this Idempotency-Key" };
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
		return diag_tell(&rq->diag, E_KEY_REUSED,
		    "This Idempotency-Key"
		    " was used before with another body");
	metrics_add(METRIC_REPLAYED, 1);
	response_header(rp, "Idempotency-Replayed", "true");
	stored.id = use.raw_data_id;
	stored.queued = use.queued;
	stored.replaced = use.replaced;
	stored.product = use.product;
	write_stored(rp, &stored);
	return E_OK;
}

void
store_answer(struct req *rq, struct resp *rp, const struct raw_batch *batch,
    const struct raw_batch_stored *row, bool queued)
{
	struct stored stored = { .id = row->row.id,
		.replaced = batch->replaced,
		.queued = queued,
		.message = "Stored; not queued, as asked",
		.entity_type =
		    batch->is_mapped ? SPAN_NONE : batch->entity_type,
		.product = row->product };

	audit_note(rq, "raw_data.store", row->row.id);
	metrics_add(METRIC_STORED, 1);
	metrics_add(METRIC_STORED_BYTES, batch->raw_data.len);
	metrics_add(METRIC_REPLACED, (uint64_t)batch->replaced);
	metrics_add(METRIC_KEPT, batch->done);
	rp->status = batch->queue && !stored.queued ? 202 : 201;
	if (batch->done)
		stored.message = "Stored and kept as it came";
	else if (batch->queue)
		stored.message = stored.queued ?
		    "Stored and queued" :
		    "Stored; it will be queued automatically later";
	write_stored(rp, &stored);
}

/* Beside a payload, the query has all that the envelope must have. */
static enum err
check_payload(struct req *rq)
{
	static const char *const needed[] = { "integration_id", "entity_type" };
	enum err rc = E_OK;
	struct span unused;

	for (size_t i = 0; rq->is_payload && i < COUNT(needed); i++)
		if (params_find(&rq->params, needed[i], &unused) == 0)
			rc = request_refuse(rq, FIELD_QUERY, needed[i],
			    "missing",
			    "is missing beside a payload that is"
			    " the whole body");
	return rc;
}

/* Read what the request has, and take from the body what came. */
static enum err
read_input(struct req *rq, struct store_input *input, struct raw_batch *batch)
{
	enum err rc = read_key(rq, &batch->key);

	if (rc == E_OK)
		rc = replace_characters(rq, batch);
	if (rc == E_OK) {
		rc = fields_read(&raw_data_store_input, rq, input);
		return rc == E_OK ? check_payload(rq) : rc;
	}
	if (rc == E_SYNTAX) /* all that is wrong in one answer */
		(void)!fields_check(&raw_data_store_input, rq);
	return rc;
}

/*
 * One that nothing is made of is completed when it is stored, unless somebody
 * else is to do that.
 */
enum err
store_read(struct req *rq, struct store *store)
{
	struct store_input input = { .queue_transform = true };
	struct raw_batch *batch = &store->batch;
	const struct entity_type *type;
	enum err rc;

	*batch = (struct raw_batch){ .tenant_id = rq->who.tenant_id,
		.traceparent = request_traceparent(rq) };
	rc = read_input(rq, &input, batch);
	if (rc != E_OK)
		return rc;
	db_tenant(rq->db, rq->who.tenant_id);
	rc = mapped_type_find(rq->db, rq->who.tenant_id, input.entity_type,
	    rq->arena, &type, &rq->diag);
	if (rc != E_OK)
		return rc;
	batch->integration_id = input.integration_id;
	batch->entity_type = input.entity_type;
	batch->external_id = input.external_id;
	batch->raw_data = input.raw_data;
	batch->extraction_metadata = input.extraction_metadata;
	batch->item_count = request_member(rq, "raw_data")->item_count;
	batch->queue = input.queue_transform && type != NULL;
	batch->done = input.queue_transform && type == NULL;
	batch->is_mapped = type != NULL &&
	    type != entity_type_find(input.entity_type);
	store->bytes = batch->raw_data.len + batch->extraction_metadata.len +
	    (batch->key == NULL ? 0 : batch->key->key.len);
	return E_OK;
}

enum err
store_one(struct req *rq, struct resp *rp, const struct store *store)
{
	const struct raw_batch *batch = &store->batch;
	struct raw_batch_stored stored;
	int64_t began;
	enum err rc;

	rc = quota_take(rq, 1, store->bytes);
	if (rc != E_OK)
		return rc;
	began = clock_us();
	if (rq->ends == 0)
		seats_take_turn(rq->service->seats, store->bytes);
	rc = raw_batch_insert(rq->db, batch, rq->arena, &stored, &rq->diag);
	request_series_stage(STORE_INSERT, clock_us() - began);
	seats_end_turn(rq->service->seats);
	if (rc != E_OK && rc != E_DB_UNKNOWN)
		quota_give_back(rq, 1, store->bytes);
	if (rc == E_KEY_TAKEN)
		return replay(rq, rp, batch);
	if (rc != E_OK)
		return rc;
	store_answer(rq, rp, batch, &stored,
	    batch->queue && queue_batch(rq, batch, stored.row));
	return E_OK;
}

/* Store one batch and queue its id. */
enum err
raw_data_store(struct req *rq, struct resp *rp)
{
	struct store store;
	enum err rc = store_read(rq, &store);

	return rc == E_OK ? store_one(rq, rp, &store) : rc;
}

#include "etl/handlers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"

#define STATUSES "pending|processing|completed|failed"

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

/* What GET /raw-data takes. */
struct list_input {
	struct raw_batch_filter filter;
	bool include_raw_data;
};

#define AT(member) .offset = offsetof(struct list_input, member)
static const struct field list_rows[] = {
	/* clang-format off */
	{ FIELD_QUERY, "integration_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, AT(filter.integration_id),
	  .sentence = "Only batches of this integration" },
	{ FIELD_QUERY, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50,
	  AT(filter.entity_type), .sentence = "Only batches of this type" },
	{ FIELD_QUERY, "processing_status", .kind = FIELD_TEXT,
	  .choices = STATUSES, AT(filter.processing_status),
	  .sentence = "Only batches in this status" },
	{ FIELD_QUERY, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255,
	  AT(filter.external_id), .sentence = "Only batches of this name" },
	{ FIELD_QUERY, "created_after", .kind = FIELD_STAMP,
	  AT(filter.created_after), .sentence = "Only younger ones" },
	{ FIELD_QUERY, "created_before", .kind = FIELD_STAMP,
	  AT(filter.created_before), .sentence = "Only older ones" },
	{ FIELD_QUERY, "limit", .kind = FIELD_INT, .min = 1, .max = 1000,
	  AT(filter.limit), .sentence = "How many at most; 50" },
	{ FIELD_QUERY, "offset", .kind = FIELD_INT, .min = 0, .max = INT32_MAX,
	  AT(filter.offset), .sentence = "How many to skip; 0" },
	{ FIELD_QUERY, "cursor", .kind = FIELD_INT, .min = 1, .max = INT64_MAX,
	  AT(filter.before_id),
	  .sentence = "next_cursor of the page before; excludes offset" },
	{ FIELD_QUERY, "include_raw_data", .kind = FIELD_BOOL,
	  AT(include_raw_data), .sentence = "With the payloads; false" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_list_input = { list_rows, COUNT(list_rows) };

#define AT(member) .offset = offsetof(struct raw_batch_change, member)
static const struct field status_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "processing_status", .older_name = "status",
	  .kind = FIELD_TEXT, .required = true, .choices = STATUSES, AT(status),
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
	rc = queue_manager_publish(rq->service->queue, QUEUE_TRANSFORM, &job,
	    request_traceparent(rq), &diag);
	if (rc == E_OK) {
		raw_batch_marks_add(rq->service->marks, id);
		return true;
	}
	log_warn("not_queued", LOG_INT("raw_data_id", id),
	    LOG_TEXT("error", err_name(rc)), LOG_TEXT("text", diag.text));
	return false;
}

/* Store one batch and queue its id. */
enum err
raw_data_store(struct req *rq, struct resp *rp)
{
	struct store_input input = { .queue_transform = true };
	struct raw_batch batch = { .tenant_id = rq->who.tenant_id };
	char location[64];
	bool queued = false;
	int64_t id;
	enum err rc;

	rc = fields_read(&raw_data_store_input, rq, &input);
	if (rc != E_OK)
		return rc;
	batch.integration_id = input.integration_id;
	batch.entity_type = input.entity_type;
	batch.external_id = input.external_id;
	batch.raw_data = input.raw_data;
	batch.extraction_metadata = input.extraction_metadata;
	batch.item_count = request_member(rq, "raw_data")->item_count;
	rc = raw_batch_insert(rq->db, &batch, input.queue_transform, rq->arena,
	    &id, &rq->diag);
	if (rc != E_OK)
		return rc;
	if (input.queue_transform)
		queued = queue_batch(rq, &batch, id);
	rp->status = input.queue_transform && !queued ? 202 : 201;
	(void)snprintf(location, sizeof(location), "/app/etl/raw-data/%" PRId64,
	    id);
	response_header(rp, "Location", location);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_int(rp->json, "raw_data_id", id);
	json_text(rp->json, "message", queued ? "Stored and queued" :
	    input.queue_transform ? "Stored; it will be queued later by itself" :
	    "Stored; not queued, as asked");
	json_bool(rp->json, "queued", queued);
	json_end(rp->json);
	return E_OK;
}

/* Write the members that lists and records share. */
static void
write_columns(struct json *json, const struct db_rows *rows, int row)
{
#define WRITE_INT(member, column) \
	if (db_is_null(rows, row, column)) \
		json_null(json, member); \
	else \
		json_int(json, member, db_int(rows, row, column));
#define WRITE_TEXT(member, column) \
	json_span(json, member, db_text(rows, row, column));
#define WRITE_BOOL(member, column) \
	json_bool(json, member, db_bool(rows, row, column));
#define COLUMN(id, member, kind, sql) WRITE_##kind(member, RAW_BATCH_##id)
#include "models/raw_batch_table.h"
#undef COLUMN
}

/* The payloads of a list come one by one, so that their sum has a limit. */
static enum err
write_payload(struct req *rq, struct resp *rp, int64_t id)
{
	struct span raw_data;
	enum err rc;

	if ((int64_t)rp->insert_bytes > rq->service->settings->max_answer)
		return diag_tell(&rq->diag, E_SYNTAX, "These batches are larger"
		    " than one answer may be: ask for a smaller limit");
	rc = raw_batch_payload(rq->db, rq->who.tenant_id, id, rq->arena,
	    &raw_data, &rq->diag);
	if (rc != E_OK)
		return rc;
	return response_insert(rp, "raw_data", raw_data, rq);
}

/* List batches, newest first. */
enum err
raw_data_list(struct req *rq, struct resp *rp)
{
	struct list_input input = { .filter.limit = 50 };
	struct raw_batch_filter *filter = &input.filter;
	struct db_rows *rows;
	int64_t limit, total, last = 0;
	char cursor[32];
	bool more;
	int shown;
	enum err rc;

	rc = fields_read(&raw_data_list_input, rq, &input);
	if (rc == E_OK && filter->before_id != 0 && filter->offset != 0)
		rc = field_refuse(rq, FIELD_QUERY, "offset", "conflict",
		    "cannot be combined with cursor");
	if (rc != E_OK)
		return rc;
	filter->tenant_id = rq->who.tenant_id;
	limit = filter->limit++; /* one more tells whether there is more */
	rc = raw_batch_list(rq->db, filter, rq->arena, &rows, &rq->diag);
	if (rc == E_OK)
		rc = raw_batch_count(rq->db, filter, rq->arena, &total,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	more = db_rows_count(rows) > limit;
	shown = more ? (int)limit : db_rows_count(rows);
	json_object(rp->json, NULL);
	json_array(rp->json, "raw_data_records");
	for (int i = 0; i < shown; i++) {
		last = db_int(rows, i, RAW_BATCH_ID);
		json_object(rp->json, NULL);
		write_columns(rp->json, rows, i);
		if (input.include_raw_data) {
			rc = write_payload(rq, rp, last);
			if (rc != E_OK)
				return rc;
		}
		json_end(rp->json);
	}
	json_end(rp->json);
	json_int(rp->json, "total_count", total);
	json_int(rp->json, "limit", limit);
	json_int(rp->json, "offset", filter->offset);
	(void)snprintf(cursor, sizeof(cursor), "%" PRId64, last);
	json_text(rp->json, "next_cursor", more ? cursor : NULL);
	json_end(rp->json);
	return E_OK;
}

/*
 * The versions of If-None-Match, comma separated, without quotes and weakness
 * marks; what is no version of ours does no harm. `*` gives itself.
 */
static struct span
known_versions(struct req *rq)
{
	struct span rest = rq->if_none_match;
	char *text = rest.at == NULL ? NULL :
	    arena_get(rq->arena, rest.len + 1);
	size_t len = 0;

	if (text == NULL)
		return SPAN_NONE;
	while (rest.at != NULL) {
		struct span tag = span_trim(span_cut(&rest, ','));

		if (tag.len > 2 && memcmp(tag.at, "W/", 2) == 0) {
			tag.at += 2;
			tag.len -= 2;
		}
		if (tag.len > 2 && tag.at[0] == '"') {
			tag.at++;
			tag.len -= 2;
		}
		if (len > 0)
			text[len++] = ',';
		memcpy(text + len, tag.at, tag.len);
		len += tag.len;
	}
	return (struct span){ text, len };
}

/* One batch with its payload. */
enum err
raw_data_get(struct req *rq, struct resp *rp)
{
	struct span known = known_versions(rq);
	struct db_rows *rows;
	char *etag;
	enum err rc;

	rc = raw_batch_get(rq->db, rq->who.tenant_id, rq->id, known, rq->arena,
	    &rows, &rq->diag);
	if (rc != E_OK)
		return rc;
	etag = arena_printf(rq->arena, "\"%.*s\"",
	    SPAN_ARG(db_text(rows, 0, RAW_BATCH_VERSION)));
	if (etag == NULL)
		return diag_set(&rq->diag, E_NO_MEMORY, "no memory");
	response_header(rp, "ETag", etag);
	response_header(rp, "Cache-Control", "private, no-cache");
	if (db_is_null(rows, 0, RAW_BATCH_RAW_DATA) || span_is(known, "*")) {
		rp->status = 304;
		return E_OK;
	}
	json_object(rp->json, NULL);
	write_columns(rp->json, rows, 0);
	rc = response_insert(rp, "raw_data",
	    db_text(rows, 0, RAW_BATCH_RAW_DATA), rq);
	if (rc == E_OK)
		rc = response_insert(rp, "extraction_metadata",
		    db_text(rows, 0, RAW_BATCH_METADATA), rq);
	if (rc == E_OK)
		rc = response_insert(rp, "error_details",
		    db_text(rows, 0, RAW_BATCH_ERRORS), rq);
	json_end(rp->json);
	return rc;
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
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", arena_printf(rq->arena,
	    "The batch is %.*s", SPAN_ARG(change.status)));
	json_end(rp->json);
	return E_OK;
}

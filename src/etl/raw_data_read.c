/* SPDX-License-Identifier: MIT */
/* Reading batches: the list, and one with its payload. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "etl/handlers.h"
#include "http/accept.h"
#include "http/etag.h"
#include "http/field.h"
#include "models/batch/raw_batch.h"

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
	  .choices = RAW_BATCH_STATUSES, AT(filter.processing_status),
	  .sentence = "Only batches in this status" },
	{ FIELD_QUERY, "external_id", .kind = FIELD_TEXT, .min = 0, .max = 255,
	  AT(filter.external_id), .sentence = "Only batches of this name" },
	{ FIELD_QUERY, "created_after", .kind = FIELD_STAMP,
	  AT(filter.created_after), .sentence = "Only batches created after this time" },
	{ FIELD_QUERY, "created_before", .kind = FIELD_STAMP,
	  AT(filter.created_before), .sentence = "Only batches created before this time" },
	{ FIELD_QUERY, "limit", .kind = FIELD_INT, .min = 1, .max = 1000,
	  AT(filter.limit), .sentence = "How many at most; 50" },
	{ FIELD_QUERY, "offset", .kind = FIELD_INT, .min = 0, .max = 100000,
	  AT(filter.offset), .sentence = "How many to skip; 0. Pages beyond"
	  " are had by cursor, which skips nothing" },
	{ FIELD_QUERY, "cursor", .kind = FIELD_INT, .min = 1, .max = INT64_MAX,
	  AT(filter.before_id),
	  .sentence = "next_cursor of the page before; excludes offset" },
	{ FIELD_QUERY, "include_raw_data", .kind = FIELD_BOOL,
	  AT(include_raw_data), .sentence = "With the payloads; false" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_list_input = { list_rows, COUNT(list_rows) };

/* The payloads of a list come one by one, so that their sum has a limit. */
static enum err
write_payload(struct req *rq, struct resp *rp, int64_t id)
{
	struct span raw_data;
	enum err rc;

	if ((int64_t)rp->insert_bytes > rq->settings->max_answer)
		return diag_tell(&rq->diag, E_SYNTAX,
		    "These batches are larger"
		    " than one answer may be: ask for a smaller limit");
	rc = raw_batch_payload(rq->db, rq->who.tenant_id, id, rq->arena,
	    &raw_data, &rq->diag);
	if (rc != E_OK)
		return rc;
	response_insert(rp, "raw_data", raw_data, rq->arena);
	return E_OK;
}

/* One batch of a list, as an object. */
static enum err
write_record(struct req *rq, struct resp *rp, const struct db_rows *rows,
    int row, bool include_raw_data)
{
	enum err rc = E_OK;

	json_object(rp->json, NULL);
	columns_write(rp->json, raw_batch_columns, RAW_BATCH_COLUMNS, rows,
	    row);
	if (include_raw_data)
		rc = write_payload(rq, rp, db_int(rows, row, RAW_BATCH_id));
	if (rc == E_OK)
		json_end(rp->json);
	return rc;
}

/* Batches as lines of JSON, each an object of its own. */
static enum err
write_lines(struct req *rq, struct resp *rp, const struct db_rows *rows,
    int shown, bool include_raw_data, const char *next)
{
	rp->media_type = ACCEPT_LINES;
	for (int i = 0; i < shown; i++) {
		enum err rc;

		json_init(rp->json, rp->body);
		rc = write_record(rq, rp, rows, i, include_raw_data);
		if (rc != E_OK)
			return rc;
		buf_add_char(rp->body, '\n');
	}
	if (next != NULL)
		response_header(rp, "X-Next-Cursor", next);
	return E_OK;
}

/* List batches, newest first. */
enum err
raw_data_list(struct req *rq, struct resp *rp)
{
	static const char *const media_types[] = { ACCEPT_JSON, ACCEPT_LINES };
	struct list_input input = { .filter.limit = 50 };
	struct raw_batch_filter *filter = &input.filter;
	struct db_rows *rows;
	struct raw_batch_total total;
	int64_t limit;
	char cursor[32];
	bool more;
	int shown;
	enum err rc;

	rc = fields_read(&raw_data_list_input, rq, &input);
	if (rc == E_OK && filter->before_id != 0 && filter->offset != 0)
		rc = request_refuse(rq, FIELD_QUERY, "offset", "conflict",
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
	(void)snprintf(cursor, sizeof(cursor), "%" PRId64,
	    shown > 0 ? db_int(rows, shown - 1, RAW_BATCH_id) : 0);
	response_header(rp, "Vary", "Accept");
	if (accept_choose(rq->accept, media_types, COUNT(media_types)) != 0)
		return write_lines(rq, rp, rows, shown, input.include_raw_data,
		    more ? cursor : NULL);
	json_object(rp->json, NULL);
	json_array(rp->json, "raw_data_records");
	for (int i = 0; i < shown; i++) {
		rc = write_record(rq, rp, rows, i, input.include_raw_data);
		if (rc != E_OK)
			return rc;
	}
	json_end(rp->json);
	json_int(rp->json, "total_count", total.count);
	json_bool(rp->json, "total_count_is_exact", total.is_exact);
	json_int(rp->json, "limit", limit);
	json_int(rp->json, "offset", filter->offset);
	json_text(rp->json, "next_cursor", more ? cursor : NULL);
	json_end(rp->json);
	return E_OK;
}

/*
 * The versions of If-None-Match, comma separated, without quotes and weakness
 * marks; what is no version of ours does no harm.
 */
static struct span
known_versions(struct req *rq)
{
	struct span rest = rq->if_none_match, tag;
	char *text = rest.at == NULL ?
	    NULL :
	    arena_ask(rq->arena, rest.len + 1);
	size_t len = 0;
	bool weak;

	if (text == NULL)
		return SPAN_NONE;
	while (etag_next(&rest, &tag, &weak)) {
		if (len > 0)
			text[len++] = ',';
		memcpy(text + len, tag.at, tag.len);
		len += tag.len;
	}
	return (struct span){ text, len };
}

#define AT(member) .offset = offsetof(struct list_input, member)
static const struct field get_rows[] = {
	{ FIELD_QUERY, "include_raw_data", .kind = FIELD_BOOL,
	    AT(include_raw_data), .sentence = "With the payload; true" },
};
#undef AT
const struct field_set raw_data_get_input = { get_rows, COUNT(get_rows) };

/* One batch with its payload. */
enum err
raw_data_get(struct req *rq, struct resp *rp)
{
	struct list_input input = { .include_raw_data = true };
	struct span known = known_versions(rq);
	struct db_rows *rows;
	char *etag;
	enum err rc;

	rc = fields_read(&raw_data_get_input, rq, &input);
	if (rc != E_OK)
		return rc;
	rc = raw_batch_get(rq->db, rq->who.tenant_id, rq->id, known,
	    input.include_raw_data, rq->arena, &rows, &rq->diag);
	if (rc != E_OK)
		return rc;
	etag = arena_printf(rq->arena, "\"%.*s\"",
	    SPAN_ARG(db_text(rows, 0, RAW_BATCH_VERSION)));
	response_header(rp, "ETag", etag);
	response_header(rp, "Cache-Control", "private, no-cache");
	if (db_bool(rows, 0, RAW_BATCH_KNOWN) ||
	    etag_is_any(rq->if_none_match)) {
		rp->status = 304;
		return E_OK;
	}
	json_object(rp->json, NULL);
	columns_write(rp->json, raw_batch_columns, RAW_BATCH_COLUMNS, rows, 0);
	if (input.include_raw_data)
		response_insert(rp, "raw_data",
		    db_text(rows, 0, RAW_BATCH_RAW_DATA), rq->arena);
	response_insert(rp, "extraction_metadata",
	    db_text(rows, 0, RAW_BATCH_METADATA), rq->arena);
	response_insert(rp, "error_details", db_text(rows, 0, RAW_BATCH_ERRORS),
	    rq->arena);
	json_end(rp->json);
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
/* Reports: lists as JSON, CSV (RFC 4180) or lines of JSON, and single rows. */
#include "etl/report_list.h"

#include <string.h>

#include "etl/page.h"
#include "http/accept.h"
#include "http/field.h"

/* How a list is written. */
enum form { AS_JSON, AS_LINES, AS_CSV };

static const char *const media_types[] = {
	[AS_JSON] = ACCEPT_JSON,
	[AS_LINES] = ACCEPT_LINES,
	[AS_CSV] = ACCEPT_CSV,
};

/* The columns that `fields` names, in its order; without it all. */
static enum err
choose(struct req *rq, const struct report *report, struct span fields,
    struct column *chosen, size_t *ret_count)
{
	size_t count = 0;

	if (fields.at == NULL) {
		memcpy(chosen, report->columns,
		    report->count * sizeof(*chosen));
		*ret_count = report->count;
		return E_OK;
	}
	while (fields.at != NULL) {
		struct span name = span_cut(&fields, ',');
		size_t i = 0;

		while (i < report->count &&
		    !span_is(name, report->columns[i].member))
			i++;
		for (size_t k = 0; i < report->count && k < count; k++)
			if (chosen[k].member == report->columns[i].member)
				i = report->count; /* it was named before */
		if (i == report->count)
			return request_refuse(rq, FIELD_QUERY, "fields",
			    "value_error",
			    "must name members of the list's rows, each once,"
			    " with commas in between");
		chosen[count++] = report->columns[i];
	}
	*ret_count = count;
	return E_OK;
}

static enum err
read_query(struct req *rq, const struct report *report,
    struct report_query *query)
{
	struct report_input input = { .limit = REPORT_LIMIT };
	struct column *chosen = arena_ask(rq->arena,
	    report->count * sizeof(*chosen));
	struct span key;
	enum err rc = fields_read(rq->route->input, rq, &input);

	if (chosen == NULL)
		return arena_done(rq->arena, &rq->diag);
	if (rc == E_OK)
		rc = choose(rq, report, input.fields, chosen, &query->count);
	if (rc == E_OK && input.cursor.at != NULL) {
		rc = page_read(rq, input.cursor, false, &query->after_id, &key);
		query->is_after = true;
		if (rc == E_OK && !span_int64(key, &query->after_key))
			return E_MISTAKE; /* page_read() has read it */
	}
	query->tenant_id = rq->who.tenant_id;
	query->columns = chosen;
	query->limit = input.limit + 1; /* one more: is there more? */
	memcpy(query->values, input.values, sizeof(query->values));
	return rc;
}

/* A field as RFC 4180 has it; NULL is empty, and an empty text is "". */
static void
write_field(struct buf *out, const struct column *column,
    const struct db_rows *rows, int row, int at)
{
	struct span text = db_text(rows, row, at);
	bool is_quoted = text.len == 0;

	if (db_is_null(rows, row, at))
		return;
	if (column->kind == COLUMN_BOOL) {
		buf_add_text(out, db_bool(rows, row, at) ? "true" : "false");
		return;
	}
	if (column->kind == COLUMN_INT) {
		buf_printf(out, "%lld", (long long)db_int(rows, row, at));
		return;
	}
	for (size_t i = 0; i < text.len && !is_quoted; i++)
		is_quoted = strchr(",\"\r\n", text.at[i]) != NULL;
	if (!is_quoted) {
		buf_add_span(out, text);
		return;
	}
	buf_add_char(out, '"');
	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] == '"')
			buf_add_char(out, '"');
		buf_add_char(out, text.at[i]);
	}
	buf_add_char(out, '"');
}

static void
write_row(struct resp *rp, enum form form, const struct report_query *query,
    const struct db_rows *rows, int row)
{
	struct json line;
	struct json *json = form == AS_JSON ? rp->json : &line;

	if (form == AS_CSV) {
		for (size_t i = 0; i < query->count; i++) {
			if (i > 0)
				buf_add_char(rp->body, ',');
			write_field(rp->body, &query->columns[i], rows, row,
			    (int)i);
		}
		buf_add_text(rp->body, "\r\n");
		return;
	}
	json_init(&line, rp->body);
	json_object(json, NULL);
	columns_write(json, query->columns, query->count, rows, row);
	json_end(json);
	if (form == AS_LINES)
		buf_add_char(rp->body, '\n');
}

static void
write_head(struct resp *rp, enum form form, const struct report_query *query)
{
	if (form == AS_JSON) {
		json_array(rp->json, NULL);
		return;
	}
	rp->media_type = media_types[form];
	for (size_t i = 0; form == AS_CSV && i < query->count; i++)
		buf_printf(rp->body, "%s%s", i == 0 ? "" : ",",
		    query->columns[i].member);
	if (form == AS_CSV)
		buf_add_text(rp->body, "\r\n");
}

/* As many of the rows as an answer holds. Fails: as it says. */
static enum err
write_rows(struct req *rq, struct resp *rp, const struct report_query *query,
    const struct db_rows *rows, int *ret_shown)
{
	const enum form form = (enum form)accept_choose(rq->accept, media_types,
	    COUNT(media_types));
	int found = db_rows_count(rows), i;
	const int count = found < query->limit ? found : found - 1;

	write_head(rp, form, query);
	for (i = 0; i < count; i++) {
		const struct json before = *rp->json;
		const size_t len = rp->body->len;

		write_row(rp, form, query, rows, i);
		if (rp->body->failed == E_OK && rp->body->len < rp->body->cap)
			continue; /* and there is room for the end */
		if (rp->body->failed == E_NO_MEMORY)
			return diag_set(&rq->diag, E_NO_MEMORY, "no memory");
		if (i == 0)
			return diag_tell(&rq->diag, E_TOO_LARGE,
			    "One row alone is larger than the %zu bytes that"
			    " an answer may have",
			    rp->body->cap);
		buf_cut(rp->body, len);
		*rp->json = before;
		break;
	}
	if (form == AS_JSON)
		json_end(rp->json);
	*ret_shown = i;
	return E_OK;
}

/* A page of a report. */
enum err
report_get_list(struct req *rq, struct resp *rp)
{
	const struct report *report = rq->route->resource->report;
	struct report_query query = { 0 };
	struct db_rows *rows;
	int shown = 0;
	enum err rc;

	rc = read_query(rq, report, &query);
	if (rc == E_OK)
		rc = report_list(rq->db, report, &query, rq->arena, &rows,
		    &rq->diag);
	if (rc == E_OK)
		rc = write_rows(rq, rp, &query, rows, &shown);
	if (rc == E_OK && shown < db_rows_count(rows))
		rc = page_next(rq, rp,
		    db_int(rows, shown - 1, (int)query.count + 1),
		    db_text(rows, shown - 1, (int)query.count));
	if (rc != E_OK)
		return rc;
	response_header(rp, "Vary", "Accept");
	return resource_version(rq, rp, SPAN_NONE);
}

/* One row of a report, with its parts. */
enum err
report_get_one(struct req *rq, struct resp *rp)
{
	const struct report *report = rq->route->resource->report;
	struct db_rows *rows;
	enum err rc;

	rc = report_get(rq->db, report, rq->who.tenant_id, rq->id, rq->arena,
	    &rows, &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	columns_write(rp->json, report->columns, report->count, rows, 0);
	for (size_t i = 0; i < report->part_count; i++)
		json_raw(rp->json, report->parts[i].member,
		    db_text(rows, 0, (int)(report->count + i)));
	json_end(rp->json);
	return resource_version(rq, rp, SPAN_NONE);
}

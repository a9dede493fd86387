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

/*
 * A field as RFC 4180 has it; NULL is empty, and an empty text is "". So is a
 * NULL that is all of its row: readers take an empty line for no row.
 */
static void
write_field(struct buf *out, const struct column *column, bool is_alone,
    const struct db_rows *rows, int row, int at)
{
	struct span text = db_text(rows, row, at);
	bool is_quoted = text.len == 0;

	if (db_is_null(rows, row, at)) {
		buf_add_text(out, is_alone ? "\"\"" : "");
		return;
	}
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
			write_field(rp->body, &query->columns[i],
			    query->count == 1, rows, row, (int)i);
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

/* A page that is being written. */
struct page {
	struct req *rq;
	struct resp *rp;
	const struct report_query *query;
	enum form form;
	int64_t shown;
	int64_t last_key, last_id;
	bool is_large; /* it is one row that is larger than a page */
	bool more;     /* there are rows behind it */
	enum err rc;
};

/* Is there room for a list's end and a newline behind what was written? */
static bool
has_room(const struct buf *body)
{
	return body->failed == E_OK && body->cap - body->len >= 2;
}

/*
 * The first row of a page is larger than answers mostly may be. Nobody would
 * get past it, so it comes alone, as large as max_answer lets it be.
 */
static void
write_large_row(struct page *page, const struct db_rows *row)
{
	struct resp *rp = page->rp;
	const size_t cap = (size_t)page->rq->settings->max_answer;

	page->is_large = true;
	if (cap > rp->body->cap)
		rp->body->cap = cap;
	write_row(rp, page->form, page->query, row, 0);
	if (!has_room(rp->body))
		page->rc = diag_tell(&page->rq->diag, E_TOO_LARGE,
		    "One row alone is larger than the %zu bytes that an"
		    " answer may have: choose smaller members by fields",
		    rp->body->cap);
}

/* Add a row, if the page has room for it; if not, it wants no more. */
static bool
add_row(void *context, const struct db_rows *row)
{
	struct page *page = context;
	struct resp *rp = page->rp;
	const struct json before = *rp->json;
	const size_t len = rp->body->len;

	if (page->is_large || page->shown + 1 == page->query->limit) {
		page->more = true;
		return !page->is_large; /* the one more is the last anyway */
	}
	write_row(rp, page->form, page->query, row, 0);
	if (rp->body->failed == E_NO_MEMORY) {
		page->rc = diag_set(&page->rq->diag, E_NO_MEMORY, "no memory");
		return false;
	}
	if (!has_room(rp->body)) {
		buf_cut(rp->body, len);
		*rp->json = before;
		if (page->shown > 0) {
			page->more = true;
			return false;
		}
		write_large_row(page, row);
	}
	page->shown++;
	page->last_key = db_int(row, 0, (int)page->query->count);
	page->last_id = db_int(row, 0, (int)page->query->count + 1);
	return page->rc == E_OK;
}

/* Name the next page, if there is one. */
static enum err
name_next(const struct page *page)
{
	const char *key = arena_printf(page->rq->arena, "%lld",
	    (long long)page->last_key);

	if (!page->more)
		return E_OK;
	return page_next(page->rq, page->rp, page->last_id, str_span(key));
}

/*
 * A page of a report. It ends with the last row that fits into an answer, and
 * the rows come one by one, so that no more of them is held than that.
 */
enum err
report_get_list(struct req *rq, struct resp *rp)
{
	const struct report *report = rq->route->resource->report;
	struct report_query query = { 0 };
	struct page page = { .rq = rq, .rp = rp, .query = &query };
	enum err rc;

	rc = read_query(rq, report, &query);
	if (rc != E_OK)
		return rc;
	page.form = (enum form)accept_choose(rq->accept, media_types,
	    COUNT(media_types));
	write_head(rp, page.form, &query);
	rc = report_list(rq->db, report, &query, rq->arena,
	    &(struct db_each){ add_row, &page }, &rq->diag);
	if (rc == E_OK)
		rc = page.rc;
	if (rc == E_OK && page.form == AS_JSON)
		json_end(rp->json);
	if (rc == E_OK)
		rc = name_next(&page);
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

/* SPDX-License-Identifier: MIT */
/* Lists of the catalogue: filters, pages, cursors. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "etl/resource.h"
#include "http/field.h"

/* The most rows of one answer, and what a list without a limit has. */
#define LIMIT_MAX 1000

struct list_input {
	struct catalogue_filter filter;
	struct span cursor;
};

#define AT(member) .offset = offsetof(struct list_input, member)
/* clang-format off */
#define LIST_ROWS \
	{ FIELD_QUERY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(filter.integration_id), \
	  .sentence = "Only those of this integration" }, \
	{ FIELD_QUERY, "active", .kind = FIELD_BOOL, AT(filter.active), \
	  .sentence = "Only active ones, or only those that are not" }, \
	{ FIELD_QUERY, "limit", .kind = FIELD_INT, .min = 1, .max = LIMIT_MAX, \
	  AT(filter.limit), .sentence = "How many at most; 1000. A page that would" \
	    " be too large has fewer, and a next one" }, \
	{ FIELD_QUERY, "cursor", .kind = FIELD_TEXT, .min = 1, .max = 4000, \
	  AT(cursor), .sentence = "X-Next-Cursor of the page before" }

static const struct field list_rows[] = { LIST_ROWS };
const struct field_set resource_list_input = { list_rows, COUNT(list_rows) };

static const struct field integration_rows[] = {
	LIST_ROWS,
	{ FIELD_QUERY, "product", .kind = FIELD_TEXT, .form = FORM_WORD,
	  .min = 1, .max = 50, AT(filter.product),
	  .sentence = "Only those of this product, such as jira" },
};
/* clang-format on */
#undef AT
const struct field_set integration_list_input = { integration_rows,
	COUNT(integration_rows) };

/* A cursor is `id:key` of a page's last row, in hexadecimal. */
static const char digits[] = "0123456789abcdef";

static char *
write_cursor(struct arena *arena, int64_t id, struct span key)
{
	char *plain = arena_printf(arena, "%" PRId64 ":%.*s", id,
	    SPAN_ARG(key));
	size_t len = strlen(plain);
	char *cursor = arena_ask(arena, 2 * len + 1);

	if (cursor == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		cursor[2 * i] = digits[(unsigned char)plain[i] >> 4];
		cursor[2 * i + 1] = digits[(unsigned char)plain[i] & 15];
	}
	return cursor;
}

/* Its key may be any text or number; the statement binds it. */
static enum err
read_cursor(struct req *rq, const struct catalogue *table, struct span cursor,
    struct catalogue_filter *filter)
{
	int64_t number;
	char *plain = arena_ask(rq->arena, cursor.len / 2 + 1);
	struct span id, key = { plain, cursor.len / 2 };
	bool fine = cursor.len % 2 == 0;

	if (plain == NULL)
		return arena_done(rq->arena, &rq->diag);
	for (size_t i = 0; fine && i < cursor.len; i++) {
		const char *digit = memchr(digits, cursor.at[i], 16);

		fine = digit != NULL;
		if (fine)
			plain[i / 2] = (char)((unsigned char)plain[i / 2] << 4 |
			    (digit - digits));
	}
	id = span_cut(&key, ':');
	fine = fine && key.at != NULL && span_int64(id, &filter->after_id) &&
	    (table->sort_is_text || span_int64(key, &number)) &&
	    span_utf8_chars(key) != SIZE_MAX &&
	    (key.len == 0 || memchr(key.at, '\0', key.len) == NULL);
	if (!fine)
		return request_refuse(rq, FIELD_QUERY, "cursor", "cursor",
		    "must be the X-Next-Cursor of another page");
	filter->after_key = key;
	return E_OK;
}

static void
add_encoded(struct buf *out, struct span text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < text.len; i++) {
		if (memchr(plain, text.at[i], sizeof(plain) - 1) != NULL)
			buf_add_char(out, text.at[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
	}
}

/* Where the next page is: the same query with another cursor (RFC 8288). */
static void
write_next(struct req *rq, struct resp *rp, const char *cursor)
{
	response_header(rp, "X-Next-Cursor", cursor);
	buf_printf(rp->head, "Link: <%s?", rq->route->path);
	for (size_t i = 0; i < rq->params.count; i++) {
		const struct param *pair = &rq->params.pairs[i];

		if (span_is(pair->name, "cursor"))
			continue;
		add_encoded(rp->head, pair->name);
		buf_add_char(rp->head, '=');
		add_encoded(rp->head, pair->value);
		buf_add_char(rp->head, '&');
	}
	buf_printf(rp->head, "cursor=%s>; rel=\"next\"\r\n", cursor);
}

static enum err
read_filter(struct req *rq, const struct catalogue *table,
    struct catalogue_filter *filter)
{
	struct list_input input = { .filter.limit = LIMIT_MAX };
	struct span active;
	enum err rc;

	rc = fields_read(rq->route->input, rq, &input);
	if (rc == E_OK && input.cursor.at != NULL)
		rc = read_cursor(rq, table, input.cursor, &input.filter);
	input.filter.tenant_id = rq->who.tenant_id;
	input.filter.has_active = params_find(&rq->params, "active", &active) >
	    0;
	*filter = input.filter;
	return rc;
}

/*
 * Write as many of the rows as an answer holds. Gives: *ret_shown, how many.
 * Fails: E_TOO_LARGE when it does not hold even one.
 */
static enum err
write_rows(struct req *rq, struct resp *rp, const struct catalogue *table,
    const struct db_rows *rows, int count, int *ret_shown)
{
	int i;

	json_array(rp->json, NULL);
	for (i = 0; i < count; i++) {
		const struct json before = *rp->json;
		const size_t len = rp->body->len;

		catalogue_write(rp->json, NULL, table, rows, i);
		if (rp->body->failed == E_OK && rp->body->len < rp->body->cap)
			continue; /* and there is room for the end */
		if (rp->body->failed == E_NO_MEMORY)
			return diag_set(&rq->diag, E_NO_MEMORY, "no memory");
		if (i == 0)
			return diag_tell(&rq->diag, E_TOO_LARGE,
			    "The %s %lld"
			    " alone is larger than the %zu bytes that an"
			    " answer may have",
			    table->noun, (long long)db_int(rows, 0, 0),
			    rp->body->cap);
		buf_cut(rp->body, len);
		*rp->json = before;
		break;
	}
	json_end(rp->json);
	*ret_shown = i;
	return E_OK;
}

/* A page of the rows. */
enum err
resource_list(struct req *rq, struct resp *rp)
{
	const struct catalogue *table = rq->route->resource->table;
	struct catalogue_filter filter;
	char count[24], *cursor;
	struct db_rows *rows;
	int64_t total;
	int found, shown = 0;
	enum err rc;

	rc = read_filter(rq, table, &filter);
	if (rc != E_OK)
		return rc;
	filter.limit++; /* one more tells whether there is more */
	rc = catalogue_list(rq->db, table, &filter, rq->arena, &rows,
	    &rq->diag);
	if (rc == E_OK)
		rc = catalogue_total(rq->db, table, &filter, rq->arena, &total,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	found = db_rows_count(rows);
	rc = write_rows(rq, rp, table, rows,
	    found < filter.limit ? found : found - 1, &shown);
	if (rc != E_OK)
		return rc;
	(void)snprintf(count, sizeof(count), "%" PRId64, total);
	response_header(rp, "X-Total-Count", count);
	if (shown < found) {
		cursor = write_cursor(rq->arena, db_int(rows, shown - 1, 0),
		    catalogue_key(table, rows, shown - 1));
		if (cursor == NULL)
			return arena_done(rq->arena, &rq->diag);
		write_next(rq, rp, cursor);
	}
	return resource_version(rq, rp, SPAN_NONE);
}

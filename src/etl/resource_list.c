/* SPDX-License-Identifier: MIT */
/* Lists of the catalogue: filters, pages, cursors. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "etl/page.h"
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

static enum err
read_filter(struct req *rq, const struct catalogue *table,
    struct catalogue_filter *filter)
{
	struct list_input input = { .filter.limit = LIMIT_MAX };
	struct span active;
	enum err rc;

	rc = fields_read(rq->route->input, rq, &input);
	if (rc == E_OK && input.cursor.at != NULL)
		rc = page_read(rq, input.cursor, table->sort_is_text,
		    &input.filter.after_id, &input.filter.after_key);
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
		if (rp->body->failed == E_OK &&
		    rp->body->len + 2 <= rp->body->cap)
			continue; /* and there is room for "]\n" */
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
	char count[24];
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
	if (shown < found)
		rc = page_next(rq, rp, db_int(rows, shown - 1, 0),
		    catalogue_key(table, rows, shown - 1));
	if (rc != E_OK)
		return rc;
	return resource_version(rq, rp, SPAN_NONE);
}

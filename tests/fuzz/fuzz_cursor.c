/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the query of GET /app/etl/raw-data: its cursor, filters and
 * page, in the first line; what follows is If-None-Match of a single batch.
 * What is read keeps to its row, and a cursor that we write again is the same.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/stamp.h"
#include "etl/handlers.h"
#include "http/etag.h"
#include "http/field.h"
#include "http/strict.h"

#include "fuzz.h"

/* What the rows fill. */
#define VALUES_SIZE 1024

/* A number, written by us, is the text that came. */
static void
check_int(const struct field *row, struct span text, int64_t value)
{
	char again[32];

	must(value >= row->min && value <= row->max);
	(void)snprintf(again, sizeof(again), "%" PRId64, value);
	must(span_is(text, again));
}

static void
check_text(const struct field *row, struct span text, struct span value)
{
	size_t chars = span_utf8_chars(value);

	must(value.at != NULL && value.len == text.len);
	must(memchr(value.at, '\0', value.len) == NULL && chars != SIZE_MAX);
	if (row->choices == NULL)
		must(chars >= (size_t)row->min && chars <= (size_t)row->max);
	else
		must(span_is_choice(value, row->choices));
}

/* What PostgreSQL gets as a time is one of the calendar, and reads as itself. */
static void
check_stamp(struct span value)
{
	char again[STAMP_SIZE];
	struct tm tm = { 0 }, same;
	time_t seconds;

	must(value.len > 0 && value.len < STAMP_SIZE);
	must(sscanf(value.at, "%4d-%2d-%2d %2d:%2d:%2d.", &tm.tm_year,
	    &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
	    &tm.tm_sec) == 6);
	tm.tm_year -= 1900;
	tm.tm_mon--;
	same = tm;
	seconds = timegm(&same); /* which puts what is none into order */
	must(gmtime_r(&seconds, &same) != NULL && same.tm_mon == tm.tm_mon &&
	    same.tm_mday == tm.tm_mday && same.tm_hour == tm.tm_hour &&
	    same.tm_min == tm.tm_min && same.tm_sec == tm.tm_sec);
	must(stamp_read(value, again));
	must(span_is(value, again));
}

static void
check_value(const struct field *row, struct span text, const char *values)
{
	struct span span;
	int64_t number;

	memcpy(&span, values + row->offset, sizeof(span));
	memcpy(&number, values + row->offset, sizeof(number));
	switch (row->kind) {
	case FIELD_INT:
		check_int(row, text, number);
		break;
	case FIELD_TEXT:
		check_text(row, text, span);
		break;
	case FIELD_STAMP:
		check_stamp(span);
		break;
	case FIELD_BOOL:
	case FIELD_OBJECT:
	case FIELD_DOCUMENT:
	case FIELD_FILE:
		break;
	}
}

static void
check_query(struct req *rq, const struct field_set *set)
{
	static char values[VALUES_SIZE];
	enum err rc;

	memset(values, 0, sizeof(values));
	for (size_t i = 0; i < set->count; i++)
		must(set->rows[i].offset + sizeof(struct span) <=
		    sizeof(values));
	rc = fields_read(set, rq, values);
	must(rc == E_OK || rc == E_SYNTAX);
	must((rc == E_OK) == (rq->errors == NULL));
	must(rc == E_OK || rq->diag.client[0] != '\0');
	for (size_t i = 0; i < set->count && rc == E_OK; i++) {
		struct span text = SPAN_NONE;

		if (params_find(&rq->params, set->rows[i].name, &text) > 0)
			check_value(&set->rows[i], text, values);
	}
	/* Names that are not known are told, with one that is near. */
	rc = strict_check(rq, set);
	must(rc == E_OK || rc == E_SYNTAX);
}

/* All versions fit, with a comma behind each, into what the header has. */
static void
check_versions(struct span header)
{
	const char *at = header.at, *end = at + header.len;
	struct span rest = header, tag;
	size_t bytes = 0;
	bool weak;

	while (etag_next(&rest, &tag, &weak)) {
		must(tag.at >= at && tag.at + tag.len <= end);
		at = tag.at + tag.len;
		bytes += tag.len + 1;
	}
	must(bytes <= header.len + 1);
	(void)etag_is_any(header);
	(void)etag_is_known(header, SPAN_LIT("1-2"));
	(void)etag_allows(header, SPAN_LIT("1"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span rest = { (const char *)data, size };
	struct arena *arena = arena_new(65536 + 64 * size);
	struct buf body;
	struct req rq;

	must(arena != NULL);
	buf_init(&body, 16);
	request_init(&rq, arena, &body);
	rq.query = span_cut(&rest, '\n');
	if (params_read(rq.query, arena, &rq.params, &rq.diag) == E_OK) {
		check_query(&rq, &raw_data_list_input);
		diag_clear(&rq.diag);
		rq.errors = NULL;
		rq.errors_end = &rq.errors;
		check_query(&rq, &raw_data_get_input);
	}
	if (rest.at != NULL)
		check_versions(rest);
	buf_free(&body);
	arena_free(arena);
	return 0;
}

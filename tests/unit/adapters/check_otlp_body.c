/* SPDX-License-Identifier: MIT */
#include "adapters/otlp_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/trace.h"
#include "json/json_scan.h"
#include "unit/unit.h"

#define PARENT "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

static struct buf out;

static void
setup(void)
{
	buf_init(&out, 1000000);
	ck_assert_int_eq(trace_keep(100), E_OK);
}

static void
teardown(void)
{
	buf_free(&out);
	ck_assert_int_eq(trace_keep(0), E_OK);
}

static bool
has(const char *text)
{
	return strstr(out.data, text) != NULL;
}

static void
write_spans(size_t count)
{
	struct json_member member = { .name = "resourceSpans" };
	struct json_refusal refusal;

	otlp_body_write(&out, "unit", count);
	ck_assert_int_eq(buf_done(&out), E_OK);
	ck_assert_msg(json_scan_object(buf_span(&out), &json_limits_default,
	    &member, 1, &refusal), "%s", out.data);
	ck_assert_int_eq(member.kind, JSON_ARRAY);
}

#define IDS "{\"traceId\":\"0af7651916cd43dd8448eb211c80319c\"," \
	"\"spanId\":\"%s\",\"parentSpanId\":\"%s\","

START_TEST(a_span_has_the_form_of_otlp)
{
	const char *hostile = "\"\\\n\xff", *at;
	int64_t now = clock_wall_ms(), began, ended;
	struct trace_span span, part;
	char want[300], id[17] = "";

	trace_accept(&span, SPAN_LIT(PARENT), "whole", TRACE_SERVER,
	    clock_us());
	trace_start(&part, span.context, "part", TRACE_CLIENT);
	trace_note_int(&part, "number", INT64_MIN);
	trace_note_text(&part, "text", str_span(hostile));
	trace_end(&part, true);
	trace_end(&span, false);
	write_spans(2);
	memcpy(id, part.context + 36, 16);
	(void)snprintf(want, sizeof(want), IDS
	    "\"name\":\"part\",\"kind\":3,", id, part.parent);
	ck_assert_msg(has(want), "%s", out.data);
	memcpy(id, span.context + 36, 16);
	ck_assert_str_eq(id, part.parent);
	(void)snprintf(want, sizeof(want), IDS
	    "\"name\":\"whole\",\"kind\":2,", id, "b7ad6b7169203331");
	ck_assert_msg(has(want), "%s", out.data);
	ck_assert(has("\"attributes\":[{\"key\":\"number\",\"value\":"
	    "{\"intValue\":\"-9223372036854775808\"}},{\"key\":\"text\","
	    "\"value\":{\"stringValue\":\"\\\"\\\\\\n\xef\xbf\xbd\"}}],"
	    "\"status\":{\"code\":2}}"));
	ck_assert(has("\"attributes\":[],\"status\":{}}]"));
	/* Nanoseconds since 1970, as texts. */
	at = strstr(out.data, "\"startTimeUnixNano\":\"");
	ck_assert_int_eq(sscanf(at, "\"startTimeUnixNano\":\"%19" SCNd64
	    "\",\"endTimeUnixNano\":\"%19" SCNd64 "\",", &began, &ended), 2);
	ck_assert_int_le(began, ended);
	ck_assert_int_le(began / 1000000 - now, 5000);
	ck_assert_int_ge(began / 1000000 - now, -5000);
}
END_TEST

START_TEST(the_first_of_a_trace_has_no_parent)
{
	struct trace_span span;

	trace_accept(&span, SPAN_NONE, "whole", TRACE_SERVER, clock_us());
	trace_end(&span, false);
	trace_accept(&span, SPAN_NONE, "later", TRACE_SERVER, clock_us());
	trace_end(&span, false);
	write_spans(1);
	ck_assert(has("\"name\":\"whole\"") && !has("later"));
	ck_assert(!has("parentSpanId"));
	ck_assert(has("{\"key\":\"service.name\","
	    "\"value\":{\"stringValue\":\"unit\"}}"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("otlp_body");
	TCase *tcase = tcase_create("otlp_body");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_span_has_the_form_of_otlp);
	tcase_add_test(tcase, the_first_of_a_trace_has_no_parent);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

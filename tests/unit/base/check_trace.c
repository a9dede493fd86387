/* SPDX-License-Identifier: MIT */
#include "base/trace.h"

#include <stdlib.h>
#include <string.h>

#include "base/metrics.h"
#include "unit/unit.h"

#define TRACE "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"
#define WHOLE "00-" TRACE "-" SPAN "-01"

static void
teardown(void)
{
	ck_assert_int_eq(trace_keep(0), E_OK);
}

/* W3C Trace Context, sections 3.2.2 and 4.3. NULL: it is none. */
static const struct {
	struct span given;
	const char *taken;
} headers[] = {
	{ LIT(WHOLE), WHOLE },
	{ LIT("00-" TRACE "-" SPAN "-00"), "00-" TRACE "-" SPAN "-00" },
	{ LIT("00-" TRACE "-" SPAN "-ff"), WHOLE },
	{ LIT("00-" TRACE "-" SPAN "-fe"), "00-" TRACE "-" SPAN "-00" },
	{ LIT("00-" TRACE "-" SPAN "-0b"), WHOLE },
	{ LIT("00-" TRACE "-" SPAN "-0a"), "00-" TRACE "-" SPAN "-00" },
	{ LIT("cc-" TRACE "-" SPAN "-01"), WHOLE },
	{ LIT("01-" TRACE "-" SPAN "-01-more"), WHOLE },
	{ LIT("01-" TRACE "-" SPAN "-01more"), NULL },
	{ LIT("ff-" TRACE "-" SPAN "-01"), NULL },
	{ LIT("0-" TRACE "-" SPAN "-01"), NULL },
	{ LIT("0x-" TRACE "-" SPAN "-01"), NULL },
	{ LIT(WHOLE "-more"), NULL },
	{ LIT(WHOLE " "), NULL },
	{ LIT(" " WHOLE), NULL },
	{ LIT("00-" TRACE "-" SPAN "-1"), NULL },
	{ LIT("00-" TRACE "-" SPAN "-0x"), NULL },
	{ LIT("00-00000000000000000000000000000000-" SPAN "-01"), NULL },
	{ LIT("00-" TRACE "-0000000000000000-01"), NULL },
	{ LIT("00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01"), NULL },
	{ LIT("00-" TRACE "-B7AD6B7169203331-01"), NULL },
	{ LIT("00_" TRACE "-" SPAN "-01"), NULL },
	{ LIT("00-" TRACE "_" SPAN "-01"), NULL },
	{ LIT("00-" TRACE "-" SPAN "_01"), NULL },
	{ LIT("00-" TRACE "-b7ad6b716920333\0-01"), NULL },
	{ LIT(""), NULL },
	{ { NULL, 0 }, NULL },
};

START_TEST(a_traceparent_is_read_strictly)
{
	char context[TRACEPARENT_SIZE] = "untouched";
	bool is_one = trace_read(headers[_i].given, context);

	ck_assert_int_eq(is_one, headers[_i].taken != NULL);
	ck_assert_str_eq(context, is_one ? headers[_i].taken : "untouched");
}
END_TEST

START_TEST(without_one_there_is_a_new_trace_each_time)
{
	char last[TRACEPARENT_SIZE] = "";
	struct trace_span span;

	for (int i = 0; i < 1000; i++) {
		char read[TRACEPARENT_SIZE];

		trace_accept(&span, SPAN_LIT("nonsense"), "n", TRACE_SERVER, 0);
		ck_assert(trace_read(str_span(span.context), read));
		ck_assert_str_eq(span.context, read);
		ck_assert_str_eq(span.parent, "");
		ck_assert_int_ne(memcmp(span.context, last, 35), 0);
		memcpy(last, span.context, sizeof(last));
	}
}
END_TEST

START_TEST(while_none_are_kept_a_trace_is_handed_on_as_it_is)
{
	struct trace_span span, part;

	trace_accept(&span, SPAN_LIT(WHOLE), "n", TRACE_SERVER, 0);
	ck_assert_str_eq(span.context, WHOLE);
	trace_start(&part, span.context, "p", TRACE_CLIENT);
	ck_assert_str_eq(part.context, WHOLE);
	trace_end(&part, false);
	trace_end(&span, false);
	ck_assert_uint_eq(trace_count(), 0);
}
END_TEST

START_TEST(spans_are_children_of_what_they_come_of)
{
	struct trace_span span, part;
	const struct trace_span *kept;

	ck_assert_int_eq(trace_keep(4), E_OK);
	trace_accept(&span, SPAN_LIT(WHOLE), "n", TRACE_SERVER, 5);
	ck_assert_int_eq(memcmp(span.context, WHOLE, 35), 0);
	ck_assert_int_ne(memcmp(span.context, WHOLE, 52), 0);
	trace_start(&part, span.context, "p", TRACE_CLIENT);
	trace_note_int(&part, "number", 3);
	trace_note_text(&part, "text", SPAN_LIT("abc"));
	trace_note_text(&part, "empty", SPAN_LIT(""));
	trace_end(&part, true);
	trace_end(&span, false);
	ck_assert_uint_eq(trace_count(), 2);
	kept = trace_at(0);
	ck_assert_str_eq(kept->name, "p");
	ck_assert_int_eq(strncmp(span.context + 36, kept->parent, 16), 0);
	ck_assert_int_eq(kept->has_failed, true);
	ck_assert_uint_eq(kept->note_count, 2);
	ck_assert_int_eq(kept->notes[0].number, 3);
	ck_assert_str_eq(kept->notes[1].text, "abc");
	ck_assert_str_eq(trace_at(1)->parent, SPAN);
	ck_assert_int_eq(trace_at(1)->began, 5);
	trace_drop(1);
	ck_assert_str_eq(trace_at(0)->name, "n");
}
END_TEST

START_TEST(who_does_not_want_a_trace_gets_none)
{
	struct trace_span span, part;

	ck_assert_int_eq(trace_keep(4), E_OK);
	trace_accept(&span, SPAN_LIT("00-" TRACE "-" SPAN "-00"), "n",
	    TRACE_SERVER, 0);
	trace_start(&part, span.context, "p", TRACE_CLIENT);
	ck_assert_str_eq(part.context, "00-" TRACE "-" SPAN "-00");
	trace_end(&part, false);
	trace_end(&span, false);
	trace_start(&part, NULL, "p", TRACE_CLIENT);
	trace_end(&part, false);
	trace_start(&part, "00-short", "p", TRACE_CLIENT);
	ck_assert_str_eq(part.context, "");
	trace_end(&part, false);
	trace_start(&part, "", "p", TRACE_CLIENT);
	trace_end(&part, false);
	ck_assert_uint_eq(trace_count(), 0);
}
END_TEST

START_TEST(what_has_no_room_is_dropped_and_counted)
{
	uint64_t before = metrics_get(METRIC_SPANS_DROPPED);
	static const char *const names[] = { "0", "1", "2", "3", "4" };
	struct trace_span span;

	ck_assert_int_eq(trace_keep(3), E_OK);
	for (int i = 0; i < 5; i++) {
		trace_accept(&span, SPAN_NONE, names[i], TRACE_SERVER, 0);
		for (int j = 0; j < 2 * TRACE_NOTES_MAX; j++)
			trace_note_int(&span, "n", j);
		trace_end(&span, false);
	}
	ck_assert_uint_eq(trace_count(), 3);
	ck_assert_uint_eq(metrics_get(METRIC_SPANS_DROPPED) - before, 2);
	ck_assert_uint_eq(trace_at(0)->note_count, TRACE_NOTES_MAX);
	trace_drop(2);
	trace_accept(&span, SPAN_NONE, "5", TRACE_SERVER, 0);
	trace_end(&span, false);
	ck_assert_str_eq(trace_at(0)->name, "2");
	ck_assert_str_eq(trace_at(1)->name, "5");
	trace_drop(2);
	ck_assert_uint_eq(trace_count(), 0);
}
END_TEST

START_TEST(a_text_that_is_too_long_is_cut)
{
	struct span value = unit_repeat("", "x", 1000, "");
	struct trace_span span;

	ck_assert_int_eq(trace_keep(1), E_OK);
	trace_accept(&span, SPAN_NONE, "n", TRACE_SERVER, 0);
	trace_note_text(&span, "text", value);
	ck_assert_uint_eq(strlen(span.notes[0].text), TRACE_NOTE_SIZE - 1);
	unit_free(value);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("trace");
	TCase *tcase = tcase_create("trace");

	tcase_add_checked_fixture(tcase, NULL, teardown);
	tcase_add_loop_test(tcase, a_traceparent_is_read_strictly, 0,
	    (int)COUNT(headers));
	tcase_add_test(tcase, without_one_there_is_a_new_trace_each_time);
	tcase_add_test(tcase,
	    while_none_are_kept_a_trace_is_handed_on_as_it_is);
	tcase_add_test(tcase, spans_are_children_of_what_they_come_of);
	tcase_add_test(tcase, who_does_not_want_a_trace_gets_none);
	tcase_add_test(tcase, what_has_no_room_is_dropped_and_counted);
	tcase_add_test(tcase, a_text_that_is_too_long_is_cut);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

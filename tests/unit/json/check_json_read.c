/* SPDX-License-Identifier: MIT */
#include "json/json_read.h"

#include <string.h>

#include "json/json_scan.h"
#include "json/json_write.h"
#include "unit/unit.h"

static struct arena *arena;
static struct diag diag;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	diag_clear(&diag);
}

static void
teardown(void)
{
	arena_free(arena);
}

static const struct {
	const char *json;
	const char *text;
} cases[] = {
	{ "\"\"", "" },
	{ "\"plain\"", "plain" },
	{ "\"\xc3\xa9\xf0\x9f\x98\x80\"", "\xc3\xa9\xf0\x9f\x98\x80" },
	{ "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t" },
	{ "\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac" },
	{ "\"\\ud83d\\uDE00\"", "\xf0\x9f\x98\x80" },
	{ "\"\\uDBFF\\uDFFF\"", "\xf4\x8f\xbf\xbf" },
	{ "\"\\ufeff\"", "\xef\xbb\xbf" },
	{ "\" \\\\u0041 \"", " \\u0041 " },
	{ "\"\\\\\"", "\\" },
};

START_TEST(a_string_is_decoded)
{
	struct span value = unit_copy(str_span(cases[_i].json));
	struct span text = SPAN_NONE;

	ck_assert_int_eq(json_read_string(value, arena, &text, &diag), E_OK);
	unit_free(value); /* the text is a copy */
	unit_span_eq(text, cases[_i].text);
	ck_assert_int_eq(text.at[text.len], '\0');
}
END_TEST

static const char *const strangers[] = { "1", "123", "null", "true", "[1]",
	"{\"a\\n\":1}", "[\"\\n\"]", "\"", "", "\"a\\", "x\\y" };

START_TEST(what_is_no_string_is_not_decoded)
{
	struct span value = unit_copy(str_span(strangers[_i]));
	struct span text = SPAN_NONE;

	ck_assert_int_eq(json_read_string(value, arena, &text, &diag),
	    E_SYNTAX);
	ck_assert_int_eq(diag.code, E_SYNTAX);
	ck_assert_ptr_null(text.at);
	unit_free(value);
}
END_TEST

START_TEST(an_arena_that_is_full_is_told)
{
	static const char *const values[] = { "\"a long plain text\"",
		"\"a long \\n text\"" };
	struct arena *small = arena_new(8);
	struct span text = SPAN_NONE;

	ck_assert_int_eq(json_read_string(str_span(values[_i]), small, &text,
	    &diag), E_NO_MEMORY);
	ck_assert_ptr_null(text.at);
	arena_free(small);
}
END_TEST

START_TEST(what_was_written_is_read_back)
{
	uint64_t seed = 88172645463325252u;
	char bytes[40];
	struct buf out;

	buf_init(&out, 4096);
	for (int round = 0; round < 5000; round++) {
		struct json_member member = { .name = "k" };
		struct json_refusal refusal;
		struct span text = { bytes, 0 }, back = SPAN_NONE;
		struct json json;

		while (text.len < sizeof(bytes)) {
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			bytes[text.len++] = (char)(1 + seed % 127);
		}
		buf_reset(&out, SIZE_MAX);
		json_init(&json, &out);
		json_object(&json, NULL);
		json_span(&json, "k", text);
		json_end(&json);
		ck_assert(json_scan_object(buf_span(&out), &json_limits_default,
		    &member, 1, &refusal));
		ck_assert_int_eq(json_read_string(member.value, arena, &back,
		    &diag), E_OK);
		ck_assert_uint_eq(back.len, text.len);
		ck_assert_mem_eq(back.at, text.at, text.len);
	}
	buf_free(&out);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_read");
	TCase *tcase = tcase_create("json_read");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_string_is_decoded, 0, (int)COUNT(cases));
	tcase_add_loop_test(tcase, what_is_no_string_is_not_decoded, 0,
	    (int)COUNT(strangers));
	tcase_add_loop_test(tcase, an_arena_that_is_full_is_told, 0, 2);
	tcase_add_test(tcase, what_was_written_is_read_back);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

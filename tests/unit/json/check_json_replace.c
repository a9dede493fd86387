/* SPDX-License-Identifier: MIT */
#include "json/json_replace.h"

#include <stdlib.h>
#include <string.h>

#include "json/json_scan.h"

#include "unit/unit.h"

/* The contents of a string, before and after. */
static const struct {
	const char *before;
	const char *after;
	size_t count;
} cases[] = {
	{ "", "", 0 },
	{ "plain", "plain", 0 },
	{ "\\n\\\"\\\\\\/", "\\n\\\"\\\\\\/", 0 },
	{ "\\u0000", "\\ufffd", 1 },
	{ "a\\u0000b\\u0000", "a\\ufffdb\\ufffd", 2 },
	{ "\\\\u0000", "\\\\u0000", 0 },
	{ "\\\\\\u0000", "\\\\\\ufffd", 1 },
	{ "\\u0001\\uffff\\ud7ff\\ue000", "\\u0001\\uffff\\ud7ff\\ue000", 0 },
	{ "\\ud83d\\ude00", "\\ud83d\\ude00", 0 },
	{ "\\uD83D\\uDE00", "\\uD83D\\uDE00", 0 },
	{ "\\ud83d", "\\ufffd", 1 },
	{ "\\ud83dx", "\\ufffdx", 1 },
	{ "\\ud83d\\n", "\\ufffd\\n", 1 },
	{ "\\ud83d\\u0041", "\\ufffd\\u0041", 1 },
	{ "\\ud83d\\u0000", "\\ufffd\\ufffd", 2 },
	{ "\\ud83d\\\\ude00", "\\ufffd\\\\ude00", 1 },
	{ "\\ud83d\\ud83d\\ude00", "\\ufffd\\ud83d\\ude00", 1 },
	{ "\\ude00", "\\ufffd", 1 },
	{ "\\uDE00\\uD83D", "\\ufffd\\ufffd", 2 },
	{ "\\ud83d\\ude00\\ude00", "\\ud83d\\ude00\\ufffd", 1 },
};

/* With what stands around it, before and after. Gives: how many. */
static size_t
replaced(const char *head, const char *before, const char *after,
    const char *tail)
{
	struct span text = unit_repeat(head, before, 1, tail);
	struct span want = unit_repeat(head, after, 1, tail);
	struct json_member one = { .name = "v" }, two = one;
	struct json_refusal refusal;
	size_t count;
	char *copy = malloc(text.len + 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text.at, text.len + 1);
	unit_free(text);
	text.at = copy;
	ck_assert(json_scan_object(text, &json_limits_unstorable, &one, 1,
	    &refusal));
	count = json_replace(copy, text.len);
	ck_assert_str_eq(copy, want.at);
	ck_assert(json_scan_object(text, &json_limits_default, &two, 1,
	    &refusal));
	ck_assert_ptr_eq(one.value.at, two.value.at);
	ck_assert_uint_eq(one.value.len, two.value.len);
	ck_assert_int_eq(one.item_count, two.item_count);
	free(copy);
	unit_free(want);
	return count;
}

START_TEST(what_cannot_be_stored_is_replaced_in_place)
{
	static const char *const around[][2] = {
		{ "{\"v\":\"", "\"}" },
		{ "{\"v\":[1,\"x", "y\",{}]}" },
		{ "{\"v\":{\"", "\":1}}" },
		{ "{\"", "\":2,\"v\":[]}" },
		{ "{\"v\":[\"0123456789012345678901234567890123456789012345678"
		  "901234567890123456789\",\"", "\",[],{\"a\":[1.5e3]}]}" },
	};

	for (size_t i = 0; i < COUNT(around); i++)
		ck_assert_uint_eq(replaced(around[i][0], cases[_i].before,
		    cases[_i].after, around[i][1]), cases[_i].count);
}
END_TEST

START_TEST(nothing_is_refused_less_for_it)
{
	static const char *const texts[] = { "{\"v\":\"\\u12\"}",
		"{\"v\":\"\\ud800\\u\"}", "{\"v\":\"\\ud800", "{\"v\":\"\\x\"}",
		"{\"v\":\"a\tb\"}", "{\"v\":\"\xed\xa0\x80\"}",
		"{\"v\":\"\\u000\"}", "{\"v\":1e309}", "{\"v\":1} x" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json_refusal one, two;

		ck_assert(!json_scan_object(str_span(texts[i]),
		    &json_limits_unstorable, NULL, 0, &one));
		ck_assert(!json_scan_object(str_span(texts[i]),
		    &json_limits_default, NULL, 0, &two));
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_replace");
	TCase *tcase = tcase_create("json_replace");

	tcase_add_loop_test(tcase, what_cannot_be_stored_is_replaced_in_place,
	    0, (int)COUNT(cases));
	tcase_add_test(tcase, nothing_is_refused_less_for_it);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

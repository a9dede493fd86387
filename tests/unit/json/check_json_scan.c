/* SPDX-License-Identifier: MIT */
#include "json/json_scan.h"

#include <stdlib.h>
#include <string.h>

#include "unit/json/json_reference.h"
#include "unit/unit.h"

static const char *const items[] = { "issues", "values", "a.b", "x.y.z", NULL };

/* What the cases look for. */
static struct json_member members[] = {
	{ .name = "v" },
	{ .name = "raw", .items = items },
	{ .name = "other" },
};

static bool
scan(struct span text, struct json_refusal *ret_refusal)
{
	*ret_refusal = (struct json_refusal){ JSON_OK, SIZE_MAX, 0 };
	return json_scan_object(text, &json_limits_default, members,
	    COUNT(members), ret_refusal);
}

/* head, then unit so many times, then tail. */
static const struct {
	const char *head;
	const char *unit;
	size_t times;
	const char *tail;
	enum json_flaw flaw;
	size_t at;
} refused[] = {
	{ "", "", 0, "", JSON_EMPTY, 0 },
	{ " \t\r\n", "", 0, "", JSON_EMPTY, 4 },
	{ "{", "", 0, "", JSON_TRUNCATED, 1 },
	{ "{\"v", "", 0, "", JSON_TRUNCATED, 3 },
	{ "{\"v\":1", "", 0, "", JSON_TRUNCATED, 6 },
	{ "[1,2", "", 0, "", JSON_TRUNCATED, 4 },
	{ "{\"v\":\"\\", "", 0, "", JSON_TRUNCATED, 7 },
	{ "{\"v\":\"\\u12", "", 0, "", JSON_TRUNCATED, 10 },
	{ "{\"v\":\"\\ud83d", "", 0, "", JSON_TRUNCATED, 12 },
	{ "{\"v\":\"\\ud83d\\u", "", 0, "", JSON_TRUNCATED, 14 },
	{ "{\"v\":\"\\ud83d\\ude0", "", 0, "", JSON_TRUNCATED, 17 },
	{ "x", "", 0, "", JSON_SYNTAX, 0 },
	{ "{v:1}", "", 0, "", JSON_SYNTAX, 1 },
	{ "{'v':1}", "", 0, "", JSON_SYNTAX, 1 },
	{ "{\"v\" 1}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":1,}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{,}", "", 0, "", JSON_SYNTAX, 1 },
	{ "{\"v\":[1,]}", "", 0, "", JSON_SYNTAX, 8 },
	{ "{\"v\":[,1]}", "", 0, "", JSON_SYNTAX, 6 },
	{ "{\"v\":[1 2]}", "", 0, "", JSON_SYNTAX, 8 },
	{ "{\"v\":[1}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":{\"a\":1]}", "", 0, "", JSON_SYNTAX, 11 },
	{ "{\"other\":{\"a\":[}]}", "", 0, "", JSON_SYNTAX, 15 },
	{ "{\"v\":NaN}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":Infinity}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":True}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":nul}", "", 0, "", JSON_SYNTAX, 8 },
	{ "{\"v\":nulll}", "", 0, "", JSON_SYNTAX, 9 },
	{ "{\"v\":01}", "", 0, "", JSON_SYNTAX, 6 },
	{ "{\"v\":-01}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":1.}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":.5}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":+1}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":-}", "", 0, "", JSON_SYNTAX, 6 },
	{ "{\"v\":1e}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":1e+}", "", 0, "", JSON_SYNTAX, 8 },
	{ "{\"v\":0x10}", "", 0, "", JSON_SYNTAX, 6 },
	{ "{\"v\":1_000}", "", 0, "", JSON_SYNTAX, 6 },
	{ "{\"v\":1}//", "", 0, "", JSON_TRAILING, 7 },
	{ "{/**/\"v\":1}", "", 0, "", JSON_SYNTAX, 1 },
	{ "{\"v\":\"\\x41\"}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":\"\\u1\"}", "", 0, "", JSON_SYNTAX, 9 },
	{ "{\"v\":\"\\u00g0\"}", "", 0, "", JSON_SYNTAX, 10 },
	{ "{\"v\":\"\\U0041\"}", "", 0, "", JSON_SYNTAX, 7 },
	{ "{\"v\":\f1}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":\v1}", "", 0, "", JSON_SYNTAX, 5 },
	{ "{\"v\":\xc2\xa0 1}", "", 0, "", JSON_SYNTAX, 5 },
	{ "\xef\xbb\xbf{}", "", 0, "", JSON_BOM, 0 },
	{ "\xef\xbb\xbf", "", 0, "", JSON_BOM, 0 },
	{ "\xfe\xff{}", "", 0, "", JSON_SYNTAX, 0 },
	{ "{} {}", "", 0, "", JSON_TRAILING, 3 },
	{ "{}}", "", 0, "", JSON_TRAILING, 2 },
	{ "{},", "", 0, "", JSON_TRAILING, 2 },
	{ "{\"v\":\"\xff\"}", "", 0, "", JSON_UTF8, 6 },
	{ "{\"\xc3\":1}", "", 0, "", JSON_UTF8, 2 },
	{ "{\"v\":\"a\tb\"}", "", 0, "", JSON_CONTROL, 7 },
	{ "{\"v\":\"a\nb\"}", "", 0, "", JSON_CONTROL, 7 },
	{ "{\"v\":\"x\\u0000y\"}", "", 0, "", JSON_NUL, 7 },
	{ "{\"\\u0000\":1}", "", 0, "", JSON_NUL, 2 },
	{ "{\"v\":\"\\ud800\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":\"\\udc00\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":\"\\ude00\\ud83d\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":\"\\ud83dx\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":\"\\ud83d\\n\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":\"\\ud83d\\u0041\"}", "", 0, "", JSON_SURROGATE, 6 },
	{ "{\"v\":", "[", 513, "", JSON_DEPTH, 5 + 512 },
	{ "{\"v\":", "[", 100000, "", JSON_DEPTH, 5 + 512 },
	{ "{\"raw\":", "{\"issues\":", 100000, "", JSON_DEPTH,
	    7 + 512 * 10 },
	{ "", "[", 100000, "", JSON_DEPTH, 513 },
	{ "{\"v\":1e309}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1E+309}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1e-309}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1e400}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1e-20000}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1e4294967297}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":1e18446744073709551617}", "", 0, "", JSON_EXPONENT, 6 },
	{ "{\"v\":[", "1e131071,", 8000, "1]}", JSON_EXPONENT, 7 },
	/* 435771 times 308 still is less than 128 MB */
	{ "{\"v\":[", "1e308,", 435772, "1]}", JSON_EXPANSION,
	    6 + 435771 * 6 + 1 },
	{ "{\"v\":", "9", 100001, "}", JSON_DIGITS, 5 },
	{ "{\"v\":0.", "9", 99999, "}", JSON_DIGITS, 5 },
	{ "{\"v\":{", "\"a\":1,", 4097, "\"b\":2}}", JSON_MEMBERS,
	    6 + 4096 * 6 },
	{ "{\"v\":[", "{},", 838861, "0]}", JSON_VALUES, 6 + 838860 * 3 },
	{ "{\"v\":1,\"v\":2}", "", 0, "", JSON_DUPLICATE, 8 },
	{ "{\"v\":1,\"x\":{},\"v\":1}", "", 0, "", JSON_DUPLICATE, 15 },
	{ "{\"v\":null,\"v\":null}", "", 0, "", JSON_DUPLICATE, 11 },
	{ "[]", "", 0, "", JSON_NOT_OBJECT, 0 },
	{ "[{}]", "", 0, "", JSON_NOT_OBJECT, 0 },
	{ "\"text\"", "", 0, "", JSON_NOT_OBJECT, 0 },
	{ "12", "", 0, "", JSON_NOT_OBJECT, 0 },
	{ "null", "", 0, "", JSON_NOT_OBJECT, 0 },
};

START_TEST(a_flawed_text_is_refused_with_its_flaw_and_place)
{
	struct span text = unit_repeat(refused[_i].head, refused[_i].unit,
	    refused[_i].times, refused[_i].tail);
	struct json_refusal refusal;

	ck_assert_msg(!scan(text, &refusal), "accepted: %.60s", text.at);
	ck_assert_msg(refusal.flaw == refused[_i].flaw, "%.60s: %s, not %s",
	    text.at, json_flaw_name(refusal.flaw),
	    json_flaw_name(refused[_i].flaw));
	ck_assert_msg(refusal.at == refused[_i].at, "%.60s: at %zu, not %zu",
	    text.at, refusal.at, refused[_i].at);
	unit_free(text);
}
END_TEST

START_TEST(every_flaw_has_a_case_a_name_and_a_sentence)
{
	static const enum json_flaw flaws[] = {
#define FLAW(code, well_formed, name, text) code,
#include "json/json_flaw_rows.h"
#undef FLAW
	};

	for (size_t i = 1; i < COUNT(flaws); i++) {
		size_t j = 0;

		while (j < COUNT(refused) && refused[j].flaw != flaws[i])
			j++;
		ck_assert_msg(j < COUNT(refused), "no case of %s",
		    json_flaw_name(flaws[i]));
		ck_assert_int_eq(strncmp(json_flaw_name(flaws[i]), "json_", 5),
		    0);
		ck_assert_uint_gt(strlen(json_flaw_text(flaws[i])), 10);
	}
}
END_TEST

START_TEST(what_is_json_but_refused_is_told_from_what_is_not_json)
{
	ck_assert(json_flaw_is_well_formed(JSON_NUL));
	ck_assert(json_flaw_is_well_formed(JSON_DUPLICATE));
	ck_assert(json_flaw_is_well_formed(JSON_NOT_OBJECT));
	ck_assert(!json_flaw_is_well_formed(JSON_SYNTAX));
	ck_assert(!json_flaw_is_well_formed(JSON_UTF8));
	ck_assert(!json_flaw_is_well_formed(JSON_BOM));
}
END_TEST

/* What stands in front of a value and behind it never belongs to it. */
static const struct {
	const char *value;
	enum json_kind kind;
	int64_t item_count;
} values[] = {
	{ "null", JSON_NULL, 1 },
	{ "true", JSON_TRUE, 1 },
	{ "false", JSON_FALSE, 1 },
	{ "0", JSON_NUMBER, 1 },
	{ "-0", JSON_NUMBER, 1 },
	{ "-0.0", JSON_NUMBER, 1 },
	{ "9007199254740993", JSON_NUMBER, 1 },
	{ "12345678901234567890123", JSON_NUMBER, 1 },
	{ "1.10", JSON_NUMBER, 1 },
	{ "0.1234567890123456789012345678901234567890", JSON_NUMBER, 1 },
	{ "1e308", JSON_NUMBER, 1 },
	{ "1E+308", JSON_NUMBER, 1 },
	{ "1.5e-308", JSON_NUMBER, 1 },
	{ "1e00000000000000000000308", JSON_NUMBER, 1 },
	{ "\"\"", JSON_STRING, 1 },
	{ "\"\\\"\"", JSON_STRING, 1 },
	{ "\"\\\\\"", JSON_STRING, 1 },
	{ "\"\\u00e9\\ud83d\\uDE00 \\/\\b\\f\\n\\r\\t\"", JSON_STRING, 1 },
	{ "\"\\u0001\\uFFFF\\uD7FF\\uE000\"", JSON_STRING, 1 },
	{ "\"\xc3\xa9\xf0\x9f\x98\x80\x7f\"", JSON_STRING, 1 },
	{ "\"]}{[,:\"", JSON_STRING, 1 },
	{ "[]", JSON_ARRAY, 0 },
	{ "[ ]", JSON_ARRAY, 0 },
	{ "[1]", JSON_ARRAY, 1 },
	{ "[ [1,2,3] , {\"a\":[4,5]},\"]\" ]", JSON_ARRAY, 3 },
	{ "{}", JSON_OBJECT, 1 },
	{ "{\"a\":1,\"a\":2}", JSON_OBJECT, 1 },
	{ "{\"issues\":[1,2]}", JSON_OBJECT, 1 },
};

START_TEST(a_member_is_found_with_the_very_bytes_of_its_value)
{
	static const char *const around[][2] = {
		{ "{\"v\":", "}" },
		{ "{\"v\" : ", " }" },
		{ " {\r\n\t\"a\":[1,{\"v\":2}],\"v\":\n", "\n,\"z\":{}}\n" },
		{ "{\"V\":1,\"v\":", ",\"vv\":2,\"\":3}" },
		{ "{\"\\u0076\":1,\"v\":", "}" },
		{ "{\"x\":1,\"x\":2,\"v\":", "}" },
	};

	for (size_t i = 0; i < COUNT(around); i++) {
		struct span text = unit_repeat(around[i][0], values[_i].value,
		    1, around[i][1]);
		struct json_refusal refusal;

		ck_assert_msg(scan(text, &refusal), "%s: %s at %zu", text.at,
		    json_flaw_name(refusal.flaw), refusal.at);
		ck_assert_int_eq(members[0].kind, values[_i].kind);
		unit_span_eq(members[0].value, values[_i].value);
		ck_assert_ptr_eq(members[0].value.at,
		    text.at + strlen(around[i][0]));
		ck_assert_int_eq(members[0].item_count, values[_i].item_count);
		ck_assert_int_eq(members[1].kind, JSON_ABSENT);
		ck_assert_ptr_null(members[1].value.at);
		unit_free(text);
	}
}
END_TEST

START_TEST(a_name_is_matched_whole_and_in_its_case)
{
	struct span text = SPAN_LIT("{\"V\":1,\"vv\":2,\"\":3,\"raw_\":4,"
	    "\"othe\":5,\"\\u0076\":6,\"a\":{\"v\":7}}");
	struct json_refusal refusal;

	ck_assert(scan(text, &refusal));
	for (size_t i = 0; i < COUNT(members); i++) {
		ck_assert_int_eq(members[i].kind, JSON_ABSENT);
		ck_assert_int_eq(members[i].item_count, 0);
	}
}
END_TEST

static const struct {
	const char *raw;
	int64_t item_count;
} batches[] = {
	{ "[]", 0 },
	{ "[1,[2,3],{\"issues\":[4]}]", 3 },
	{ "{\"issues\":[]}", 0 },
	{ "{\"issues\":[{},{}]}", 2 },
	{ "{\"total\":9,\"values\":[1,2,3],\"isLast\":true}", 3 },
	{ "{\"values\":[1,2,3],\"issues\":[1]}", 3 },
	{ "{\"issues\":{},\"values\":[1,2]}", 2 },
	{ "{\"issues\":null,\"values\":\"x\"}", 1 },
	{ "{\"issues_\":[1,2],\"issue\":[1,2]}", 1 },
	{ "{\"x\":{\"issues\":[1,2]}}", 1 },
	{ "{\"a\":{\"b\":[1,2,3,4]}}", 4 },
	{ "{ \"a\" : { \"c\" : [1] , \"b\" : [ 1 , 2 ] } }", 2 },
	{ "{\"a\":{\"c\":[1,2]},\"issues\":[1,2,3]}", 3 },
	{ "{\"a\":[1,2]}", 1 },
	{ "{\"a.b\":[1,2]}", 1 },
	{ "{\"x\":{\"y\":{\"z\":[1,2,3,4,5]}}}", 5 },
	{ "{\"x\":{\"y\":[1,2]}}", 1 },
	{ "{}", 1 },
	{ "{\"id\":1}", 1 },
	{ "\"text\"", 1 },
	{ "null", 1 },
};

START_TEST(the_items_of_a_batch_are_counted)
{
	struct span text = unit_repeat("{\"raw\":", batches[_i].raw, 1,
	    ",\"issues\":[1,2,3,4,5,6,7]}");
	struct json_refusal refusal;

	ck_assert(scan(text, &refusal));
	unit_span_eq(members[1].value, batches[_i].raw);
	ck_assert_int_eq(members[1].item_count, batches[_i].item_count);
	unit_free(text);
}
END_TEST

START_TEST(nothing_is_left_of_an_earlier_text)
{
	struct json_refusal refusal;

	ck_assert(scan(SPAN_LIT("{\"v\":1,\"raw\":[1,2]}"), &refusal));
	ck_assert(scan(SPAN_LIT("{}"), &refusal));
	for (size_t i = 0; i < COUNT(members); i++) {
		ck_assert_int_eq(members[i].kind, JSON_ABSENT);
		ck_assert_ptr_null(members[i].value.at);
		ck_assert_int_eq(members[i].item_count, 0);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_scan");
	TCase *tcase = tcase_create("json_scan");

	tcase_add_loop_test(tcase,
	    a_flawed_text_is_refused_with_its_flaw_and_place, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, every_flaw_has_a_case_a_name_and_a_sentence);
	tcase_add_test(tcase,
	    what_is_json_but_refused_is_told_from_what_is_not_json);
	tcase_add_loop_test(tcase,
	    a_member_is_found_with_the_very_bytes_of_its_value, 0,
	    (int)COUNT(values));
	tcase_add_test(tcase, a_name_is_matched_whole_and_in_its_case);
	tcase_add_loop_test(tcase, the_items_of_a_batch_are_counted, 0,
	    (int)COUNT(batches));
	tcase_add_test(tcase, nothing_is_left_of_an_earlier_text);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

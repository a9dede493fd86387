/* SPDX-License-Identifier: MIT */
#include "json/json_value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/json/json_reference.h"
#include "unit/unit.h"

/* A little of everything; the emoji once as bytes, once as escapes. */
static const char document[] =
    " {\"v\": [1, -2.50e+3, 0, \"a\\\"b\\u00e9\\ud83d\\uDe00\"],\n"
    "\t\"raw\": {\"n\": {\"issues\": [null, true, false, {}]}, \"e\": [],\r\n"
    " \"text\": \"gr\xc3\xb6\xc3\x9f\x65r \xe2\x82\xac \xf0\x9f\x98\x80\"},"
    " \"other\": 1E-7, \"v2\" :\"\"} ";

static const struct span whole_document = { document, sizeof(document) - 1 };

static const char *const items[] = { "issues", "n.issues", NULL };

/* Compare with the reference; gives whether both accept. */
static bool
agree_within(struct span text, const struct json_limits *limits)
{
	struct json_member got[] = {
		{ .name = "v" }, { .name = "raw", .items = items },
		{ .name = "other" },
	};
	struct json_member want[COUNT(got)];
	struct json_refusal refusal = { JSON_OK, SIZE_MAX, 0 };
	bool accepted;

	memcpy(want, got, sizeof(want));
	accepted = json_scan_object(text, limits, got, COUNT(got), &refusal);
	ck_assert_msg(accepted == json_reference(text, limits, want,
	    COUNT(want)), "%s at %zu: '%.*s'", json_flaw_name(refusal.flaw),
	    refusal.at, SPAN_ARG(text));
	if (accepted) {
		ck_assert_msg(json_reference_same(got, want, COUNT(got)),
		    "other members: '%.*s'", SPAN_ARG(text));
	} else {
		ck_assert_int_ne(refusal.flaw, JSON_OK);
		ck_assert_uint_le(refusal.at, text.len);
	}
	return accepted;
}

static bool
agree(struct span text, const struct json_limits *limits)
{
	struct json_limits more = *limits;

	more.unstorable = true;
	(void)agree_within(text, &more);
	return agree_within(text, limits);
}

START_TEST(a_document_cut_anywhere_is_refused_as_cut)
{
	const size_t whole = sizeof(document) - 2; /* the last is a blank */

	ck_assert(agree(whole_document, &json_limits_default));
	for (size_t len = 0; len < whole; len++) {
		struct span text = unit_copy((struct span){ document, len });
		struct json_refusal refusal;

		ck_assert(!agree(text, &json_limits_default));
		ck_assert(!json_scan_object(text, &json_limits_default, NULL, 0,
		    &refusal));
		if (len <= 1)
			ck_assert_int_eq(refusal.flaw, JSON_EMPTY);
		else if (refusal.flaw != JSON_UTF8)
			ck_assert_msg(refusal.flaw == JSON_TRUNCATED &&
			    refusal.at == len, "%zu: %s at %zu", len,
			    json_flaw_name(refusal.flaw), refusal.at);
		unit_free(text);
	}
}
END_TEST

START_TEST(a_changed_byte_is_seen_as_the_reference_sees_it)
{
	struct span text = unit_copy(whole_document);
	char *bytes = malloc(text.len + 1);
	size_t accepted = 0;

	memcpy(bytes, text.at, text.len + 1);
	for (size_t i = 0; i < text.len; i++) {
		for (int byte = 0; byte < 256; byte++) {
			bytes[i] = (char)byte;
			accepted += agree((struct span){ bytes, text.len },
			    &json_limits_default);
		}
		bytes[i] = text.at[i];
	}
	/* Neither everything nor nothing. */
	ck_assert_uint_gt(accepted, text.len);
	ck_assert_uint_lt(accepted, text.len * 256 / 2);
	free(bytes);
	unit_free(text);
}
END_TEST

START_TEST(a_dropped_doubled_or_swapped_byte_is_seen_as_well)
{
	const size_t len = sizeof(document) - 1;
	char *bytes = malloc(len + 2);

	for (size_t i = 0; i < len; i++) {
		memcpy(bytes, document, i);
		memcpy(bytes + i, document + i + 1, len - i);
		(void)agree((struct span){ bytes, len - 1 },
		    &json_limits_default);
		memcpy(bytes + i, document + i, 1);
		memcpy(bytes + i + 1, document + i, len - i + 1);
		(void)agree((struct span){ bytes, len + 1 },
		    &json_limits_default);
		memcpy(bytes, document, len + 1);
		if (i > 0) {
			bytes[i] = document[i - 1];
			bytes[i - 1] = document[i];
		}
		(void)agree((struct span){ bytes, len }, &json_limits_default);
	}
	free(bytes);
}
END_TEST

START_TEST(any_byte_at_any_place_of_a_short_string_is_looked_at)
{
	char text[64] = "{\"v\":\"";
	const size_t start = 6;

	/* Longer than two of the words the scanner reads at once. */
	for (size_t len = 1; len <= 20; len++) {
		const size_t whole = start + len + 2;

		for (size_t place = 0; place < len; place++) {
			memset(text + start, 'x', len);
			memcpy(text + start + len, "\"}", 3);
			for (int byte = 0; byte < 256; byte++) {
				text[start + place] = (char)byte;
				(void)agree((struct span){ text, whole },
				    &json_limits_default);
			}
		}
	}
}
END_TEST

START_TEST(every_escape_is_seen_alone_and_as_half_of_a_pair)
{
	static const char *const before[] = { "", "\\ud800", "\\uDBFF" };
	char text[64];

	for (size_t i = 0; i < COUNT(before); i++) {
		size_t accepted = 0;

		for (unsigned code = 0; code <= 0xffff; code++) {
			(void)snprintf(text, sizeof(text),
			    "{\"v\":\"%s\\u%04x\"}", before[i], code);
			accepted += agree(str_span(text), &json_limits_default);
		}
		/* All but NUL and the surrogates; the 1024 low halves. */
		ck_assert_uint_eq(accepted, i == 0 ? 65535 - 2048 : 1024);
	}
}
END_TEST

/* Where in a long string, from its start or its end, and at which address. */
START_TEST(a_flaw_in_a_megabyte_is_found_at_every_alignment)
{
	static const struct {
		const char *bytes;
		enum json_flaw flaw;
	} cases[] = {
		{ "\x01", JSON_CONTROL },
		{ "\x1f", JSON_CONTROL },
		{ "\x80", JSON_UTF8 },
		{ "\xff", JSON_UTF8 },
		{ "\xed\xa0\x80", JSON_UTF8 },
		{ "\\x", JSON_SYNTAX },
		{ "\xc3\xa9", JSON_OK },
		{ "\\n", JSON_OK },
		{ "\x7f", JSON_OK },
	};
	const size_t size = 1 << 20;
	const size_t places[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, size / 2,
		size - 17, size - 9, size - 8, size - 7, size - 6, size - 5,
		size - 4, size - 3 };
	const size_t align = (size_t)_i;
	char *block = malloc(size + 32);
	char *text = block + align;
	struct json_member member = { .name = "v" };
	struct json_refusal refusal;

	memcpy(text, "{\"v\":\"", 6);
	memset(text + 6, 'x', size);
	memcpy(text + 6 + size, "\"}", 3);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const size_t len = strlen(cases[i].bytes);

		for (size_t j = 0; j < COUNT(places); j++) {
			char *here = text + 6 + places[j];
			bool good;

			memcpy(here, cases[i].bytes, len);
			good = json_scan_object((struct span){ text, size + 8 },
			    &json_limits_default, &member, 1, &refusal);
			ck_assert_int_eq(good, cases[i].flaw == JSON_OK);
			if (good) {
				ck_assert_uint_eq(member.value.len, size + 2);
			} else {
				ck_assert_int_eq(refusal.flaw, cases[i].flaw);
				ck_assert_uint_eq(refusal.at, 6 + places[j] +
				    (cases[i].bytes[0] == '\\'));
			}
			memset(here, 'x', len);
		}
	}
	free(block);
}
END_TEST

static const struct {
	const char *head, *unit, *middle, *tail; /* unit and tail n times */
	size_t times;
	bool accepted;
} deep[] = {
	{ "{\"v\":", "[", "", "]", 512, true },
	{ "{\"v\":", "[", "", "]", 513, false },
	{ "{\"q\":", "[", "1", "]", 512, true },
	{ "{\"q\":", "[", "1", "]", 513, false },
	{ "{\"q\":", "{\"a\":", "1", "}", 512, true },
	{ "{\"q\":", "{\"a\":", "1", "}", 513, false },
	{ "{\"raw\":", "{\"n\":", "1", "}", 512, true },
	{ "{\"raw\":", "{\"n\":", "1", "}", 513, false },
	{ "{\"raw\":", "[{\"a\":", "1", "}]", 256, true },
	{ "{\"raw\":", "[{\"a\":", "[]", "}]", 256, false },
	{ "{\"v\":", "[", "", "]", 100000, false },
};

START_TEST(nesting_ends_at_its_limit_not_with_the_stack)
{
	struct span head = unit_repeat(deep[_i].head, deep[_i].unit,
	    deep[_i].times, deep[_i].middle);
	struct span text = unit_repeat(head.at, deep[_i].tail, deep[_i].times,
	    "}");

	ck_assert_int_eq(agree(text, &json_limits_default), deep[_i].accepted);
	unit_free(text);
	unit_free(head);
}
END_TEST

START_TEST(brackets_must_match_at_every_depth)
{
	struct span head = unit_repeat("{\"v\":", "[{\"a\":", 200, "1");
	struct span text = unit_repeat(head.at, "}]", 200, "}");
	char *bytes = malloc(text.len + 1);

	memcpy(bytes, text.at, text.len + 1);
	ck_assert(agree(text, &json_limits_default));
	for (size_t i = head.len; i < text.len; i++) {
		bytes[i] = bytes[i] == '}' ? ']' : '}';
		ck_assert(!agree((struct span){ bytes, text.len },
		    &json_limits_default));
		bytes[i] = text.at[i];
	}
	free(bytes);
	unit_free(text);
	unit_free(head);
}
END_TEST

static const struct {
	struct json_limits limits;
	const char *text;
	bool accepted;
} limited[] = {
	{ { 0, 308, 999, false, 0, 0 }, "{\"v\":1}", true },
	{ { 0, 308, 999, false, 0, 0 }, "{\"v\":[]}", false },
	{ { 1, 308, 999, false, 0, 0 }, "{\"v\":[]}", true },
	{ { 1, 308, 999, false, 0, 0 }, "{\"v\":[{}]}", false },
	{ { 1, 308, 999, false, 0, 0 }, "{\"v\":[1,2],\"o\":[],\"p\":{},\"q\":[3]}", true },
	{ { 1, 0, 999, false, 0, 0 }, "{\"v\":1e0}", true },
	{ { 1, 0, 999, false, 0, 0 }, "{\"v\":1e1}", false },
	{ { 1, 9, 27, false, 0, 0 }, "{\"v\":[1e9,1e-9,1E+9]}", true },
	{ { 1, 9, 26, false, 0, 0 }, "{\"v\":[1e9,1e-9,1E+9]}", false },
	{ { 1, 9, 18, false, 0, 0 }, "{\"v\":1e9,\"q\":1e9}", true },
	{ { 1, 9, 17, false, 0, 0 }, "{\"v\":1e9,\"q\":1e9}", false },
	{ { 9, 9, 9, false, 2, 0 }, "{\"v\":{\"a\":1,\"b\":[3,4,5]}}", true },
	{ { 9, 9, 9, false, 2, 0 }, "{\"v\":{\"a\":1,\"b\":2,\"c\":3}}", false },
	{ { 9, 9, 9, false, 2, 0 }, "{\"v\":[{\"a\":1},{\"b\":2,\"c\":{}}]}", true },
	{ { 9, 9, 9, false, 1, 0 }, "{\"v\":1,\"q\":1}", false },
	{ { 9, 9, 9, false, 0, 110 }, "{\"v\":1}", true },
	{ { 9, 9, 9, false, 0, 109 }, "{\"v\":1}", false },
	{ { 9, 9, 9, false, 0, 299 }, "{\"v\":[]}", false },
	{ { 9, 9, 9, false, 0, 1050 }, "{\"v\":[{}],\"q\":\"a\"}", true },
	{ { 9, 9, 9, false, 0, 1049 }, "{\"v\":[{}],\"q\":\"a\"}", false },
};

START_TEST(limits_are_those_given)
{
	struct span text = unit_copy(str_span(limited[_i].text));

	ck_assert_int_eq(agree(text, &limited[_i].limits),
	    limited[_i].accepted);
	unit_free(text);
}
END_TEST

START_TEST(exponents_may_add_128_mb_and_numbers_have_100000_digits)
{
	static const struct {
		const char *head, *unit;
		size_t times;
	} cases[] = {
		{ "{\"v\":[1", ",1e308", 435771 },
		{ "{\"v\":[1", "1", 99999 },
		{ "{\"v\":[0.", "1", 99998 },
		{ "{\"v\":[-0.", "1", 99997 },
	};
	struct span text = unit_repeat(cases[_i].head, cases[_i].unit,
	    cases[_i].times, "]}");
	struct span more = unit_repeat(cases[_i].head, cases[_i].unit,
	    cases[_i].times + 1, "]}");

	ck_assert(agree(text, &json_limits_default));
	ck_assert(!agree(more, &json_limits_default));
	unit_free(text);
	unit_free(more);
}
END_TEST

static const struct span with_nul[] = {
	LIT("\0"),
	LIT("{}\0"),
	LIT("{}\0{}"),
	LIT("{\0}"),
	LIT("{\"v\":\0}"),
	LIT("{\"v\":1\0}"),
	LIT("{\"v\":tr\0ue}"),
	LIT("{\"v\":\"a\0b\"}"),
	LIT("{\"v\":\"\\\0\"}"),
	LIT("{\"v\":\"\\u00\0\"}"),
	LIT("{\"v\0\":1}"),
};

START_TEST(a_nul_byte_does_not_end_the_text)
{
	struct span text = unit_copy(with_nul[_i]);

	ck_assert(!agree(text, &json_limits_default));
	unit_free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_value");
	TCase *tcase = tcase_create("json_value");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, a_document_cut_anywhere_is_refused_as_cut);
	tcase_add_test(tcase, a_changed_byte_is_seen_as_the_reference_sees_it);
	tcase_add_test(tcase, a_dropped_doubled_or_swapped_byte_is_seen_as_well);
	tcase_add_test(tcase,
	    any_byte_at_any_place_of_a_short_string_is_looked_at);
	tcase_add_test(tcase, every_escape_is_seen_alone_and_as_half_of_a_pair);
	tcase_add_loop_test(tcase,
	    a_flaw_in_a_megabyte_is_found_at_every_alignment, 0, 8);
	tcase_add_loop_test(tcase, nesting_ends_at_its_limit_not_with_the_stack,
	    0, (int)COUNT(deep));
	tcase_add_test(tcase, brackets_must_match_at_every_depth);
	tcase_add_loop_test(tcase, limits_are_those_given, 0,
	    (int)COUNT(limited));
	tcase_add_loop_test(tcase,
	    exponents_may_add_128_mb_and_numbers_have_100000_digits, 0, 4);
	tcase_add_loop_test(tcase, a_nul_byte_does_not_end_the_text, 0,
	    (int)COUNT(with_nul));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

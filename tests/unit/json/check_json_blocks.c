/* SPDX-License-Identifier: MIT */
#include "json/json_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "unit/json/json_same.h"
#include "unit/unit.h"

/* Further than two blocks of 64 bytes, wherever they begin. */
#define FILL_MAX 131

/* A little of everything, with no blank at its end. */
static const char document[] =
    "[1, -2.50e+3, 0, \"a\\\"b\\u00e9\\ud83d\\uDe00\\\\\", {\"n\": {\"issues\":"
    " [null, true, false, {}, [ ], {\n}]}, \"e\": [],\r\n\t\"text\": \"gr"
    "\xc3\xb6\xc3\x9f\x65r \xe2\x82\xac \xf0\x9f\x98\x80\", \"\": 1234567},"
    "12345678,[[{\"a\":[{\"b\":\"c\"}],\"d\" : 1E-7}]],\"\", 3,\"\\/\"]";

/* head, so many fill bytes, middle, tail; the value of "v" is compared. */
static bool
same_filled(const char *head, int fill, size_t times, struct span middle,
    const char *tail)
{
	char text[1024];
	const size_t head_len = strlen(head), tail_len = strlen(tail);
	const size_t len = head_len + times + middle.len + tail_len;

	if (len > sizeof(text))
		ck_abort_msg("%zu bytes", len);
	memcpy(text, head, head_len);
	memset(text + head_len, fill, times);
	memcpy(text + head_len + times, middle.at, middle.len);
	memcpy(text + head_len + times + middle.len, tail, tail_len);
	(void)json_same((struct span){ text, len }, strlen("{\"v\":"),
	    &json_limits_unstorable);
	return json_same((struct span){ text, len }, strlen("{\"v\":"),
	    &json_limits_default);
}

static const struct {
	struct span text;
	bool element; /* of an array, or several? */
} values[] = {
	{ LIT("1"), true }, { LIT("0"), true }, { LIT("-0"), true },
	{ LIT("-"), false }, { LIT("01"), false }, { LIT("-01"), false },
	{ LIT("1."), false }, { LIT("1.5"), true }, { LIT(".5"), false },
	{ LIT("1e"), false }, { LIT("1e5"), true }, { LIT("1e309"), false },
	{ LIT("+1"), false }, { LIT("1234567"), true },
	{ LIT("12345678"), true }, { LIT("123456789012"), true },
	{ LIT("0123456"), false }, { LIT("1234567x"), false },
	{ LIT("1a"), false }, { LIT("1-"), false }, { LIT("1 2"), false },
	{ LIT("true"), true }, { LIT("false"), true }, { LIT("null"), true },
	{ LIT("tru"), false }, { LIT("truee"), false }, { LIT("nul"), false },
	{ LIT("fals"), false }, { LIT("falsE"), false }, { LIT("x"), false },
	{ LIT("falsex"), false }, { LIT("nullx"), false },
	{ LIT("true1"), false }, { LIT("true\"\""), false },
	{ LIT("1\"\""), false }, { LIT("\"\"1"), false },
	{ LIT("1\\"), false }, { LIT("\\\"a\""), false }, { LIT("\\"), false },
	{ LIT("\x0c"), false }, { LIT("\x1a"), false }, { LIT("1\x01"), false },
	{ LIT("\x01"), false }, { LIT("\0"), false }, { LIT("1\0"), false },
	{ LIT("\x7f"), false }, { LIT("\x80"), false }, { LIT("\xff"), false },
	{ LIT("1\xc3\xa9"), false }, { LIT("\xc3\xa9"), false },
	{ LIT("\"\""), true }, { LIT("\"a\",\"b\""), true },
	{ LIT("\"a\"\"b\""), false }, { LIT("\"a\" \"b\""), false },
	{ LIT("\"a\":1"), false }, { LIT("1:1"), false }, { LIT(":"), false },
	{ LIT(","), false }, { LIT("1,"), false }, { LIT(",1"), false },
	{ LIT("1,,1"), false }, { LIT("1,:1"), false }, { LIT("]"), false },
	{ LIT("}"), false }, { LIT("["), false }, { LIT("{"), false },
	{ LIT("[}"), false }, { LIT("{]"), false }, { LIT("[]"), true },
	{ LIT("{}"), true }, { LIT("[ ]"), true }, { LIT("{\n\r}"), true },
	{ LIT("[]]"), false }, { LIT("[][]"), false }, { LIT("{}{}"), false },
	{ LIT("[]1"), false }, { LIT("1[]"), false }, { LIT("[1]{"), false },
	{ LIT("[[[]]]"), true }, { LIT("[1,]"), false }, { LIT("[,]"), false },
	{ LIT("[,1]"), false }, { LIT("{,}"), false }, { LIT("{:}"), false },
	{ LIT("{\"a\"}"), false }, { LIT("{\"a\":}"), false },
	{ LIT("{\"a\":1}"), true }, { LIT("{\"a\" : 1 }"), true },
	{ LIT("{\"a\":1,}"), false }, { LIT("{\"a\":1,2}"), false },
	{ LIT("{\"a\":1,\"b\"}"), false }, { LIT("{1:2}"), false },
	{ LIT("{\"a\":1,2:3}"), false }, { LIT("{[]:1}"), false },
	{ LIT("{\"a\":\"b\":1}"), false }, { LIT("{\"a\"::1}"), false },
	{ LIT("{\"a\":1:2}"), false }, { LIT("{\"a\" \"b\"}"), false },
	{ LIT("{\"a\":1 \"b\":2}"), false }, { LIT("{\"a\",\"b\":1}"), false },
	{ LIT("{\"a\":[1},2]"), false }, { LIT("{\"a\":[\"b\":1]}"), false },
	{ LIT("{\"a\":[{}],\"b\":{}}"), true },
	{ LIT("{\"a\":{},[]}"), false }, { LIT("[{},\"b\":1]"), false },
	{ LIT("{\"a\":{},\"b\"}"), false }, { LIT("[{\"a\":1},\"b\"]"), true },
	{ LIT("{\"a\":\"b\",\"c\"}"), false },
	{ LIT("{\"a\":\"b\":1,\"x\"}"), false },
};

START_TEST(a_value_is_judged_wherever_a_block_ends)
{
	const struct span text = values[_i].text;

	for (size_t fill = 0; fill < FILL_MAX; fill++) {
		ck_assert(same_filled("{\"v\":[", ' ', fill, text, "]}") ==
		    values[_i].element);
		(void)same_filled("{\"v\":", ' ', fill, text, "}");
		(void)same_filled("{\"v\":[[\"", 'x', fill, text, "");
		(void)same_filled("{\"v\":[1", '1', fill, text, ",1] }");
		(void)same_filled("{\"v\":{\"a\":{},\n\"k\":", '\n', fill, text,
		    ",\"l\":[]},\"w\":\"\xc3\xa9\"}");
		(void)same_filled("{\"v\":[{\"a\":[]},[\"", 'x', fill,
		    (struct span){ "\",", 2 }, text.at);
	}
}
END_TEST

static const struct {
	struct span text;
	bool fine;
} contents[] = {
	{ LIT("\\\""), true }, { LIT("\\\\"), true },
	{ LIT("\\\\\\\""), true }, { LIT("\\n\\t"), true },
	{ LIT("\\"), false }, { LIT("\\x"), false }, { LIT("\\u"), false },
	{ LIT("\\u12"), false }, { LIT("\\u12g4"), false },
	{ LIT("\\u0000"), false }, { LIT("\\u0001"), true },
	{ LIT("\\u00e9"), true }, { LIT("\\uD83D\\uDE00"), true },
	{ LIT("\\ud800"), false }, { LIT("\\ud800\\n"), false },
	{ LIT("\\ud800\\u0041"), false }, { LIT("\\udc00"), false },
	{ LIT("\\ud800\\ud800\\udc00"), false },
	{ LIT("\\ud800\\u0000"), false }, { LIT("\\ud800\\"), false },
	{ LIT("\\ud800\\uzz"), false },
	{ LIT("\\uDFFF"), false }, { LIT("\\ue000\\uffff"), true },
	{ LIT("\\\"\\\"\\\"\\\""), true }, { LIT("\\u\""), false },
	{ LIT("\\u0\0\0\0"), false }, { LIT("\x01"), false },
	{ LIT("\n"), false }, { LIT("\x1f"), false }, { LIT("\0"), false },
	{ LIT("\x7f"), true }, { LIT("\xc3\xa9"), true },
	{ LIT("\xe2\x82\xac"), true }, { LIT("\xf0\x9f\x98\x80"), true },
	{ LIT("\xc3"), false }, { LIT("\xe2\x82"), false },
	{ LIT("\xf0\x9f\x98"), false }, { LIT("\x80"), false },
	{ LIT("\xed\xa0\x80"), false }, { LIT("\xed\x9f\xbf"), true },
	{ LIT("\xf4\x90\x80\x80"), false }, { LIT("\xc3\\n"), false },
	{ LIT("\xc3\xa9\x80"), false }, { LIT("{\"a\":["), false },
	{ LIT("\",\""), true }, { LIT("\":\""), false },
	{ LIT("\"]}"), false }, { LIT("[]{}:,"), true },
};

START_TEST(a_string_is_judged_wherever_a_block_ends)
{
	const struct span text = contents[_i].text;

	for (size_t fill = 0; fill < FILL_MAX; fill++) {
		ck_assert(same_filled("{\"v\":[\"", 'x', fill, text,
		    "\"]}") == contents[_i].fine);
		(void)same_filled("{\"v\":{\"", 'x', fill, text, "\":[\"\"]}}");
		(void)same_filled("{\"v\":[[],\"", ' ', fill, text, "");
		/* Behind the value, in the block where it ends. */
		(void)same_filled("{\"v\":[", ' ', fill,
		    (struct span){ "1],\"w\":\"", 8 }, text.at);
	}
}
END_TEST

START_TEST(a_value_is_judged_alike_cut_or_changed_anywhere)
{
	const size_t len = sizeof(document) - 1, head = 5;
	char text[1024] = "{\"v\":";

	for (size_t fill = 0; fill < 64; fill++) {
		const size_t start = head + fill, whole = start + len + 1;

		memset(text + head, ' ', fill);
		memcpy(text + start, document, len);
		text[start + len] = '}';
		ck_assert(json_same((struct span){ text, whole }, head,
		    &json_limits_default));
		for (size_t cut = start; cut < whole; cut++)
			ck_assert(!json_same((struct span){ text, cut }, head,
			    &json_limits_default));
		for (size_t i = start + fill % 4; i < whole; i += 4) {
			for (int byte = (int)fill % 8; byte < 256; byte += 8) {
				char old = text[i];

				text[i] = (char)byte;
				(void)json_same((struct span){ text, whole }, head,
				    &json_limits_default);
				(void)json_same((struct span){ text, whole }, head,
				    &json_limits_unstorable);
				text[i] = old;
			}
		}
	}
}
END_TEST

/* Four bytes around each border that the tables of UTF-8 have. */
START_TEST(every_kind_of_sequence_is_judged_across_a_border)
{
	static const unsigned char bytes[] = { 0x41, 0x7f, 0x80, 0x8f, 0x90,
		0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec,
		0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff };
	const size_t n = sizeof(bytes), place = 5 + 64 - 4 + (size_t)_i;
	char text[5 + 64 + 64 + 3] = "{\"v\":[\"";
	size_t accepted = 0;

	memset(text + 7, 'x', sizeof(text) - 7);
	memcpy(text + sizeof(text) - 3, "\"]}", 3);
	for (size_t i = 0; i < n * n * n * n; i++) {
		text[place] = (char)bytes[i % n];
		text[place + 1] = (char)bytes[i / n % n];
		text[place + 2] = (char)bytes[i / n / n % n];
		text[place + 3] = (char)bytes[i / n / n / n];
		accepted += json_same((struct span){ text, sizeof(text) }, 5,
		    &json_limits_default);
	}
	ck_assert_uint_gt(accepted, n);
	ck_assert_uint_lt(accepted, n * n * n);
}
END_TEST

START_TEST(the_limit_of_depth_is_met_to_the_level)
{
	static const unsigned limits[] = { 0, 1, 2, 3, 30, 57, 58, 59, 60, 61,
		62, 63, 64, 65, 512, 1023, 1024 };

	for (size_t i = 0; i < COUNT(limits); i++) {
		const struct json_limits limit = { limits[i], 9, 9,
			false, 0, 0 };

		for (size_t more = 0; more < 3; more++) {
			struct span head = unit_repeat("{\"v\":", "[",
			    limits[i] + more, "1e9");
			struct span text = unit_repeat(head.at, "]",
			    limits[i] + more, "}");

			/* The envelope counts for the upper limit only. */
			ck_assert(json_same(text, 5, &limit) == (more == 0 &&
			    limits[i] < JSON_DEPTH_MAX));
			unit_free(text);
			unit_free(head);
		}
	}
}
END_TEST

START_TEST(an_exponent_is_counted_once_however_often_it_was_seen)
{
	/* Deeper than the blocks go. */
	struct span head = unit_repeat("{\"v\":[1e9,", "[", 100, "1e-9");
	struct span text = unit_repeat(head.at, "]", 100, ",-1.0E+9]}");

	for (size_t expansion = 24; expansion < 30; expansion++) {
		const struct json_limits limits = { 512, 9, expansion,
			false, 0, 0 };

		ck_assert(json_same(text, 5, &limits) == (expansion >= 27));
	}
	unit_free(text);
	unit_free(head);
}
END_TEST

/* Items shorter than a block and longer ones, each the other's neighbour. */
START_TEST(items_of_any_length_stand_beside_each_other)
{
	static const char items[] = "{},[],[1, {\"a\": []}],"
	    "{\"text\": \"0123456789012345678901234567890123456789012345"
	    "67890123456789\", \"n\": [-1.5, null]},[[]],";
	static const struct {
		const char *tail;
		bool accepted;
	} tails[] = { { "{}]}", true }, { "[0]]}", true }, { "]}", false },
		{ "[01]]}", false }, { "{\"a\"}]}", false } };

	for (size_t i = 0; i < COUNT(tails); i++) {
		struct span text = unit_repeat("{\"v\":[", items, 40,
		    tails[i].tail);

		ck_assert(json_same(text, 5, &json_limits_default) ==
		    tails[i].accepted);
		unit_free(text);
	}
}
END_TEST

#ifdef JSON_X86
/* All above would hold for blocks that leave everything to the exact way. */
START_TEST(the_blocks_take_a_usual_value_themselves)
{
	struct span text = unit_repeat("{\"v\":", document, 1, "}");
	const unsigned char *start = (const unsigned char *)text.at;
	struct json_pass pass = { .start = start, .at = start + 5,
		.end = start + text.len, .limits = &json_limits_default };
	size_t count = 0;

	while (json_impl_get(count) != NULL)
		count++;
	if (strcmp(json_impl_get(count - 1)->name, "avx2") == 0) {
		ck_assert(json_blocks_avx2(&pass));
		ck_assert_ptr_eq(pass.at, pass.end - 1);
	}
	unit_free(text);
}
END_TEST

START_TEST(the_blocks_take_what_will_be_replaced_themselves)
{
	struct span text = unit_repeat("{\"v\":[",
	    "\"a \\u0000 \\ud800 b \\udc00\",", 20, "1]}");
	const unsigned char *start = (const unsigned char *)text.at;
	struct json_pass pass = { .start = start, .at = start + 5,
		.end = start + text.len, .limits = &json_limits_unstorable };

	if (strcmp(json_impl_best()->name, "avx2") == 0)
		ck_assert(json_blocks_avx2(&pass));
	unit_free(text);
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("json_blocks");
	TCase *tcase = tcase_create("json_blocks");

	tcase_set_timeout(tcase, 300);
	tcase_add_loop_test(tcase, a_value_is_judged_wherever_a_block_ends, 0,
	    (int)COUNT(values));
	tcase_add_loop_test(tcase, a_string_is_judged_wherever_a_block_ends, 0,
	    (int)COUNT(contents));
	tcase_add_test(tcase, a_value_is_judged_alike_cut_or_changed_anywhere);
	tcase_add_loop_test(tcase,
	    every_kind_of_sequence_is_judged_across_a_border, 0, 5);
	tcase_add_test(tcase, the_limit_of_depth_is_met_to_the_level);
	tcase_add_test(tcase,
	    an_exponent_is_counted_once_however_often_it_was_seen);
	tcase_add_test(tcase, items_of_any_length_stand_beside_each_other);
#ifdef JSON_X86
	tcase_add_test(tcase, the_blocks_take_a_usual_value_themselves);
	tcase_add_test(tcase,
	    the_blocks_take_what_will_be_replaced_themselves);
#endif
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

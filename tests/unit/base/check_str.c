/* SPDX-License-Identifier: MIT */
#include "base/str.h"

#include <string.h>

#include "unit/unit.h"

static const struct {
	struct span text;
	bool good;
	int64_t number;
} integers[] = {
	{ LIT("0"), true, 0 },
	{ LIT("7"), true, 7 },
	{ LIT("-7"), true, -7 },
	{ LIT("10"), true, 10 },
	{ LIT("9007199254740993"), true, INT64_C(9007199254740993) },
	{ LIT("9223372036854775807"), true, INT64_MAX },
	{ LIT("-9223372036854775808"), true, INT64_MIN },
	{ LIT("9223372036854775808"), false, 0 },
	{ LIT("-9223372036854775809"), false, 0 },
	{ LIT("9223372036854775810"), false, 0 },
	{ LIT("18446744073709551616"), false, 0 },
	{ LIT("18446744073709551617"), false, 0 },
	{ LIT("99999999999999999999"), false, 0 },
	{ LIT(""), false, 0 },
	{ LIT("-"), false, 0 },
	{ LIT("--1"), false, 0 },
	{ LIT("+1"), false, 0 },
	{ LIT("00"), false, 0 },
	{ LIT("01"), false, 0 },
	{ LIT("-0"), false, 0 },
	{ LIT("-01"), false, 0 },
	{ LIT(" 1"), false, 0 },
	{ LIT("1 "), false, 0 },
	{ LIT("1\n"), false, 0 },
	{ LIT("1\0"), false, 0 },
	{ LIT("1.0"), false, 0 },
	{ LIT("1e2"), false, 0 },
	{ LIT("0x1"), false, 0 },
	{ LIT("1:"), false, 0 },
	{ LIT("1/"), false, 0 },
	{ LIT("\xd9\xa1"), false, 0 },
	{ { NULL, 0 }, false, 0 },
};

START_TEST(an_integer_is_read_whole_or_not_at_all)
{
	int64_t number = 42;

	ck_assert_msg(span_int64(integers[_i].text, &number) ==
		integers[_i].good,
	    "'%.*s'", SPAN_ARG(integers[_i].text));
	ck_assert_int_eq(number, integers[_i].good ? integers[_i].number : 42);
}
END_TEST

static const struct {
	struct span span;
	const char *text;
	bool same, same_nocase;
} comparisons[] = {
	{ LIT("abc"), "abc", true, true },
	{ LIT("abc"), "ABC", false, true },
	{ LIT("ab"), "abc", false, false },
	{ LIT("abc"), "ab", false, false },
	{ LIT("abc\0"), "abc", false, false },
	{ LIT("a\0c"), "abc", false, false },
	{ LIT(""), "", true, true },
	{ LIT(""), "a", false, false },
	{ { NULL, 0 }, "", false, false },
	{ LIT("\xc3\xa9"), "\xc3\x89", false, false },
	{ LIT("@"), "`", false, false },
};

START_TEST(only_whole_texts_are_the_same)
{
	ck_assert_int_eq(span_is(comparisons[_i].span, comparisons[_i].text),
	    comparisons[_i].same);
	ck_assert_int_eq(
	    span_is_nocase(comparisons[_i].span, comparisons[_i].text),
	    comparisons[_i].same_nocase);
}
END_TEST

static const struct {
	struct span text;
	const char *choices;
	bool is_one;
} choices[] = {
	{ LIT("a"), "a|bc|d", true },
	{ LIT("bc"), "a|bc|d", true },
	{ LIT("d"), "a|bc|d", true },
	{ LIT("b"), "a|bc|d", false },
	{ LIT("a|bc"), "a|bc|d", false },
	{ LIT("A"), "a|bc|d", false },
	{ LIT(""), "a|bc|d", false },
	{ LIT(""), "a||d", true },
	{ { NULL, 0 }, "a||d", false },
};

START_TEST(a_choice_is_one_of_the_whole_words)
{
	ck_assert_int_eq(span_is_choice(choices[_i].text, choices[_i].choices),
	    choices[_i].is_one);
}
END_TEST

static const char *const trims[][2] = {
	{ "", "" },
	{ " ", "" },
	{ " \t ", "" },
	{ "a", "a" },
	{ " a b\t", "a b" },
	{ "\ta", "a" },
	{ "\na\n", "\na\n" },
};

START_TEST(blanks_are_trimmed_at_both_ends)
{
	unit_span_eq(span_trim(str_span(trims[_i][0])), trims[_i][1]);
}
END_TEST

static const struct {
	const char *text;
	bool is_blank;
} blanks[] = {
	{ "", true },
	{ " \t\r\n\v\f", true },
	{ "\xc2\xa0 \xe2\x80\x83\xe3\x80\x80\xef\xbb\xbf", true },
	{ " a ", false },
	{ "\xc2\xa0\xc2\xa1", false },
	{ "\xe2\x80\x8b", false },
	{ "\xe2\x80", false },
};

START_TEST(unicode_has_blanks_of_its_own)
{
	ck_assert(span_is_blank(str_span(blanks[_i].text)) ==
	    blanks[_i].is_blank);
}
END_TEST

static const struct {
	struct span text;
	bool is_word;
} words[] = {
	{ LIT("jira"), true },
	{ LIT("azure-devops_2"), true },
	{ LIT("7"), true },
	{ LIT(""), false },
	{ LIT("-jira"), false },
	{ LIT("_jira"), false },
	{ LIT("Jira"), false },
	{ LIT("two words"), false },
	{ LIT("jira\n"), false },
	{ { "a\0b", 3 }, false },
	{ LIT("jir\303\240"), false },
};

START_TEST(a_word_is_of_small_letters_and_digits)
{
	ck_assert(span_is_word(words[_i].text) == words[_i].is_word);
}
END_TEST

START_TEST(a_span_is_cut_at_each_mark)
{
	struct span rest = SPAN_LIT("a,,b");

	unit_span_eq(span_cut(&rest, ','), "a");
	unit_span_eq(span_cut(&rest, ','), "");
	unit_span_eq(rest, "b");
	unit_span_eq(span_cut(&rest, ','), "b");
	ck_assert_ptr_null(rest.at);
	rest = SPAN_LIT("a,");
	unit_span_eq(span_cut(&rest, ','), "a");
	ck_assert_ptr_nonnull(rest.at);
	unit_span_eq(span_cut(&rest, ','), "");
	ck_assert_ptr_null(rest.at);
	ck_assert_ptr_null(span_cut(&rest, ',').at);
}
END_TEST

static const struct {
	struct span text;
	size_t chars;
} counts[] = {
	{ LIT(""), 0 },
	{ { NULL, 0 }, 0 },
	{ LIT("abc"), 3 },
	{ LIT("a\0b"), 3 },
	{ LIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 3 },
	{ LIT("e\xcc\x81"), 2 },
	{ LIT("\xed\x9f\xbf\xee\x80\x80"), 2 },
	{ LIT("\xf4\x8f\xbf\xbf"), 1 },
	{ LIT("\xef\xbf\xbe\xef\xbf\xbf"), 2 },
	{ LIT("a\x80"), SIZE_MAX },
	{ LIT("\xc0\x80"), SIZE_MAX },
	{ LIT("\xc1\xbf"), SIZE_MAX },
	{ LIT("\xe0\x9f\xbf"), SIZE_MAX },
	{ LIT("\xed\xa0\x80"), SIZE_MAX },
	{ LIT("\xed\xbf\xbf"), SIZE_MAX },
	{ LIT("\xf0\x8f\xbf\xbf"), SIZE_MAX },
	{ LIT("\xf4\x90\x80\x80"), SIZE_MAX },
	{ LIT("\xf5\x80\x80\x80"), SIZE_MAX },
	{ LIT("\xf8\x88\x80\x80\x80"), SIZE_MAX },
	{ LIT("\xfe"), SIZE_MAX },
	{ LIT("\xc3"), SIZE_MAX },
	{ LIT("\xe2\x82"), SIZE_MAX },
	{ LIT("\xf0\x9f\x98"), SIZE_MAX },
};

START_TEST(characters_are_counted_or_found_invalid)
{
	struct span text = unit_copy(counts[_i].text);

	if (counts[_i].text.at == NULL)
		ck_assert_uint_eq(span_utf8_chars(SPAN_NONE), 0);
	ck_assert_uint_eq(span_utf8_chars(text), counts[_i].chars);
	unit_free(text);
}
END_TEST

/* What the code point says, without looking at the table of RFC 3629. */
static size_t
expected_length(const unsigned char *at)
{
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned long code;
	size_t len;

	if (at[0] < 0x80)
		return 1;
	if (at[0] < 0xc0 || at[0] > 0xf7)
		return 0;
	len = at[0] < 0xe0 ? 2 : at[0] < 0xf0 ? 3 : 4;
	code = at[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[len] || code > 0x10ffff ||
	    (code >= 0xd800 && code <= 0xdfff))
		return 0;
	return len;
}

START_TEST(a_sequence_is_valid_when_its_code_point_is)
{
	static const unsigned char thirds[] = { 0x00, 0x7f, 0x80, 0xbf, 0xc0,
		0xff };

	for (unsigned i = 0; i < 65536 * 36; i++) {
		const unsigned char bytes[4] = { (unsigned char)(i / 36 / 256),
			(unsigned char)(i / 36), thirds[i / 6 % 6],
			thirds[i % 6] };
		const size_t want = expected_length(bytes);
		const size_t got = utf8_sequence(bytes, bytes + 4);

		if (got != want)
			ck_abort_msg("%02x %02x %02x %02x: %zu, not %zu",
			    bytes[0], bytes[1], bytes[2], bytes[3], got, want);
		if (want > 0 && utf8_sequence(bytes, bytes + want - 1) != 0)
			ck_abort_msg("%02x…: valid a byte short", bytes[0]);
	}
}
END_TEST

START_TEST(no_text_is_an_absent_span)
{
	ck_assert_ptr_null(str_span(NULL).at);
	ck_assert_uint_eq(str_span(NULL).len, 0);
	ck_assert_ptr_nonnull(str_span("").at);
	ck_assert_uint_eq(SPAN_LIT("a\0b").len, 3);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("str");
	TCase *tcase = tcase_create("str");

	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, an_integer_is_read_whole_or_not_at_all, 0,
	    (int)COUNT(integers));
	tcase_add_loop_test(tcase, only_whole_texts_are_the_same, 0,
	    (int)COUNT(comparisons));
	tcase_add_loop_test(tcase, a_choice_is_one_of_the_whole_words, 0,
	    (int)COUNT(choices));
	tcase_add_loop_test(tcase, blanks_are_trimmed_at_both_ends, 0,
	    (int)COUNT(trims));
	tcase_add_loop_test(tcase, unicode_has_blanks_of_its_own, 0,
	    (int)COUNT(blanks));
	tcase_add_loop_test(tcase, a_word_is_of_small_letters_and_digits, 0,
	    (int)COUNT(words));
	tcase_add_test(tcase, a_span_is_cut_at_each_mark);
	tcase_add_loop_test(tcase, characters_are_counted_or_found_invalid, 0,
	    (int)COUNT(counts));
	tcase_add_test(tcase, a_sequence_is_valid_when_its_code_point_is);
	tcase_add_test(tcase, no_text_is_an_absent_span);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

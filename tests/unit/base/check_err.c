/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <string.h>

#include "unit/unit.h"

static const struct {
	enum err code;
	const char *name;
	enum err_class class;
	int exit_code;
} cases[] = {
	{ E_OK, "E_OK", ERR_CLASS_OK, 0 },
	{ E_USAGE, "E_USAGE", ERR_CLASS_INPUT, 64 },
	{ E_SYNTAX, "E_SYNTAX", ERR_CLASS_INPUT, 65 },
	{ E_INVALID, "E_INVALID", ERR_CLASS_INPUT, 65 },
	{ E_DB_CONNECT, "E_DB_CONNECT", ERR_CLASS_BUSY, 69 },
	{ E_DB_UNKNOWN, "E_DB_UNKNOWN", ERR_CLASS_BUSY, 69 },
	{ E_MQ_TIMEOUT, "E_MQ_TIMEOUT", ERR_CLASS_BUSY, 69 },
	{ E_DB, "E_DB", ERR_CLASS_BROKEN, 70 },
	{ E_NO_MEMORY, "E_NO_MEMORY", ERR_CLASS_BROKEN, 70 },
	{ E_SETTING, "E_SETTING", ERR_CLASS_INPUT, 78 },
	{ E_FORBIDDEN, "E_FORBIDDEN", ERR_CLASS_ACCESS, 1 },
	{ E_NO_ROW, "E_NO_ROW", ERR_CLASS_ABSENT, 1 },
	{ E_CONFLICT, "E_CONFLICT", ERR_CLASS_CONFLICT, 1 },
	{ E_PRECONDITION, "E_PRECONDITION", ERR_CLASS_CONFLICT, 1 },
	{ E_NO_KEY, "E_NO_KEY", ERR_CLASS_BUSY, 78 },
	{ E_TOO_LARGE, "E_TOO_LARGE", ERR_CLASS_LIMIT, 1 },
};

START_TEST(a_code_has_a_name_a_class_and_an_exit_code)
{
	ck_assert_str_eq(err_name(cases[_i].code), cases[_i].name);
	ck_assert_int_eq(err_class(cases[_i].code), cases[_i].class);
	ck_assert_int_eq(err_exit_code(cases[_i].code), cases[_i].exit_code);
}
END_TEST

START_TEST(every_code_is_described_and_only_success_exits_with_0)
{
	static const enum err codes[] = {
#define ERR(code, class, text) code,
#include "base/err_rows.h"
#undef ERR
	};

	ck_assert_int_eq(E_OK, 0);
	for (size_t i = 0; i < COUNT(codes); i++) {
		ck_assert_int_eq(strncmp(err_name(codes[i]), "E_", 2), 0);
		ck_assert_uint_gt(strlen(err_text(codes[i])), 5);
		ck_assert_int_eq(err_exit_code(codes[i]) == 0,
		    codes[i] == E_OK);
		ck_assert_int_eq(err_class(codes[i]) == ERR_CLASS_OK,
		    codes[i] == E_OK);
	}
}
END_TEST

START_TEST(the_word_of_a_code_is_whole_and_its_own)
{
	static const enum err codes[] = {
#define ERR(code, class, text) code,
#include "base/err_rows.h"
#undef ERR
	};
	char word[ERR_WORD_SIZE], other[ERR_WORD_SIZE];

	err_word(E_KEY_REUSED, word);
	ck_assert_str_eq(word, "key_reused");
	for (size_t i = 0; i < COUNT(codes); i++) {
		err_word(codes[i], word);
		ck_assert_uint_eq(strlen(word) + 2,
		    strlen(err_name(codes[i])));
		ck_assert_uint_eq(strspn(word, "abcdefghijklmnopqrstuvwxyz_"),
		    strlen(word));
		for (size_t j = 0; j < i; j++) {
			err_word(codes[j], other);
			ck_assert_str_ne(word, other);
		}
	}
}
END_TEST

START_TEST(every_class_has_a_case)
{
	bool seen[ERR_CLASS_BROKEN + 1] = { false };

	for (size_t i = 0; i < COUNT(cases); i++)
		seen[cases[i].class] = true;
	for (size_t i = 0; i < COUNT(seen); i++)
		ck_assert_msg(seen[i], "class %zu", i);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("err");
	TCase *tcase = tcase_create("err");

	tcase_add_loop_test(tcase, a_code_has_a_name_a_class_and_an_exit_code,
	    0, (int)COUNT(cases));
	tcase_add_test(tcase,
	    every_code_is_described_and_only_success_exits_with_0);
	tcase_add_test(tcase, the_word_of_a_code_is_whole_and_its_own);
	tcase_add_test(tcase, every_class_has_a_case);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

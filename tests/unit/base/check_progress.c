/* SPDX-License-Identifier: MIT */
#include "base/progress.h"

#include <string.h>

#include "unit/unit.h"

static const struct progress half = { .noun = "batches",
	.done = 808,
	.total = 1700,
	.ms = 12000,
	.note = "297 stored, 511 known" };

static const struct {
	size_t columns;
	const char *line;
} widths[] = {
	{ 120,
	    "[##############                ]   47 %  808/1700  67/s  13 s left"
	    "  297 stored, 511 known" },
	{ 0,
	    "[########          ]   47 %  808/1700  67/s  13 s left"
	    "  297 stored, 511 known" },
	{ 80,
	    "[########          ]   47 %  808/1700  67/s  13 s left"
	    "  297 stored, 511 known" },
	{ 60, "[#########            ]   47 %  808/1700  67/s  13 s left" },
	{ 40, "[########          ]   47 %  808/1700" },
	{ 34, "[#####       ]   47 %  808/1700" },
	{ 30, " 47 %  808/1700  13 s left" },
	{ 20, " 47 %  808/1700" },
	{ 10, "808/1700" },
	{ 5, "" },
	{ 1, "" },
};

START_TEST(a_bar_has_what_fits_the_terminal)
{
	char line[PROGRESS_SIZE];

	progress_bar(&half, widths[_i].columns, line);
	ck_assert_str_eq(line, widths[_i].line);
}
END_TEST

START_TEST(no_bar_is_wider_than_its_terminal)
{
	static const int64_t totals[] = { -1, 0, 1, 999, 1700,
		999999999999999999 };
	char line[PROGRESS_SIZE];
	struct progress progress = half;

	for (size_t i = 0; i < COUNT(totals); i++) {
		for (size_t columns = 1; columns < 400; columns++) {
			progress.total = totals[i];
			progress.done = totals[i] > 0 ? totals[i] - 1 : 0;
			progress.ms = (int64_t)columns * 1000003;
			progress_bar(&progress, columns, line);
			ck_assert_uint_lt(strlen(line), columns);
			progress.done = 999999999999999999; /* past the end */
			progress_bar(&progress, columns, line);
			ck_assert_uint_lt(strlen(line), columns);
		}
	}
}
END_TEST

static const struct {
	int64_t done, total, ms;
	const char *note, *words;
} sentences[] = {
	{ 808, 1700, 12000, "", "808 of 1700 batches, 67/s, 13 s left" },
	{ 808, 1700, 12000, "3 failed",
	    "808 of 1700 batches, 67/s, 13 s left, 3 failed" },
	{ 0, 1700, 12000, "", "0 of 1700 batches" },
	{ 10, 1700, 0, "", "10 of 1700 batches" },
	{ 1700, 1700, 1000, "", "1700 of 1700 batches, 1700/s" },
	{ 0, 0, 0, "", "0 of 0 batches" },
	{ 30, -1, 10000, "", "30 batches, 3.0/s" },
	{ 1, 1000, 1000, "", "1 of 1000 batches, 1.0/s, 17 min left" },
	{ 1, 100000, 1000, "", "1 of 100000 batches, 1.0/s, 28 h left" },
};

START_TEST(words_say_how_fast_and_how_long)
{
	const struct progress progress = { .noun = "batches",
		.done = sentences[_i].done,
		.total = sentences[_i].total,
		.ms = sentences[_i].ms,
		.note = sentences[_i].note };
	char line[PROGRESS_SIZE];

	progress_words(&progress, line);
	ck_assert_str_eq(line, sentences[_i].words);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("progress");
	TCase *tcase = tcase_create("progress");

	tcase_add_loop_test(tcase, a_bar_has_what_fits_the_terminal, 0,
	    (int)COUNT(widths));
	tcase_add_test(tcase, no_bar_is_wider_than_its_terminal);
	tcase_add_loop_test(tcase, words_say_how_fast_and_how_long, 0,
	    (int)COUNT(sentences));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

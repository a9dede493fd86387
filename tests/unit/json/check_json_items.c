/* SPDX-License-Identifier: MIT */
#include "json/json_items.h"
#include "unit/unit.h"

#include "json/json_scan.h"

static const struct {
	const char *array;
	size_t count;
	const char *first, *last;
} cases[] = {
	{ "[]", 0, NULL, NULL },
	{ "[ \n]", 0, NULL, NULL },
	{ "[1]", 1, "1", "1" },
	{ "[ 1 ]", 1, "1", "1" },
	{ "[1,2,3]", 3, "1", "3" },
	{ "[ 1 , \"a\" ]", 2, "1", "\"a\"" },
	{ "[[1,2],[3]]", 2, "[1,2]", "[3]" },
	{ "[[],{}]", 2, "[]", "{}" },
	{ "[{\"a\":[1,{\"b\":2}]},null]", 2, "{\"a\":[1,{\"b\":2}]}", "null" },
	{ "[\",\",\"]\"]", 2, "\",\"", "\"]\"" },
	{ "[\"a\\\"],\",2]", 2, "\"a\\\"],\"", "2" },
	{ "[\"\\\\\",\"[\"]", 2, "\"\\\\\"", "\"[\"" },
	{ "[\"\",\"\"]", 2, "\"\"", "\"\"" },
};

START_TEST(an_array_is_its_elements)
{
	const char *array = cases[_i].array;
	struct span items[4];
	size_t count = json_items(str_span(array), items, COUNT(items));

	ck_assert_uint_eq(count, cases[_i].count);
	if (count == 0)
		return;
	unit_span_eq(items[0], cases[_i].first);
	unit_span_eq(items[count - 1], cases[_i].last);
}
END_TEST

START_TEST(no_more_are_written_than_there_is_room_for)
{
	struct span items[2] = { SPAN_NONE, SPAN_NONE };

	ck_assert_uint_eq(json_items(SPAN_LIT("[1,2,3]"), items, 1), 3);
	unit_span_eq(items[0], "1");
	ck_assert_ptr_null(items[1].at);
	ck_assert_uint_eq(json_items(SPAN_LIT("[1,2,3]"), NULL, 0), 3);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_items");
	TCase *tcase = tcase_create("json_items");

	tcase_add_loop_test(tcase, an_array_is_its_elements, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, no_more_are_written_than_there_is_room_for);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

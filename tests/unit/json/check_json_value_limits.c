/* SPDX-License-Identifier: MIT */
#include "json/json_value.h"
#include "unit/json/json_same.h"
#include "unit/unit.h"

/* Objects of many members beside and within each other, and what they cost. */
START_TEST(members_and_values_are_counted_to_the_last)
{
	for (unsigned members = 100; members < 104; members++) {
		struct span head = unit_repeat("{\"v\":[{\"x\":[",
		    "{\"a\":{\"b\":[1,2,{}]},\"text\":\"0123456789012345678\"},",
		    50, "7]}, {");
		struct span text = unit_repeat(head.at, "\"m\" : [{}], ",
		    members - 1, "\"n\":[null]} ],\"w\":[[]]}");
		const size_t memory = 300 + 640 + 300 + 50 * (4 * 640 - 640 +
		    300 + 3 * 110) + 110 + 640 + (members - 1) * 940 + 410;

		for (unsigned limit = 99; limit < 105; limit++) {
			const struct json_limits limits = { 512, 9, 9, false,
				limit, 0 };

			ck_assert(json_same(text, 5, &limits) == (members <= limit));
		}
		for (size_t less = 0; less < 2; less++) {
			const struct json_limits limits = { 512, 9, 9, false, 0,
				memory - less };
			struct json_pass s = { .impl = json_impl_best(),
				.start = (const unsigned char *)text.at,
				.at = (const unsigned char *)text.at + 5,
				.end = (const unsigned char *)text.at + text.len,
				.limits = &limits };

			ck_assert_int_eq(s.impl->value(&s), less == 0);
			ck_assert_uint_eq(s.memory, memory);
			ck_assert_int_eq(json_same(text, 5, &limits), false);
		}
		unit_free(text);
		unit_free(head);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_value_limits");
	TCase *tcase = tcase_create("json_value_limits");

	tcase_set_timeout(tcase, 300);
	tcase_add_test(tcase, members_and_values_are_counted_to_the_last);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "models/entity_type.h"

#include <stdlib.h>

#include "unit/unit.h"

static const struct {
	struct span entity_type;
	bool known;
} types[] = {
	{ LIT("jira_projects_batch"), true },
	{ LIT("jira_statuses_batch"), true },
	{ LIT("jira_issues_batch"), true },
	{ LIT("jira_dev_status_batch"), true },
	{ LIT("github_repositories_batch"), true },
	{ LIT("github_prs_batch"), true },
	{ LIT("github_prs"), false },
	{ LIT("github_prs_batch2"), false },
	{ LIT("JIRA_ISSUES_BATCH"), false },
	{ LIT(""), false },
	{ { NULL, 0 }, false },
};

START_TEST(the_entity_types_of_the_contract_are_known)
{
	ck_assert_int_eq(entity_type_find(types[_i].entity_type) != NULL,
	    types[_i].known);
}
END_TEST

START_TEST(the_types_that_have_a_load_are_found_by_its_name)
{
	struct span *names = calloc(entity_type_count, sizeof(*names));

	ck_assert_ptr_nonnull(names);
	ck_assert_uint_eq(entity_type_with_load("work_items", names), 3);
	ck_assert(span_is(names[0], "jira_statuses_batch"));
	ck_assert(span_is(names[1], "jira_issues_batch"));
	ck_assert(span_is(names[2], "jira_changelogs_batch"));
	ck_assert_uint_eq(entity_type_with_load("work_item", names), 0);
	free(names);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("entity_type");
	TCase *tcase = tcase_create("entity_type");

	tcase_add_loop_test(tcase, the_entity_types_of_the_contract_are_known,
	    0, (int)COUNT(types));
	tcase_add_test(tcase, the_types_that_have_a_load_are_found_by_its_name);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

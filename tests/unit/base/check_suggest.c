/* SPDX-License-Identifier: MIT */
#include "base/suggest.h"

#include "unit/unit.h"

static const char *const names[] = { "limit", "offset", "cursor", "id",
	"processing_status", "entity_type", "integration_id", "external_id",
	"include_raw_data", "custom_fields", "jira_issues_batch",
	"jira_projects_batch", "github_prs_batch" };

static const struct {
	struct span given;
	const char *name;
} cases[] = {
	{ LIT("limt"), "limit" },
	{ LIT("Limit"), "limit" },
	{ LIT("limits"), "limit" },
	{ LIT("ofset"), "offset" },
	{ LIT("offest"), "offset" },
	{ LIT("status"), "processing_status" },
	{ LIT("type"), "entity_type" },
	{ LIT("entityType"), "entity_type" },
	{ LIT("integration-id"), "integration_id" },
	{ LIT("integration"), "integration_id" },
	{ LIT("custom_field"), "custom_fields" },
	{ LIT("customFields"), "custom_fields" },
	{ LIT("jira_issue_batch"), "jira_issues_batch" },
	{ LIT("jira_issues"), "jira_issues_batch" },
	{ LIT("my_limit"), "limit" },
	{ LIT("github_pr_batch"), "github_prs_batch" },
	{ LIT("x"), NULL },
	{ LIT("colour"), NULL },
	{ LIT(""), NULL },
	{ LIT("tus"), NULL },
	{ LIT("a\0b"), NULL },
	{ LIT("a_name_that_is_longer_than_any_name_can_be_that_anybody_has_ever"
	      "_thought_of"), NULL },
};

START_TEST(the_nearest_name_is_found_if_one_is_near)
{
	struct suggestion best = { 0 };

	for (size_t i = 0; i < COUNT(names); i++)
		suggest(&best, cases[_i].given, names[i]);
	ck_assert_pstr_eq(best.name, cases[_i].name);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("suggest");
	TCase *tcase = tcase_create("suggest");

	tcase_add_loop_test(tcase, the_nearest_name_is_found_if_one_is_near, 0,
	    (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

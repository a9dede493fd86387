#include "transformers/transformer.h"

#include <stdlib.h>
#include <string.h>

#include "loaders/loader.h"
#include "models/entity_type.h"
#include "unit.h"

/* PostgreSQL cuts the name of a prepared statement there (NAMEDATALEN). */
#define NAME_MAX_BYTES 63

#define ENTITY_TYPE(name, file, ...) extern const struct db_statement transform_##file[];
#include "models/entity_type_rows.h"
#define LOAD(type, file, ...) extern const struct db_statement load_##file[];
#include "models/entity_type_rows.h"

static const struct db_statement *const tables[] = {
#define ENTITY_TYPE(name, file, ...) transform_##file,
#include "models/entity_type_rows.h"
#define LOAD(type, file, ...) load_##file,
#include "models/entity_type_rows.h"
};

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

START_TEST(an_unknown_entity_type_is_the_batchs_fault)
{
	struct transform_job job = { 1, 1, 1, types[_i].entity_type };
	struct arena *arena = arena_new(4096);
	struct transform_outcome outcome;
	struct diag diag;

	diag_clear(&diag);
	if (!types[_i].known) {
		ck_assert_int_eq(transformer_run(NULL, &job, arena, &outcome,
		    &diag), E_INVALID);
		ck_assert_int_eq(loader_run(NULL, &job, arena, &diag),
		    E_INVALID);
		ck_assert_str_ne(diag.text, "");
	}
	arena_free(arena);
}
END_TEST

START_TEST(a_type_without_loads_is_loaded_by_doing_nothing)
{
	struct transform_job job = { 1, 1, 1,
		SPAN_LIT("github_pr_numbers_batch") };
	struct arena *arena = arena_new(4096);
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(loader_run(NULL, &job, arena, &diag), E_OK);
	arena_free(arena);
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

START_TEST(each_file_has_statements_that_name_the_tenant)
{
	const struct db_statement *step = tables[_i];

	ck_assert_ptr_nonnull(step->name);
	for (; step->name != NULL; step++) {
		ck_assert_uint_le(strlen(step->name), NAME_MAX_BYTES);
		ck_assert_msg(strstr(step->sql, "$1") != NULL, "%s",
		    step->name);
		ck_assert_msg(strstr(step->sql, "--") == NULL, "%s",
		    step->name);
		ck_assert(step->changes);
	}
}
END_TEST

START_TEST(no_two_statements_have_one_name)
{
	const struct db_statement *a, *b;

	for (size_t i = 0; i < COUNT(tables); i++)
		for (a = tables[_i]; a->name != NULL; a++)
			for (b = tables[i]; b->name != NULL; b++)
				ck_assert_msg(a == b ||
				    strcmp(a->name, b->name) != 0, "%s",
				    a->name);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("transformer");
	TCase *tcase = tcase_create("transformer");

	tcase_add_loop_test(tcase, the_entity_types_of_the_contract_are_known,
	    0, (int)COUNT(types));
	tcase_add_loop_test(tcase, an_unknown_entity_type_is_the_batchs_fault,
	    0, (int)COUNT(types));
	tcase_add_test(tcase, a_type_without_loads_is_loaded_by_doing_nothing);
	tcase_add_test(tcase, the_types_that_have_a_load_are_found_by_its_name);
	tcase_add_loop_test(tcase,
	    each_file_has_statements_that_name_the_tenant, 0,
	    (int)COUNT(tables));
	tcase_add_loop_test(tcase, no_two_statements_have_one_name, 0,
	    (int)COUNT(tables));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

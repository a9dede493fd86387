/* SPDX-License-Identifier: MIT */
#include "loaders/loader.h"

#include <string.h>

#include "unit/unit.h"

/* PostgreSQL cuts the name of a prepared statement there (NAMEDATALEN). */
#define NAME_MAX_BYTES 63

#define LOAD(type, file, ...) extern const struct db_statement load_##file[];
#include "models/entity_type_rows.h"

static const struct db_statement *const tables[] = {
#define LOAD(type, file, ...) load_##file,
#include "models/entity_type_rows.h"
};

START_TEST(an_unknown_entity_type_is_the_batchs_fault)
{
	static const struct transform_job job = {
		.tenant_id = 1,
		.integration_id = 1,
		.raw_data_id = 1,
		.entity_type = LIT("github_prs_batch2"),
	};
	struct arena *arena = arena_new(4096);
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(loader_run(NULL, &job, arena, &diag), E_INVALID);
	ck_assert_str_ne(diag.text, "");
	arena_free(arena);
}
END_TEST

START_TEST(a_type_without_loads_is_loaded_by_doing_nothing)
{
	struct transform_job job = {
		.tenant_id = 1,
		.integration_id = 1,
		.raw_data_id = 1,
		.entity_type = SPAN_LIT("github_pr_numbers_batch"),
	};
	struct arena *arena = arena_new(4096);
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(loader_run(NULL, &job, arena, &diag), E_OK);
	arena_free(arena);
}
END_TEST

START_TEST(each_file_has_statements_that_name_the_tenant)
{
	const struct db_statement *step = tables[_i];

	ck_assert_ptr_nonnull(step->name);
	for (; step->name != NULL; step++) {
		ck_assert(strncmp(step->name, "load_", 5) == 0);
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
	Suite *suite = suite_create("loader");
	TCase *tcase = tcase_create("loader");

	tcase_add_test(tcase, an_unknown_entity_type_is_the_batchs_fault);
	tcase_add_test(tcase, a_type_without_loads_is_loaded_by_doing_nothing);
	tcase_add_loop_test(tcase,
	    each_file_has_statements_that_name_the_tenant, 0,
	    (int)COUNT(tables));
	tcase_add_loop_test(tcase, no_two_statements_have_one_name, 0,
	    (int)COUNT(tables));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

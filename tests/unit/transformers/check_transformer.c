/* SPDX-License-Identifier: MIT */
#include "transformers/transformer.h"

#include <string.h>

#include "unit/unit.h"

/* PostgreSQL cuts the name of a prepared statement there (NAMEDATALEN). */
#define NAME_MAX_BYTES 63

#define ENTITY_TYPE(name, file, ...) extern const struct db_statement transform_##file[];
#include "models/entity_type_rows.h"

static const struct db_statement *const tables[] = {
#define ENTITY_TYPE(name, file, ...) transform_##file,
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
	struct transform_outcome outcome;
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(transformer_run(NULL, &job, arena, &outcome, &diag), E_INVALID);
	ck_assert_str_ne(diag.text, "");
	arena_free(arena);
}
END_TEST

START_TEST(each_file_has_statements_that_name_the_tenant)
{
	const struct db_statement *step = tables[_i];

	ck_assert_ptr_nonnull(step->name);
	for (; step->name != NULL; step++) {
		ck_assert(strncmp(step->name, "transform_", 10) == 0);
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

	tcase_add_test(tcase, an_unknown_entity_type_is_the_batchs_fault);
	tcase_add_loop_test(tcase,
	    each_file_has_statements_that_name_the_tenant, 0,
	    (int)COUNT(tables));
	tcase_add_loop_test(tcase, no_two_statements_have_one_name, 0,
	    (int)COUNT(tables));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

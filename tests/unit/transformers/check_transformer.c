/* SPDX-License-Identifier: MIT */
#include "transformers/transformer.h"

#include <string.h>

#include "unit/unit.h"

/* PostgreSQL cuts the name of a prepared statement there (NAMEDATALEN). */
#define NAME_MAX_BYTES 63

#define ENTITY_TYPE(name, file, ...) extern const struct db_statement transform_##file[];
#define SEEN ENTITY_TYPE
#include "models/entity_type_rows.h"

static const struct db_statement *const tables[] = {
#define ENTITY_TYPE(name, file, ...) transform_##file,
#define SEEN ENTITY_TYPE
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

static const struct {
	struct span entity_type;
	bool is_mapped, is_seen;
} sights[] = {
	{ LIT("jira_issues_batch"), false, true },
	{ LIT("jira_changelogs_batch"), false, true },
	{ LIT("jira_issue_types_batch"), false, true },
	{ LIT("jira_statuses_batch"), false, true },
	{ LIT("github_repositories_batch"), false, true },
	{ LIT("jira_issue_ids_batch"), false, false },
	{ LIT("github_prs_batch"), false, false },
	{ LIT("jira_hook"), false, false },
	{ LIT("no_type"), false, false },
	{ LIT("repositories"), true, false },
};

START_TEST(what_a_batch_reads_is_told_of_some_types)
{
	struct span name = sights[_i].entity_type;
	const struct transform_job job = {
		.entity_type = name,
		.type = sights[_i].is_mapped ? entity_type_target(name) : NULL,
	};

	ck_assert(!sights[_i].is_mapped || job.type != NULL);
	ck_assert_int_eq(transformer_sees(&job), sights[_i].is_seen);
}
END_TEST

static void
digest_of(struct span type, unsigned char out[DIGEST_SHA256_SIZE])
{
	const struct transform_job job = { .entity_type = type };
	struct digest *digest = digest_new();
	struct diag diag;

	diag_clear(&diag);
	ck_assert_ptr_nonnull(digest);
	ck_assert_int_eq(transformer_digest(&job, digest, &diag), E_OK);
	ck_assert_int_eq(digest_end(digest, out, &diag), E_OK);
	digest_free(digest);
}

START_TEST(a_digest_tells_statements_apart)
{
	unsigned char a[DIGEST_SHA256_SIZE], b[DIGEST_SHA256_SIZE];

	digest_of(str_span("jira_projects_batch"), a);
	digest_of(str_span("jira_issue_types_batch"), b);
	ck_assert(digest_equal(a, b)); /* they share theirs */
	digest_of(str_span("jira_statuses_batch"), b);
	ck_assert(!digest_equal(a, b));
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
	tcase_add_loop_test(tcase, what_a_batch_reads_is_told_of_some_types, 0,
	    (int)COUNT(sights));
	tcase_add_test(tcase, a_digest_tells_statements_apart);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

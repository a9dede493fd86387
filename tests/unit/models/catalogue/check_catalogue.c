/* SPDX-License-Identifier: MIT */
#include "models/catalogue/integration.h"
#include "models/catalogue/mapped_type.h"
#include "models/catalogue/project.h"
#include "models/catalogue/retention_rule.h"
#include "models/catalogue/status.h"
#include "models/catalogue/wit.h"
#include "models/catalogue/workflow.h"
#include "models/extract/extract_job.h"
#include "models/tables/schema_declared.h"
#include "unit/unit.h"
#include "unit/unit.h"

#include <string.h>

static const struct catalogue *const all[] = { &wit_catalogue,
	&wit_mapping_catalogue, &wit_hierarchy_catalogue, &status_catalogue,
	&status_mapping_catalogue, &workflow_catalogue, &integration_catalogue,
	&project_catalogue, &job_catalogue, &run_catalogue,
	&mapped_type_catalogue, &retention_rule_catalogue };

START_TEST(every_table_begins_with_its_id_and_shows_no_member_twice)
{
	const struct catalogue *it = all[_i];

	ck_assert_str_eq(it->columns[0].member, "id");
	for (size_t i = 0; i < it->count; i++)
		for (size_t j = 0; j < i; j++)
			ck_assert_str_ne(it->columns[i].member,
			    it->columns[j].member);
}
END_TEST

START_TEST(no_table_shows_or_takes_a_secret)
{
	const struct catalogue *it = all[_i];
	bool may_be_null;

	for (size_t i = 0; i < it->count; i++)
		if (it->columns[i].sql != NULL)
			ck_assert_ptr_null(strstr(it->columns[i].sql,
			    "password"));
	ck_assert(!catalogue_writes(it, "password", &may_be_null));
	ck_assert(!catalogue_writes(it, "tenant_id", &may_be_null));
	ck_assert(!catalogue_writes(it, "id", &may_be_null));
	ck_assert(!catalogue_writes(it, "", &may_be_null));
}
END_TEST

static const struct {
	const char *column;
	bool writes;
	bool may_be_null;
} columns[] = {
	{ "step_name", true, false },
	{ "step_number", true, true },
	{ "active", true, false },
	{ "step_number?", false, false },
	{ "step_numbe", false, false },
	{ "step", false, false },
};

START_TEST(a_question_mark_lets_a_column_be_null)
{
	bool may_be_null = false;

	ck_assert(catalogue_writes(&workflow_catalogue, columns[_i].column,
	    &may_be_null) == columns[_i].writes);
	if (columns[_i].writes)
		ck_assert(may_be_null == columns[_i].may_be_null);
}
END_TEST

START_TEST(a_column_is_set_once_with_its_last_value)
{
	struct catalogue_change change = { 0 };

	catalogue_set_int(&change, "one", 1);
	catalogue_set_int(&change, "two", 2);
	catalogue_set_int(&change, "one", 3);
	ck_assert_uint_eq(change.count, 2);
	ck_assert_int_eq(catalogue_new_value(&change, "one")->number, 3);
	ck_assert_int_eq(catalogue_new_value(&change, "two")->number, 2);
	ck_assert_ptr_null(catalogue_new_value(&change, "three"));
}
END_TEST

/* What is shown, beside the table whose it is. */
static const struct {
	const char *table;
	const char *member;
	const char *kind;
	const char *null;
	const char *sql;
} shown[] = {
#define SHOWN(member, kind, null, sql) \
	{ SHOWN_OF, #member, #kind, #null, sql },
#define SHOWN_OF "raw_extraction_data"
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "integrations"
#include "models/catalogue/integration_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "etl_jobs"
#include "models/extract/job_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "entity_types"
#include "models/catalogue/mapped_type_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "retention_rules"
#include "models/catalogue/retention_rule_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "extract_runs"
#include "models/extract/run_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "projects"
#include "models/catalogue/project_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "statuses"
#include "models/catalogue/status_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "statuses_mappings"
#include "models/catalogue/status_mapping_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "wits"
#include "models/catalogue/wit_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "wits_hierarchies"
#include "models/catalogue/wit_hierarchy_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "wits_mappings"
#include "models/catalogue/wit_mapping_shown_rows.h"
#undef SHOWN_OF
#define SHOWN_OF "workflows"
#include "models/catalogue/workflow_shown_rows.h"
#undef SHOWN_OF
#undef SHOWN
};

/* A column's row in *_table.h. */
static const struct schema_row *
declared(const char *table, const char *column)
{
	bool inside = false;

	for (size_t i = 0; i < schema_rows_count; i++) {
		const struct schema_row *row = &schema_rows[i];

		if (row->kind == SCHEMA_TABLE)
			inside = strcmp(row->name, table) == 0;
		else if (inside && row->kind == SCHEMA_COLUMN &&
		    strcmp(row->name, column) == 0)
			return row;
	}
	return NULL;
}

static const char *
kind_of(const char *type)
{
	if (strcmp(type, "integer") == 0 || strcmp(type, "bigint") == 0)
		return "INT";
	if (strcmp(type, "boolean") == 0)
		return "BOOL";
	if (strcmp(type, "timestamp without time zone") == 0)
		return "STAMP";
	if (strcmp(type, "text") == 0 ||
	    (strncmp(type, "character varying", 17) == 0 &&
	    strchr(type, '[') == NULL))
		return "TEXT";
	return strcmp(type, "jsonb") == 0 ? "JSON" : "no kind is shown of it";
}

START_TEST(what_is_shown_is_what_the_table_has)
{
	const char *sql = shown[_i].sql;
	const struct schema_row *row;
	const char *kind = shown[_i].kind;

	if (strncmp(sql, "t.", 2) != 0 ||
	    strspn(sql + 2, "abcdefghijklmnopqrstuvwxyz_0123456789") !=
	    strlen(sql + 2))
		return; /* it is computed */
	row = declared(shown[_i].table, sql + 2);
	ck_assert_msg(row != NULL, "%s has no column for %s",
	    shown[_i].table, shown[_i].member);
	ck_assert_str_eq(strcmp(kind, "MAP") == 0 ? "JSON" : kind,
	    kind_of(row->type));
	ck_assert_msg(strcmp(shown[_i].null,
	    row->needed ? "NOT_NULL" : "NULLABLE") == 0,
	    "%s.%s is shown as %s; its table's row says another",
	    shown[_i].table, shown[_i].member, shown[_i].null);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("catalogue");
	TCase *tcase = tcase_create("catalogue");

	tcase_add_loop_test(tcase,
	    every_table_begins_with_its_id_and_shows_no_member_twice, 0,
	    (int)COUNT(all));
	tcase_add_loop_test(tcase, no_table_shows_or_takes_a_secret, 0,
	    (int)COUNT(all));
	tcase_add_loop_test(tcase, a_question_mark_lets_a_column_be_null, 0,
	    (int)COUNT(columns));
	tcase_add_loop_test(tcase, what_is_shown_is_what_the_table_has, 0,
	    (int)COUNT(shown));
	tcase_add_test(tcase, a_column_is_set_once_with_its_last_value);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

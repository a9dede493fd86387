#include "models/catalogue/integration.h"
#include "models/catalogue/project.h"
#include "models/catalogue/status.h"
#include "models/catalogue/wit.h"
#include "models/catalogue/workflow.h"
#include "unit/unit.h"

#include <string.h>

static const struct catalogue *const all[] = { &wit_catalogue,
	&wit_mapping_catalogue, &wit_hierarchy_catalogue, &status_catalogue,
	&status_mapping_catalogue, &workflow_catalogue, &integration_catalogue,
	&project_catalogue };

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
	tcase_add_test(tcase, a_column_is_set_once_with_its_last_value);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

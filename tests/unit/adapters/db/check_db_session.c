/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/db/db_inside.h"
#include "unit/unit.h"

static const struct db_settings settings = { .database_statement_timeout =
	20000, .database_read_timeout = 700, .database_lock_timeout = 5000 };
static struct db *db;
static struct db_params params;
static struct db_scope_texts texts;

static void
setup(void)
{
	db = db_new(&settings, "check");
	memset(&params, 0, sizeof(params));
}

static void
teardown(void)
{
	db_free(db);
}

static struct span
param(int i)
{
	return (struct span){ params.values[i], (size_t)params.lengths[i] };
}

static const struct {
	int64_t tenant_id;
	const char *tenant, *every;
} tenants[] = {
	{ 7, "7", "off" },
	{ INT64_MAX, "9223372036854775807", "off" },
	{ DB_NO_TENANT, "0", "off" },
	{ DB_EVERY_TENANT, "0", "on" },
};

START_TEST(a_session_of_ours_is_told_the_tenant)
{
	db_tenant(db, tenants[_i].tenant_id);
	db_scope_params(db, &texts, &params);
	ck_assert_int_eq(params.count, 2);
	unit_span_eq(param(0), tenants[_i].tenant);
	unit_span_eq(param(1), tenants[_i].every);
}
END_TEST

START_TEST(a_shared_session_is_told_the_limits_as_well)
{
	db->shared = true;
	db_tenant(db, tenants[_i].tenant_id);
	db_scope_params(db, &texts, &params);
	ck_assert_int_eq(params.count, 4);
	unit_span_eq(param(0), tenants[_i].tenant);
	unit_span_eq(param(1), tenants[_i].every);
	unit_span_eq(param(2), "20000");
	unit_span_eq(param(3), "5000");
}
END_TEST

/* The server of a reader ends a statement itself, for it may fall silent. */
START_TEST(a_reader_s_statements_have_the_time_of_one_that_reads)
{
	db_free(db);
	db = db_new_reader(&settings, "check");
	ck_assert_int_eq(db_statement_ms(db), 700);
	db->shared = true;
	db_scope_params(db, &texts, &params);
	unit_span_eq(param(2), "700");
}
END_TEST

/* What a pooler's other clients would find must end with the transaction. */
START_TEST(a_shared_session_keeps_nothing)
{
	const char *own = db_scope(db)->sql, *shared;

	ck_assert_ptr_nonnull(strstr(own, "'app.tenant_id', $1, false"));
	db->shared = true;
	shared = db_scope(db)->sql;
	ck_assert_ptr_nonnull(strstr(shared, "'app.tenant_id', $1, true"));
	ck_assert_ptr_nonnull(strstr(shared, "'row_security', 'on', true"));
	ck_assert_ptr_null(strstr(shared, "false"));
	ck_assert_ptr_nonnull(strstr(shared, "$4"));
	ck_assert_ptr_null(strstr(shared, "$5"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_session");
	TCase *tcase = tcase_create("db_session");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_session_of_ours_is_told_the_tenant, 0,
	    (int)COUNT(tenants));
	tcase_add_loop_test(tcase, a_shared_session_is_told_the_limits_as_well,
	    0, (int)COUNT(tenants));
	tcase_add_test(tcase,
	    a_reader_s_statements_have_the_time_of_one_that_reads);
	tcase_add_test(tcase, a_shared_session_keeps_nothing);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

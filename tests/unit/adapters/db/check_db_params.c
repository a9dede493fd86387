/* SPDX-License-Identifier: MIT */
#include "adapters/db/db.h"

#include <string.h>

#include "unit/unit.h"

static struct db_params params;

static void
setup(void)
{
	memset(&params, 0, sizeof(params));
}

static const struct {
	int64_t number;
	const char *bytes;
} numbers[] = {
	{ 0, "\0\0\0\0\0\0\0\0" },
	{ 1, "\0\0\0\0\0\0\0\1" },
	{ -1, "\xff\xff\xff\xff\xff\xff\xff\xff" },
	{ INT64_C(0x0102030405060708), "\1\2\3\4\5\6\7\x08" },
	{ INT64_MIN, "\x80\0\0\0\0\0\0\0" },
};

START_TEST(an_integer_goes_out_in_network_order)
{
	db_add_int(&params, numbers[_i].number);
	ck_assert_int_eq(params.count, 1);
	ck_assert_int_eq(params.lengths[0], 8);
	ck_assert_int_eq(params.formats[0], 1);
	ck_assert_mem_eq(params.values[0], numbers[_i].bytes, 8);
}
END_TEST

START_TEST(a_bool_is_one_byte)
{
	db_add_bool(&params, true);
	db_add_bool(&params, false);
	ck_assert_int_eq(params.lengths[0], 1);
	ck_assert_int_eq(params.lengths[1], 1);
	ck_assert_int_eq(params.values[0][0], 1);
	ck_assert_int_eq(params.values[1][0], 0);
}
END_TEST

START_TEST(text_and_bytes_are_sent_where_they_are)
{
	static const char bytes[] = "a\0b";

	db_add_text(&params, (struct span){ bytes, 3 });
	db_add_bytes(&params, bytes, 3);
	db_add_text(&params, SPAN_NONE);
	for (int i = 0; i < 2; i++) {
		ck_assert_ptr_eq(params.values[i], bytes);
		ck_assert_int_eq(params.lengths[i], 3);
	}
	ck_assert_ptr_null(params.values[2]);
	ck_assert_int_eq(params.count, 3);
}
END_TEST

START_TEST(jsonb_gets_its_version_in_the_byte_before)
{
	char body[] = ":{\"a\":1.10}";

	db_add_jsonb(&params, (struct span){ body + 1, strlen(body) - 1 });
	db_add_jsonb(&params, SPAN_NONE);
	ck_assert_ptr_eq(params.values[0], body);
	ck_assert_str_eq(body, "\1{\"a\":1.10}");
	ck_assert_int_eq(params.lengths[0], (int)strlen(body));
	ck_assert_ptr_null(params.values[1]);
}
END_TEST

START_TEST(an_array_has_the_form_that_array_recv_reads)
{
	static const char want[] =
	    "\0\0\0\1" /* dimensions */
	    "\0\0\0\0" /* no NULLs */
	    "\0\0\0\x14" /* int8 */
	    "\0\0\0\2\0\0\0\1" /* two elements, the first being 1 */
	    "\0\0\0\x08\0\0\0\0\0\0\0\5"
	    "\0\0\0\x08\xff\xff\xff\xff\xff\xff\xff\xfe";
	static const int64_t values[] = { 5, -2 };
	struct arena *arena = arena_new(1000);

	db_add_int_array(&params, values, 2, arena);
	ck_assert_int_eq(params.lengths[0], (int)sizeof(want) - 1);
	ck_assert_mem_eq(params.values[0], want, sizeof(want) - 1);
	arena_free(arena);
}
END_TEST

START_TEST(an_array_without_room_is_null)
{
	static const int64_t values[] = { 5, -2 };
	struct arena *arena = arena_new(8);

	db_add_int_array(&params, values, 2, arena);
	ck_assert_int_eq(params.count, 1);
	ck_assert_ptr_null(params.values[0]);
	ck_assert(arena_failed(arena));
	arena_free(arena);
}
END_TEST

START_TEST(a_statement_of_a_failed_arena_is_not_sent)
{
	static char nowhere[] = "host=/nowhere"; /* it cannot connect */
	static const struct db_settings settings = { .database_url = nowhere,
		.database_connect_timeout = 1 };
	const struct db_statement statement = { .sql = "SELECT 1" };
	struct arena *arena = arena_new(1000);
	struct db *db = db_new(&settings, "check_db_params");
	struct db_rows *rows = NULL;
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(db_run(db, &statement, &params, arena, &rows, &diag),
	    E_DB_CONNECT);
	ck_assert_str_eq(arena_printf(arena, "%*d", 1000, 1), "");
	diag_clear(&diag);
	ck_assert_int_eq(db_run(db, &statement, &params, arena, &rows, &diag),
	    E_NO_MEMORY);
	ck_assert_int_eq(diag.code, E_NO_MEMORY);
	ck_assert_ptr_null(rows);
	arena_free(arena);
	db_free(db);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("db_params");
	TCase *tcase = tcase_create("db_params");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, an_integer_goes_out_in_network_order, 0,
	    (int)COUNT(numbers));
	tcase_add_test(tcase, a_bool_is_one_byte);
	tcase_add_test(tcase, text_and_bytes_are_sent_where_they_are);
	tcase_add_test(tcase, jsonb_gets_its_version_in_the_byte_before);
	tcase_add_test(tcase, an_array_has_the_form_that_array_recv_reads);
	tcase_add_test(tcase, an_array_without_room_is_null);
	tcase_add_test(tcase, a_statement_of_a_failed_arena_is_not_sent);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

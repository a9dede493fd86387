/* SPDX-License-Identifier: MIT */
#include "http/auth_metrics.h"

#include <string.h>
#include <sys/stat.h>

#include "unit/unit.h"

#define GOOD "0123456789abcdef0123456789abcdef"
#define NEXT "fedcba9876543210fedcba9876543210"

static char loopback[] = "127.0.0.1";
static struct http_settings settings;
static struct arena *arena;
static struct buf body;
static struct req rq;
static char *path;

static void
setup(void)
{
	path = unit_file("# " GOOD GOOD "\n\n  " GOOD " \r\n" NEXT);
	ck_assert_int_eq(chmod(path, 0600), 0);
	settings = (struct http_settings){ .metrics_from = loopback,
		.metrics_token_file = path };
	arena = arena_new(1 << 20);
	buf_init(&body, 1000);
	request_init(&rq, arena, &body);
	rq.settings = &settings;
	rq.remote_addr = SPAN_LIT("192.0.2.1");
}

static void
teardown(void)
{
	buf_free(&body);
	arena_free(arena);
	unit_unlink(path);
}

static const struct {
	const char *header;
	enum err rc;
} headers[] = {
	{ "Bearer " GOOD, E_OK },
	{ "bearer  " NEXT, E_OK },
	{ NULL, E_UNKNOWN_CALLER },
	{ "Bearer ", E_UNKNOWN_CALLER },
	{ "Basic " GOOD, E_UNKNOWN_CALLER },
	{ "Bearer " GOOD "0", E_UNKNOWN_CALLER },
	{ "Bearer 0123456789abcdef0123456789abcde", E_UNKNOWN_CALLER },
	{ "Bearer # " GOOD GOOD, E_UNKNOWN_CALLER },
	{ "Bearer " GOOD "\n" NEXT, E_UNKNOWN_CALLER },
};

START_TEST(a_line_of_the_file_is_a_token)
{
	rq.authorization = str_span(headers[_i].header);
	ck_assert_int_eq(auth_metrics_check(&rq), headers[_i].rc);
}
END_TEST

START_TEST(an_address_of_the_list_needs_none)
{
	rq.remote_addr = SPAN_LIT("127.0.0.1");
	ck_assert_int_eq(auth_metrics_check(&rq), E_OK);
}
END_TEST

START_TEST(without_a_file_no_token_is_taken)
{
	char none[] = "";

	settings = (struct http_settings){ .metrics_from = loopback,
		.metrics_token_file = none };
	rq.authorization = SPAN_LIT("Bearer " GOOD);
	ck_assert_int_eq(auth_metrics_settings(&settings, &rq.diag), E_OK);
	ck_assert_int_eq(auth_metrics_check(&rq), E_FORBIDDEN);
	rq.authorization = SPAN_LIT("Bearer ");
	ck_assert_int_eq(auth_metrics_check(&rq), E_FORBIDDEN);
}
END_TEST

START_TEST(a_file_that_went_is_our_fault)
{
	ck_assert_int_eq(remove(path), 0);
	rq.authorization = SPAN_LIT("Bearer " GOOD);
	ck_assert_int_eq(auth_metrics_check(&rq), E_SYSTEM);
	ck_assert_ptr_nonnull(strstr(rq.diag.text, "metrics_token_file"));
	ck_assert_str_eq(rq.diag.client, "");
}
END_TEST

START_TEST(a_start_needs_a_private_file_with_a_token)
{
	ck_assert_int_eq(auth_metrics_settings(&settings, &rq.diag), E_OK);
	ck_assert_int_eq(chmod(path, 0644), 0);
	ck_assert_int_eq(auth_metrics_settings(&settings, &rq.diag), E_SETTING);
	ck_assert_ptr_nonnull(strstr(rq.diag.text, "chmod 0640"));
	ck_assert_int_eq(remove(path), 0);
	ck_assert_int_eq(auth_metrics_settings(&settings, &rq.diag), E_SETTING);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("auth_metrics");
	TCase *tcase = tcase_create("auth_metrics");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_line_of_the_file_is_a_token, 0,
	    (int)COUNT(headers));
	tcase_add_test(tcase, an_address_of_the_list_needs_none);
	tcase_add_test(tcase, without_a_file_no_token_is_taken);
	tcase_add_test(tcase, a_file_that_went_is_our_fault);
	tcase_add_test(tcase, a_start_needs_a_private_file_with_a_token);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "http/auth.h"

#include <string.h>

#include "http/route.h"
#include "unit/unit.h"

/*
 * Requests made from literals; the database is never opened, for nobody
 * listens at its port.
 */
static char none[] = "", off[] = "off", required[] = "required",
    nobody[] = "none", loopback[] = "127.0.0.1",
    url[] = "postgresql://u@127.0.0.1:1/d";
static struct http_settings settings;
static struct db_settings db_settings = { .database_url = url,
	.database_session = none, .database_connect_timeout = 5 };
static const struct route route = { .role = ROLE_WRITER };
static struct db *db;
static struct auth *callers;
static struct arena *arena;
static struct buf body;
static struct req rq;

static void
setup(void)
{
	settings = (struct http_settings){ .auth = required,
		.jwt_algorithm = off, .jwt_key_file = none, .jwt_key = none,
		.jwt_issuer = none, .jwt_audience = none,
		.metrics_from = loopback, .metrics_token_file = none,
		.max_body = 1000 };
	arena = arena_new(1 << 20);
	buf_init(&body, 1000);
	db = db_new(&db_settings, "check");
	request_init(&rq, arena, &body);
	rq.settings = &settings;
	rq.db = db;
	ck_assert_int_eq(auth_new(&settings, &callers, &rq.diag), E_OK);
	rq.auth = callers;
	rq.route = &route;
}

static void
teardown(void)
{
	auth_free(callers);
	db_free(db);
	arena_free(arena);
	buf_free(&body);
}

static const char *const no_tokens[] = { NULL, "", "Bearer", "Bearer ",
	"Bearer   ", "Basic dTpw", "petl_0123", "Bearers x" };

START_TEST(without_a_token_the_caller_is_told_to_send_one)
{
	rq.authorization = str_span(no_tokens[_i]);
	ck_assert_int_eq(auth_check(&rq), E_UNKNOWN_CALLER);
	ck_assert_ptr_nonnull(strstr(rq.diag.client, "Bearer TOKEN"));
	ck_assert_int_eq(rq.who.role, ROLE_OPEN);
}
END_TEST

START_TEST(a_token_that_is_none_is_refused_without_a_reason)
{
	rq.authorization = SPAN_LIT("bearer a.b.c");
	ck_assert_int_eq(auth_check(&rq), E_UNKNOWN_CALLER);
	ck_assert_str_eq(rq.diag.client,
	    "The token is not valid: ask for a new one");
	ck_assert_ptr_nonnull(strstr(rq.diag.text, "JWT is off"));
	ck_assert_int_eq(rq.who.tenant_id, 0);
}
END_TEST

START_TEST(a_token_that_cannot_be_asked_about_is_not_refused)
{
	rq.authorization = SPAN_LIT("Bearer petl_0123456789abcdef0123456789abc"
	    "def0123456789abcdef0123456789abcdef");
	ck_assert_int_eq(auth_check(&rq), E_DB_CONNECT);
	ck_assert_int_eq(rq.who.role, ROLE_OPEN);
}
END_TEST

static const struct {
	const char *address;
	enum err rc;
} addresses[] = {
	{ NULL, E_OK },
	{ "127.0.0.1", E_OK },
	{ "127.8.8.8", E_OK },
	{ "::1", E_OK },
	{ "unix:", E_OK },
	{ "10.0.0.1", E_FORBIDDEN },
	{ "1127.0.0.1", E_FORBIDDEN },
	{ "127.", E_FORBIDDEN },
	{ "::2", E_FORBIDDEN },
};

START_TEST(without_authentication_only_the_own_host_is_served)
{
	settings.auth = nobody;
	rq.remote_addr = str_span(addresses[_i].address);
	ck_assert_int_eq(auth_check(&rq), addresses[_i].rc);
	ck_assert_int_eq(rq.who.role, addresses[_i].rc == E_OK ? ROLE_ADMIN :
	    ROLE_OPEN);
}
END_TEST

/* Who is known, what is named, and what becomes of it. */
static const struct {
	int64_t known;
	const char *query, *body;
	enum err rc;
	int64_t tenant_id;
} tenants[] = {
	{ 7, "", "{}", E_OK, 7 },
	{ 7, "tenant_id=7", "{\"tenant_id\":7}", E_OK, 7 },
	{ 7, "", "{\"tenant_id\":null}", E_OK, 7 },
	{ 7, "tenant_id=8", "{}", E_FORBIDDEN, 7 },
	{ 7, "tenant_id=7&tenant_id=8", "{}", E_FORBIDDEN, 7 },
	{ 7, "", "{\"tenant_id\":8}", E_FORBIDDEN, 7 },
	{ 0, "tenant_id=3", "{}", E_OK, 3 },
	{ 0, "", "{\"tenant_id\":3}", E_OK, 3 },
	{ 0, "tenant_id=3", "{\"tenant_id\":4}", E_FORBIDDEN, 3 },
	{ 0, "", "{}", E_SYNTAX, 0 },
	{ 0, "tenant_id=0", "{}", E_SYNTAX, 0 },
	{ 0, "tenant_id=x", "{}", E_SYNTAX, 0 },
	{ 0, "tenant_id=2147483648", "{}", E_SYNTAX, 0 },
	{ 0, "", "{\"tenant_id\":\"3\"}", E_INVALID, 0 },
};

START_TEST(a_tenant_that_is_named_is_the_callers)
{
	static const struct field_set no_fields = { NULL, 0 };

	rq.who.tenant_id = tenants[_i].known;
	rq.content_type = SPAN_LIT("application/json");
	buf_add_text(&body, tenants[_i].body);
	ck_assert_int_eq(params_read(str_span(tenants[_i].query), arena,
	    &rq.params, &rq.diag), E_OK);
	ck_assert_int_eq(request_read_json(&rq, &no_fields), E_OK);
	ck_assert_int_eq(auth_tenant(&rq), tenants[_i].rc);
	ck_assert_int_eq(rq.who.tenant_id, tenants[_i].tenant_id);
}
END_TEST

/* Settings that end the program at its start, and a word of the reason. */
static const struct {
	const char *algorithm, *key, *from, *word;
} bad_settings[] = {
	{ "off", "", "here", "metrics_from" },
	{ "HS256", "", "", "needs a key" },
	{ "HS256", "-----BEGIN PUBLIC KEY-----\n", "", "PEM" },
	{ "RS256", "no key", "", "" },
	{ "HS256", "short", "", "" },
};

START_TEST(a_setting_that_does_not_fit_is_told)
{
	struct auth *auth = NULL;
	struct span algorithm = unit_copy(str_span(bad_settings[_i].algorithm));
	struct span key = unit_copy(str_span(bad_settings[_i].key));
	struct span from = unit_copy(str_span(bad_settings[_i].from));

	memcpy(&settings.jwt_algorithm, &algorithm.at, sizeof(char *));
	memcpy(&settings.jwt_key, &key.at, sizeof(char *));
	memcpy(&settings.metrics_from, &from.at, sizeof(char *));
	ck_assert_int_eq(auth_new(&settings, &auth, &rq.diag), E_SETTING);
	ck_assert_ptr_null(auth);
	ck_assert_ptr_nonnull(strstr(rq.diag.text, bad_settings[_i].word));
	unit_free(algorithm);
	unit_free(key);
	unit_free(from);
}
END_TEST

START_TEST(a_role_has_one_name)
{
	ck_assert_str_eq(role_choices, "reader|writer|admin");
	for (enum role role = ROLE_SIGNED + 1; role <= ROLE_ADMIN; role++)
		ck_assert_int_eq(role_named(str_span(role_name(role))), role);
	ck_assert_int_eq(role_named(SPAN_LIT("open")), ROLE_OPEN);
	ck_assert_int_eq(role_named(SPAN_LIT("signed")), ROLE_OPEN);
	ck_assert_int_eq(role_named(SPAN_LIT("Admin")), ROLE_OPEN);
	ck_assert_int_eq(role_named(SPAN_NONE), ROLE_OPEN);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("auth");
	TCase *tcase = tcase_create("auth");

	tcase_add_test(tcase, a_role_has_one_name);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    without_a_token_the_caller_is_told_to_send_one, 0,
	    (int)COUNT(no_tokens));
	tcase_add_test(tcase,
	    a_token_that_is_none_is_refused_without_a_reason);
	tcase_add_test(tcase,
	    a_token_that_cannot_be_asked_about_is_not_refused);
	tcase_add_loop_test(tcase,
	    without_authentication_only_the_own_host_is_served, 0,
	    (int)COUNT(addresses));
	tcase_add_loop_test(tcase, a_tenant_that_is_named_is_the_callers, 0,
	    (int)COUNT(tenants));
	tcase_add_loop_test(tcase, a_setting_that_does_not_fit_is_told, 0,
	    (int)COUNT(bad_settings));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

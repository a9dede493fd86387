/* SPDX-License-Identifier: MIT */
#include "http/auth_jwt.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

#define NOW 1700000000

/* What claims say; seconds 0: refused. */
static const struct {
	const char *claims;
	int64_t seconds;
	enum role role;
	const char *name;
} claims[] = {
	{ "{\"tenant_id\":7,\"user_id\":34,\"role\":\"admin\",\"exp\":1700000100}",
	    130, ROLE_ADMIN, "user:34" },
	{ "{\"tenant_id\":7,\"user_id\":\"a\\u00e9\",\"role\":\"writer\","
	    "\"exp\":1700000100}", 130, ROLE_WRITER, "user:a\xc3\xa9" },
	{ "{\"tenant_id\":7,\"email\":\"x@y\",\"role\":\"user\",\"exp\":1700000000}",
	    30, ROLE_READER, "user:x@y" },
	{ "{\"tenant_id\":7,\"exp\":1699999971.9}", 1, ROLE_OPEN,
	    "user:unnamed" },
	{ "{\"tenant_id\":7,\"role\":\"reader\",\"is_admin\":true,"
	    "\"exp\":1700000001}", 31, ROLE_ADMIN, "user:unnamed" },
	{ "{\"tenant_id\":7,\"is_admin\":\"true\",\"exp\":1700000001}", 31,
	    ROLE_OPEN, "user:unnamed" },
	{ "{\"tenant_id\":7,\"role\":\"Admin\",\"exp\":1700000001}", 31,
	    ROLE_OPEN, "user:unnamed" },
	{ "{\"tenant_id\":7,\"nbf\":1700000030,\"exp\":1700000100}", 130,
	    ROLE_OPEN, "user:unnamed" },
	{ "{\"tenant_id\":7,\"exp\":1699999970}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"nbf\":1700000031,\"exp\":1700000100}", 0,
	    ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"nbf\":\"x\",\"exp\":1700000100}", 0, ROLE_OPEN,
	    NULL },
	{ "{\"tenant_id\":7}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"exp\":\"1700000100\"}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"exp\":1e10}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"exp\":-5}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"exp\":9223372036854775807}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":0,\"exp\":1700000100}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":2147483648,\"exp\":1700000100}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":\"7\",\"exp\":1700000100}", 0, ROLE_OPEN, NULL },
	{ "{\"tenant_id\":7,\"tenant_id\":8,\"exp\":1700000100}", 0, ROLE_OPEN,
	    NULL },
	{ "[]", 0, ROLE_OPEN, NULL },
	{ "", 0, ROLE_OPEN, NULL },
};

START_TEST(claims_say_who_and_for_how_long)
{
	char any[] = "";
	const struct http_settings settings = { .jwt_issuer = any,
		.jwt_audience = any };
	struct span text = unit_copy(str_span(claims[_i].claims));
	struct arena *arena = arena_new(1 << 16);
	int64_t seconds = 0;
	struct diag diag;
	struct who who;
	enum err rc;

	rc = auth_jwt_read(text, &settings, NOW, arena, &who, &seconds, &diag);
	ck_assert_int_eq(rc, claims[_i].seconds == 0 ? E_UNKNOWN_CALLER : E_OK);
	ck_assert_int_eq(seconds, claims[_i].seconds);
	if (rc == E_OK) {
		ck_assert_int_eq(who.tenant_id, 7);
		ck_assert_int_eq(who.role, claims[_i].role);
		ck_assert_str_eq(who.name, claims[_i].name);
	}
	arena_free(arena);
	unit_free(text);
}
END_TEST

/* iss and aud of a token, and whether settings of "us" and "our api" take it. */
static const struct {
	const char *claims;
	bool taken;
} parties[] = {
	{ "\"iss\":\"us\",\"aud\":\"our api\"", true },
	{ "\"iss\":\"us\",\"aud\":[\"billing\",\"our api\"]", true },
	{ "\"iss\":\"us\",\"aud\":\"our\\u0020api\"", true },
	{ "\"iss\":\"us\",\"aud\":\"billing\"", false },
	{ "\"iss\":\"us\",\"aud\":[]", false },
	{ "\"iss\":\"us\",\"aud\":[7,null,{}]", false },
	{ "\"iss\":\"us\",\"aud\":null", false },
	{ "\"iss\":\"us\"", false },
	{ "\"iss\":\"them\",\"aud\":\"our api\"", false },
	{ "\"iss\":[\"us\"],\"aud\":\"our api\"", false },
	{ "\"aud\":\"our api\"", false },
};

START_TEST(the_issuer_and_the_audience_are_those_of_the_settings)
{
	char us[] = "us", our_api[] = "our api";
	const struct http_settings settings = { .jwt_issuer = us,
		.jwt_audience = our_api };
	char claims_text[200];
	struct arena *arena = arena_new(1 << 16);
	struct span text;
	int64_t seconds;
	struct diag diag;
	struct who who;

	(void)snprintf(claims_text, sizeof(claims_text),
	    "{\"tenant_id\":7,\"exp\":%lld,%s}", (long long)NOW + 100,
	    parties[_i].claims);
	text = unit_copy(str_span(claims_text));
	ck_assert_int_eq(auth_jwt_read(text, &settings, NOW, arena, &who,
	    &seconds, &diag), parties[_i].taken ? E_OK : E_UNKNOWN_CALLER);
	arena_free(arena);
	unit_free(text);
}
END_TEST

START_TEST(a_long_name_is_cut)
{
	char any[] = "";
	const struct http_settings settings = { .jwt_issuer = any,
		.jwt_audience = any };
	struct span text = unit_repeat("{\"tenant_id\":7,\"exp\":1700000100,"
	    "\"user_id\":\"", "x", 1000, "\"}");
	struct arena *arena = arena_new(1 << 16);
	int64_t seconds;
	struct diag diag;
	struct who who;

	ck_assert_int_eq(auth_jwt_read(text, &settings, NOW, arena, &who,
	    &seconds, &diag), E_OK);
	ck_assert_uint_lt(strlen(who.name), WHO_NAME_SIZE);
	ck_assert_uint_gt(strlen(who.name), 100);
	arena_free(arena);
	unit_free(text);
}
END_TEST

START_TEST(the_reason_is_for_the_log)
{
	char any[] = "";
	const struct http_settings settings = { .jwt_issuer = any,
		.jwt_audience = any };
	struct arena *arena = arena_new(1 << 16);
	int64_t seconds;
	struct diag diag;
	struct who who;

	diag_clear(&diag);
	ck_assert_int_eq(auth_jwt_read(SPAN_LIT("{\"tenant_id\":7,\"exp\":1}"),
	    &settings, NOW, arena, &who, &seconds, &diag), E_UNKNOWN_CALLER);
	ck_assert_str_eq(diag.text, "JWT: it has expired");
	ck_assert_str_eq(diag.client, "");
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("auth_jwt");
	TCase *tcase = tcase_create("auth_jwt");

	tcase_add_loop_test(tcase, claims_say_who_and_for_how_long, 0,
	    (int)COUNT(claims));
	tcase_add_loop_test(tcase,
	    the_issuer_and_the_audience_are_those_of_the_settings, 0,
	    (int)COUNT(parties));
	tcase_add_test(tcase, a_long_name_is_cut);
	tcase_add_test(tcase, the_reason_is_for_the_log);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "unit/unit.h"

#include <string.h>

#include "extract/github_app.h"

#define NOW 1767225600000 /* 2026-01-01T00:00:00Z */
#define KEY "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"

static const struct {
	const char *id, *installation, *key, *want; /* NULL: it is no app */
} apps[] = {
	{ NULL, NULL, "token", NULL },
	{ "", "", "", NULL },
	{ NULL, NULL, KEY, "needs app_id" },
	{ NULL, "42", "token", "needs app_id" },
	{ "7", NULL, KEY, "needs installation_id" },
	{ "7", "-1", KEY, "needs installation_id" },
	{ "7", "4/../2", KEY, "needs installation_id" },
	{ "7", "42", "token", "not its private key" },
	{ "7", "42", KEY, "key" }, /* the key is none, or cjose is missing */
};

START_TEST(an_app_is_whole_or_it_is_said)
{
	struct arena *arena = arena_new(65536);
	const struct github_app app = { str_span(apps[_i].id),
		str_span(apps[_i].installation), str_span(apps[_i].key) };
	const char *url, *header;
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(github_app_is(&app), apps[_i].want != NULL);
	if (apps[_i].want != NULL) {
		ck_assert_int_ne(github_app_ask(&app, "https://x", NOW, arena,
				     &url, &header, &diag),
		    E_OK);
		ck_assert_ptr_nonnull(strstr(diag.text, apps[_i].want));
	}
	arena_free(arena);
}
END_TEST

static const struct {
	const char *answer, *token, *permissions;
	int64_t ends_in;
} answers[] = {
	{ "{\"token\":\"ghs_1\",\"expires_at\":\"2026-01-01T01:00:00Z\","
	  "\"permissions\":{\"metadata\":\"read\",\"contents\":\"read\"}}",
	    "ghs_1", "contents: read, metadata: read", 3600000 },
	{ "{\"token\":\"ghs_1\",\"expires_at\":\"2025-12-31T23:00:00Z\"}",
	    "ghs_1", NULL, 0 },
	{ "{\"token\":\"ghs_1\",\"expires_at\":\"soon\"}", "ghs_1", NULL, 0 },
	{ "{\"token\":\"ghs_1\"}", "ghs_1", NULL, 0 },
	{ "{\"token\":\"a\\r\\nX: 1\"}", NULL, NULL, 0 },
	{ "{\"token\":\"\"}", NULL, NULL, 0 },
	{ "{\"token\":7}", NULL, NULL, 0 },
	{ "[]", NULL, NULL, 0 },
	{ "", NULL, NULL, 0 },
};

START_TEST(an_answer_has_a_token_or_is_none)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(answers[_i].answer));
	struct github_app_token got = { 0 };

	ck_assert_int_eq(github_app_read(body, NOW, arena, &got),
	    answers[_i].token != NULL);
	if (answers[_i].token != NULL) {
		unit_span_eq(got.token, answers[_i].token);
		ck_assert_int_eq(got.ends_in, answers[_i].ends_in);
	}
	if (answers[_i].permissions != NULL)
		unit_span_eq(got.permissions, answers[_i].permissions);
	unit_free(body);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("github_app");
	TCase *tcase = tcase_create("github_app");

	tcase_add_loop_test(tcase, an_app_is_whole_or_it_is_said, 0,
	    (int)COUNT(apps));
	tcase_add_loop_test(tcase, an_answer_has_a_token_or_is_none, 0,
	    (int)COUNT(answers));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

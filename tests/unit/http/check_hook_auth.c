/* SPDX-License-Identifier: MIT */
#include "http/hook_auth.h"

#include <string.h>

#include "unit/unit.h"

/* GitHub's own example: docs.github.com, "Validating webhook deliveries". */
#define SECRET "It's a Secret to Everybody"
#define BODY "Hello, World!"
#define CODE "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"

static const struct {
	enum hook_source source;
	const char *signature;
	const char *body, *secret;
	bool fits;
} cases[] = {
	{ HOOK_OF_GITHUB, "sha256=" CODE, BODY, SECRET, true },
	{ HOOK_OF_JIRA, "sha256=" CODE, BODY, SECRET, true },
	{ HOOK_OF_GITHUB,
	    "sha256=757107EA0EB2509FC211221CCE984B8A"
	    "37570B6D7586C22C46F4379C8B043E17",
	    BODY, SECRET, true },
	{ HOOK_OF_GITHUB, "sha256=" CODE, BODY " ", SECRET, false },
	{ HOOK_OF_GITHUB, "sha256=" CODE, BODY, SECRET "!", false },
	{ HOOK_OF_GITHUB, "sha256=" CODE, "", "", false },
	{ HOOK_OF_GITHUB, CODE, BODY, SECRET, false },
	{ HOOK_OF_GITHUB, "sha1=" CODE, BODY, SECRET, false },
	{ HOOK_OF_GITHUB, "sha256=" CODE "0", BODY, SECRET, false },
	{ HOOK_OF_GITHUB, "sha256=", BODY, SECRET, false },
	{ HOOK_OF_GITHUB, "", BODY, SECRET, false },
	{ HOOK_OF_GITHUB,
	    "sha256=x57107ea0eb2509fc211221cce984b8a"
	    "37570b6d7586c22c46f4379c8b043e17",
	    BODY, SECRET, false },
	{ HOOK_OF_GITHUB, "sha256="
	    "0000000000000000000000000000000000000000000000000000000000000000",
	    BODY, SECRET, false },
	{ HOOK_OF_GITLAB, SECRET, BODY, SECRET, true },
	{ HOOK_OF_GITLAB, SECRET " ", BODY, SECRET, false },
	{ HOOK_OF_GITLAB, "", BODY, SECRET, false },
	{ HOOK_OF_NOBODY, "sha256=" CODE, BODY, SECRET, false },
};

START_TEST(only_the_right_signature_fits)
{
	struct diag diag;
	bool fits = !cases[_i].fits;

	diag_clear(&diag);
	ck_assert_int_eq(hook_signature_fits(cases[_i].source,
			     str_span(cases[_i].signature),
			     str_span(cases[_i].body),
			     str_span(cases[_i].secret), &fits, &diag),
	    E_OK);
	ck_assert_int_eq(fits, cases[_i].fits);
}
END_TEST

/* Which signature counts when several came. */
static const struct {
	const char *came[HOOK_HEADERS];
	enum hook_source source;
} headers[] = {
	{ { NULL }, HOOK_OF_NOBODY },
	{ { [HOOK_SIGNATURE] = "sha1=0", [HOOK_SIGNATURE_256] = "sha256=0" },
	    HOOK_OF_GITHUB },
	{ { [HOOK_SIGNATURE] = "sha256=0", [HOOK_GITLAB_TOKEN] = "x" },
	    HOOK_OF_JIRA },
	{ { [HOOK_GITLAB_TOKEN] = "x" }, HOOK_OF_GITLAB },
	{ { [HOOK_GITHUB_EVENT] = "push" }, HOOK_OF_NOBODY },
};

START_TEST(the_header_tells_the_source)
{
	struct req rq;

	memset(&rq, 0, sizeof(rq));
	for (size_t i = 0; i < HOOK_HEADERS; i++)
		if (headers[_i].came[i] != NULL)
			rq.hook[i] = str_span(headers[_i].came[i]);
	ck_assert_int_eq(hook_source(&rq), headers[_i].source);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("hook_auth");
	TCase *tcase = tcase_create("hook_auth");

	tcase_add_loop_test(tcase, only_the_right_signature_fits, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, the_header_tells_the_source, 0,
	    (int)COUNT(headers));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

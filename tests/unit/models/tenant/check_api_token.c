/* SPDX-License-Identifier: MIT */
#include "models/tenant/api_token.h"
#include "unit/unit.h"

START_TEST(a_token_has_a_form)
{
	char text[] = API_TOKEN_PREFIX
	    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

	ck_assert(api_token_is(str_span(text)));
	ck_assert(!api_token_is((struct span){ text, sizeof(text) - 2 }));
	text[7] = 'A';
	ck_assert(!api_token_is(str_span(text)));
	ck_assert(!api_token_is(str_span("petl_")));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("api_token");
	TCase *tcase = tcase_create("api_token");

	tcase_add_test(tcase, a_token_has_a_form);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

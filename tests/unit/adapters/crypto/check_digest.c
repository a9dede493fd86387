/* SPDX-License-Identifier: MIT */
#include "adapters/crypto/digest.h"

#include <stdio.h>
#include <string.h>

#include "unit/unit.h"

/* The first three are those of FIPS 180-4's example files. */
static const struct {
	const char *unit;
	size_t times;
	const char *hex;
} cases[] = {
	{ "", 0,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
	{ "abc", 1,
	    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "a", 1000000,
	    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0" },
};

START_TEST(sha256_gives_the_published_digests)
{
	struct span text = unit_repeat("", cases[_i].unit, cases[_i].times, "");
	unsigned char digest[DIGEST_SHA256_SIZE];
	char hex[2 * DIGEST_SHA256_SIZE + 1] = "";
	struct diag diag;

	ck_assert_int_eq(digest_sha256(text, digest, &diag), E_OK);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	ck_assert_str_eq(hex, cases[_i].hex);
	unit_free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("digest");
	TCase *tcase = tcase_create("digest");

	tcase_add_loop_test(tcase, sha256_gives_the_published_digests, 0,
	    (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

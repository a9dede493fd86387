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

/* The first two are test cases 1 and 6 of RFC 4231, the third is GitHub's. */
static const struct {
	const char *key_unit;
	size_t key_times;
	const char *text;
	const char *hex;
} hmac_cases[] = {
	{ "\x0b", 20, "Hi There",
	    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ "\xaa", 131, "Test Using Larger Than Block-Size Key - Hash Key First",
	    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54" },
	{ "It's a Secret to Everybody", 1, "Hello, World!",
	    "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
};

START_TEST(hmac_gives_the_published_codes)
{
	struct span key = unit_repeat("", hmac_cases[_i].key_unit,
	    hmac_cases[_i].key_times, "");
	unsigned char digest[DIGEST_SHA256_SIZE];
	char hex[2 * DIGEST_SHA256_SIZE + 1] = "";
	struct diag diag;

	ck_assert_int_eq(digest_hmac_sha256(key, str_span(hmac_cases[_i].text),
			     digest, &diag),
	    E_OK);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	ck_assert_str_eq(hex, hmac_cases[_i].hex);
	unit_free(key);
}
END_TEST

START_TEST(pieces_give_the_digest_of_the_whole)
{
	struct span text = unit_repeat("", cases[_i].unit, cases[_i].times, "");
	struct digest *digest = digest_new();
	unsigned char sum[DIGEST_SHA256_SIZE];
	char hex[DIGEST_HEX_SIZE];
	struct diag diag;

	/* The second time: it begins anew after an end. */
	for (int turn = 0; turn < 2; turn++) {
		for (size_t at = 0; at < text.len; at += 1000) {
			size_t left = text.len - at;
			struct span piece = { text.at + at,
				left < 1000 ? left : 1000 };

			ck_assert_int_eq(digest_add(digest, piece, &diag),
			    E_OK);
		}
		ck_assert_int_eq(digest_end(digest, sum, &diag), E_OK);
		digest_hex(sum, hex);
		ck_assert_str_eq(hex, cases[_i].hex);
	}
	digest_free(digest);
	digest_free(NULL);
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
	tcase_add_loop_test(tcase, pieces_give_the_digest_of_the_whole, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, hmac_gives_the_published_codes, 0,
	    (int)COUNT(hmac_cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

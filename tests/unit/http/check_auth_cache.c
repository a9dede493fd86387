/* SPDX-License-Identifier: MIT */
#include "http/auth_cache.h"
#include "unit/unit.h"

START_TEST(a_caller_is_known_for_half_a_minute)
{
	static struct auth_cache cache;
	unsigned char digest[DIGEST_SHA256_SIZE] = { 5 };
	const struct who who = { .tenant_id = 3, .role = ROLE_WRITER };

	ck_assert_ptr_null(auth_cache_find(&cache, digest, 1000));
	auth_cache_add(&cache, digest, &who, 3600, 1000);
	ck_assert_int_eq(auth_cache_find(&cache, digest, 30999)->tenant_id, 3);
	ck_assert_ptr_null(auth_cache_find(&cache, digest, 31000));
	auth_cache_add(&cache, digest, &who, 2, 40000);
	ck_assert_ptr_nonnull(auth_cache_find(&cache, digest, 41999));
	ck_assert_ptr_null(auth_cache_find(&cache, digest, 42000));
	digest[31] = 1;
	ck_assert_ptr_null(auth_cache_find(&cache, digest, 41000));
}
END_TEST

START_TEST(the_cache_is_bounded)
{
	static struct auth_cache cache;
	unsigned char digest[DIGEST_SHA256_SIZE] = { 5 };
	const struct who who = { .tenant_id = 3 };
	int known = 0;

	for (unsigned char i = 0; i < 200; i++) {
		digest[9] = i;
		auth_cache_add(&cache, digest, &who, 30, 1000 + i);
	}
	for (unsigned char i = 0; i < 200; i++) {
		digest[9] = i;
		if (auth_cache_find(&cache, digest, 2000) != NULL)
			known++;
	}
	ck_assert_int_eq(known, AUTH_CACHE_WAYS); /* the newest */
	digest[9] = 199;
	ck_assert_ptr_nonnull(auth_cache_find(&cache, digest, 2000));
}
END_TEST

START_TEST(sets_do_not_drive_each_other_out)
{
	static struct auth_cache cache;
	unsigned char digest[DIGEST_SHA256_SIZE] = { 0 };
	struct who who = { .tenant_id = 0 };

	for (unsigned char set = 0; set < AUTH_CACHE_SETS; set++) {
		digest[0] = set;
		who.tenant_id = set + 1;
		auth_cache_add(&cache, digest, &who, 30, 1000);
	}
	for (unsigned char set = 0; set < AUTH_CACHE_SETS; set++) {
		digest[0] = set;
		ck_assert_int_eq(auth_cache_find(&cache, digest,
		    2000)->tenant_id, set + 1);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("auth_cache");
	TCase *tcase = tcase_create("auth_cache");

	tcase_add_test(tcase, a_caller_is_known_for_half_a_minute);
	tcase_add_test(tcase, the_cache_is_bounded);
	tcase_add_test(tcase, sets_do_not_drive_each_other_out);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

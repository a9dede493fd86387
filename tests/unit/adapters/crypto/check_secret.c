/* SPDX-License-Identifier: MIT */
#include "adapters/crypto/secret.h"

#include <string.h>

#include "unit/unit.h"

/* Two keys: 32 bytes 'A', 32 bytes 'B'. */
#define KEY_A "a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n"
#define KEY_B "b:QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI=\n"

static struct arena *arena;
static struct diag diag;
static char *file;

static void
setup(void)
{
	arena = arena_new(1 << 20);
	diag_clear(&diag);
	file = unit_file("# the newest first\n\n" KEY_B KEY_A);
}

static void
teardown(void)
{
	arena_free(arena);
	unit_unlink(file);
}

static struct span
seal(const char *keys, const char *plain, const char *context)
{
	struct span text = SPAN_NONE;

	ck_assert_int_eq(secret_seal(keys, str_span(plain), str_span(context),
	    arena, &text, &diag), E_OK);
	return text;
}

static enum err
open_it(const char *keys, struct span text, const char *context,
    struct span *ret_plain)
{
	return secret_open(keys, text, str_span(context), arena, ret_plain,
	    &diag);
}

static const char *const plains[] = { "", "x", "a password", "пароль",
	"one that is longer than a block of the cipher, and then some more" };

/* Its context may be an empty text, and fit every row. */
START_TEST(nothing_is_sealed_or_opened_in_a_failed_arena)
{
	struct span text = seal(file, "a password", "1:integration");
	struct span got = SPAN_NONE;

	ck_assert_ptr_null(arena_ask(arena, 1 << 20));
	ck_assert_int_eq(secret_seal(file, SPAN_LIT("a password"), SPAN_LIT(""),
	    arena, &got, &diag), E_NO_MEMORY);
	ck_assert_int_eq(open_it(file, text, "1:integration", &got),
	    E_NO_MEMORY);
	ck_assert_ptr_null(got.at);
	ck_assert_int_eq(diag.code, E_NO_MEMORY);
}
END_TEST

START_TEST(what_is_sealed_is_opened_again)
{
	struct span text = seal(file, plains[_i], "1:integration");
	struct span plain;

	ck_assert(memcmp(text.at, "v1:b:", 5) == 0);
	if (strlen(plains[_i]) > 8) /* a letter may be there by chance */
		ck_assert_ptr_null(strstr(text.at, plains[_i]));
	ck_assert_int_eq(open_it(file, text, "1:integration", &plain), E_OK);
	ck_assert(span_is(plain, plains[_i]));
}
END_TEST

START_TEST(the_same_secret_never_looks_the_same)
{
	struct span one = seal(file, "secret", "c");
	struct span two = seal(file, "secret", "c");

	ck_assert_str_ne(one.at, two.at);
}
END_TEST

START_TEST(an_older_key_still_opens)
{
	char *old = unit_file(KEY_A);
	struct span text = seal(old, "secret", "c"), plain;

	ck_assert(memcmp(text.at, "v1:a:", 5) == 0);
	ck_assert_int_eq(open_it(file, text, "c", &plain), E_OK);
	ck_assert(span_is(plain, "secret"));
	ck_assert_int_eq(open_it(old, seal(file, "secret", "c"), "c", &plain),
	    E_NO_KEY);
	unit_unlink(old);
}
END_TEST

START_TEST(another_context_or_a_changed_byte_is_refused)
{
	struct span text = seal(file, "secret", "1:1"), plain;
	struct span parts[] = { SPAN_LIT(""), SPAN_LIT("v1"), SPAN_LIT("v1:b"),
		SPAN_LIT("v1:b:"), SPAN_LIT("v1:b:QQ=="), SPAN_LIT("v1:b:!!!!"),
		SPAN_LIT("secret") };

	ck_assert_int_eq(open_it(file, text, "1:2", &plain), E_CONFLICT);
	for (size_t i = 5; i < text.len; i++) {
		char *changed = arena_text(arena, text);

		ck_assert_ptr_nonnull(changed);
		changed[i] = changed[i] == 'A' ? 'B' : 'A';
		ck_assert_int_eq(open_it(file, str_span(changed), "1:1",
		    &plain), E_CONFLICT);
	}
	for (size_t i = 0; i < COUNT(parts); i++)
		ck_assert_int_eq(open_it(file, parts[i], "1:1", &plain),
		    E_CONFLICT);
}
END_TEST

START_TEST(without_a_key_nothing_is_sealed)
{
	static const char *const texts[] = { "", "# none\n", "a\n", "a:\n",
		"a:QUFB\n", ":QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=\n",
		"a:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB!UE=\n" };
	struct span text;

	ck_assert_int_eq(secret_seal("", SPAN_LIT("x"), SPAN_LIT("c"), arena,
	    &text, &diag), E_NO_KEY);
	ck_assert(strstr(diag.client, "secret_keys_file") != NULL);
	ck_assert_int_eq(secret_seal("/nowhere/keys", SPAN_LIT("x"),
	    SPAN_LIT("c"), arena, &text, &diag), E_NO_KEY);
	for (size_t i = 0; i < COUNT(texts); i++) {
		char *empty = unit_file(texts[i]);

		ck_assert_int_eq(secret_seal(empty, SPAN_LIT("x"),
		    SPAN_LIT("c"), arena, &text, &diag), E_NO_KEY);
		unit_unlink(empty);
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("secret");
	TCase *tcase = tcase_create("secret");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
	    nothing_is_sealed_or_opened_in_a_failed_arena);
	tcase_add_loop_test(tcase, what_is_sealed_is_opened_again, 0,
	    (int)COUNT(plains));
	tcase_add_test(tcase, the_same_secret_never_looks_the_same);
	tcase_add_test(tcase, an_older_key_still_opens);
	tcase_add_test(tcase, another_context_or_a_changed_byte_is_refused);
	tcase_add_test(tcase, without_a_key_nothing_is_sealed);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

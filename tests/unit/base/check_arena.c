#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "unit/unit.h"

#define CAP 100000

static struct arena *arena;
static char order[16];

static void
setup(void)
{
	arena = arena_new(CAP);
	order[0] = '\0';
}

static void
teardown(void)
{
	arena_free(arena);
}

/* Notes who was called and when. */
static void
on_reset(void *object)
{
	const size_t len = strlen(order);
	const char *name = object;

	order[len] = name[0];
	order[len + 1] = '\0';
}

START_TEST(pieces_are_zeroed_aligned_and_apart)
{
	unsigned char *pieces[64];

	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < COUNT(pieces); i++) {
			pieces[i] = arena_get(arena, i * 5);
			ck_assert_ptr_nonnull(pieces[i]);
			ck_assert_uint_eq((uintptr_t)pieces[i] %
			    alignof(max_align_t), 0);
			for (size_t j = 0; j < i * 5; j++)
				ck_assert_uint_eq(pieces[i][j], 0);
			memset(pieces[i], (int)i + 1, i * 5);
		}
		for (size_t i = 0; i < COUNT(pieces); i++)
			for (size_t j = 0; j < i * 5; j++)
				ck_assert_uint_eq(pieces[i][j], i + 1);
		arena_reset(arena);
	}
}
END_TEST

START_TEST(the_cap_holds_and_is_there_again_after_a_reset)
{
	static const size_t sizes[] = { 1, 16, 1000, 16384, 50000, CAP };

	for (int round = 0; round < 3; round++) {
		size_t got = 0;

		while (arena_get(arena, sizes[_i]) != NULL)
			got++;
		ck_assert_uint_ge(got, 1);
		ck_assert_uint_le(got * sizes[_i], CAP);
		/* Nothing is lost but the rounding. */
		ck_assert_uint_gt((got + 1) * (sizes[_i] + 15), CAP);
		arena_reset(arena);
	}
}
END_TEST

START_TEST(absurd_sizes_are_refused)
{
	static const size_t sizes[] = { CAP + 1, SIZE_MAX, SIZE_MAX - 15,
		SIZE_MAX / 2, SIZE_MAX / 2 + 1 };

	ck_assert_ptr_null(arena_get(arena, sizes[_i]));
	ck_assert_ptr_nonnull(arena_get(arena, 1));
}
END_TEST

START_TEST(a_text_is_a_terminated_copy)
{
	struct span span = unit_copy(SPAN_LIT("a\0b"));
	char *text = arena_text(arena, span);

	unit_free(span);
	ck_assert_ptr_nonnull(text);
	ck_assert_mem_eq(text, "a\0b", 4);
	text = arena_text(arena, SPAN_NONE);
	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, "");
	ck_assert_str_eq(arena_printf(arena, "%s-%d", "x", 5), "x-5");
	ck_assert_ptr_null(arena_printf(arena, "%*d", CAP, 1));
}
END_TEST

START_TEST(what_was_deferred_is_done_once_newest_first)
{
	static char a[] = "a", b[] = "b", c[] = "c";

	ck_assert(arena_defer(arena, on_reset, a));
	ck_assert_ptr_nonnull(arena_get(arena, 20000));
	ck_assert(arena_defer(arena, on_reset, b));
	ck_assert(arena_defer(arena, on_reset, c));
	ck_assert_str_eq(order, "");
	arena_reset(arena);
	ck_assert_str_eq(order, "cba");
	arena_reset(arena);
	ck_assert_str_eq(order, "cba");
}
END_TEST

START_TEST(freeing_does_what_was_deferred)
{
	static char a[] = "a";
	struct arena *other = arena_new(1000);

	ck_assert(arena_defer(other, on_reset, a));
	arena_free(other);
	ck_assert_str_eq(order, "a");
	arena_free(NULL);
}
END_TEST

START_TEST(without_room_a_deferred_object_goes_at_once)
{
	static char a[] = "a";
	struct arena *small = arena_new(8);

	ck_assert(!arena_defer(small, on_reset, a));
	ck_assert_str_eq(order, "a");
	arena_free(small);
	ck_assert_str_eq(order, "a");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("arena");
	TCase *tcase = tcase_create("arena");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, pieces_are_zeroed_aligned_and_apart);
	tcase_add_loop_test(tcase,
	    the_cap_holds_and_is_there_again_after_a_reset, 0, 6);
	tcase_add_loop_test(tcase, absurd_sizes_are_refused, 0, 5);
	tcase_add_test(tcase, a_text_is_a_terminated_copy);
	tcase_add_test(tcase, what_was_deferred_is_done_once_newest_first);
	tcase_add_test(tcase, freeing_does_what_was_deferred);
	tcase_add_test(tcase, without_room_a_deferred_object_goes_at_once);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

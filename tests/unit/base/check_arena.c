/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

		while (arena_ask(arena, sizes[_i]) != NULL)
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

	ck_assert_ptr_null(arena_ask(arena, sizes[_i]));
	ck_assert(arena_failed(arena));
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
	span = arena_span(arena, SPAN_LIT("a\0b"));
	ck_assert_uint_eq(span.len, 3);
	ck_assert_mem_eq(span.at, "a\0b", 4);
	ck_assert(!arena_failed(arena));
}
END_TEST

/* Take all there is, so that not even one byte is left. */
static void
fill_up(void)
{
	while (arena_ask(arena, 1) != NULL)
		continue;
}

START_TEST(a_failure_lasts_until_the_reset)
{
	struct diag diag;

	diag_clear(&diag);
	ck_assert_int_eq(arena_done(arena, &diag), E_OK);
	ck_assert_int_eq(diag.code, E_OK);
	ck_assert_ptr_null(arena_ask(arena, CAP + 1));
	for (int i = 0; i < 3; i++) {
		/* It would fit, but what it belongs to is not whole. */
		ck_assert_ptr_null(arena_ask(arena, 1));
		ck_assert(arena_failed(arena));
		diag_clear(&diag);
		ck_assert_int_eq(arena_done(arena, &diag), E_NO_MEMORY);
		ck_assert_int_eq(diag.code, E_NO_MEMORY);
		ck_assert_ptr_nonnull(strstr(diag.text, "100001 bytes"));
		ck_assert_str_eq(diag.client, "");
	}
	arena_reset(arena);
	diag_clear(&diag);
	ck_assert_int_eq(arena_done(arena, &diag), E_OK);
	ck_assert_int_eq(diag.code, E_OK);
	ck_assert_ptr_nonnull(arena_ask(arena, CAP));
}
END_TEST

START_TEST(every_way_to_take_latches)
{
	static char a[] = "a";
	char *text = NULL;

	ck_assert_ptr_nonnull(arena_ask(arena, CAP));
	switch (_i) {
	case 0:
		ck_assert_ptr_nonnull(arena_get(arena, 1));
		break;
	case 1:
		text = arena_text(arena, SPAN_LIT("a text"));
		break;
	case 2:
		text = arena_printf(arena, "%d", 5);
		break;
	case 3:
		ck_assert_uint_eq(arena_span(arena, SPAN_LIT("x")).len, 0);
		break;
	default:
		ck_assert(!arena_defer(arena, on_reset, a));
	}
	ck_assert(text == NULL || text[0] == '\0');
	ck_assert(arena_failed(arena));
}
END_TEST

START_TEST(emergency_space_is_zeroed_aligned_and_apart)
{
	unsigned char *pieces[64];

	for (size_t round = 0; round < 3; round++) {
		fill_up();
		for (size_t i = 0; i < COUNT(pieces); i++) {
			pieces[i] = arena_get(arena, i * 5);
			ck_assert_uint_eq((uintptr_t)pieces[i] %
			    alignof(max_align_t), 0);
			for (size_t j = 0; j < i * 5; j++)
				ck_assert_uint_eq(pieces[i][j], 0);
			memset(pieces[i], (int)i + 1, i * 5);
		}
		for (size_t i = 0; i < COUNT(pieces); i++)
			for (size_t j = 0; j < i * 5; j++)
				ck_assert_uint_eq(pieces[i][j], i + 1);
		if (round == 1)
			arena_resume(arena);
		else
			arena_reset(arena);
	}
}
END_TEST

START_TEST(emergency_space_holds_the_largest_pieces)
{
	fill_up();
	for (size_t i = 0; i < 4; i++)
		memset(arena_get(arena, ARENA_PIECE_MAX), 0xff,
		    ARENA_PIECE_MAX);
	for (size_t i = 0; i < 100000; i++) /* and texts without end */
		ck_assert_str_eq(arena_printf(arena, "%zu", i), "");
	arena_reset(arena);
	ck_assert_str_eq(arena_printf(arena, "%d", 5), "5");
}
END_TEST

START_TEST(a_phase_that_never_asks_ends_the_process)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		fill_up();
		for (size_t i = 0; i < 5; i++)
			memset(arena_get(arena, ARENA_PIECE_MAX), 0xff,
			    ARENA_PIECE_MAX);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFSIGNALED(status));
	ck_assert_int_eq(WTERMSIG(status), SIGABRT);
}
END_TEST

START_TEST(after_an_answer_it_goes_on_with_what_there_is)
{
	char *before = arena_text(arena, SPAN_LIT("before"));

	ck_assert_ptr_null(arena_ask(arena, CAP));
	arena_resume(arena);
	ck_assert(!arena_failed(arena));
	ck_assert_str_eq(before, "before");
	ck_assert_str_eq(arena_text(arena, SPAN_LIT("after")), "after");
	ck_assert_ptr_null(arena_ask(arena, CAP)); /* the cap is the same */
	arena_resume(arena);
	fill_up();
	arena_resume(arena);
	ck_assert_ptr_null(arena_ask(arena, 1));
}
END_TEST

/* A sanitizer's malloc() would end the program instead. */
#if !defined(__SANITIZE_ADDRESS__)
START_TEST(what_the_system_does_not_have_latches_as_well)
{
	struct arena *wide = arena_new(SIZE_MAX);
	struct diag diag;

	ck_assert_ptr_nonnull(arena_get(wide, 100));
	ck_assert_ptr_null(arena_ask(wide, SIZE_MAX / 4));
	ck_assert_int_eq(arena_done(wide, &diag), E_NO_MEMORY);
	ck_assert_int_eq(*(char *)arena_get(wide, 1), 0);
	arena_free(wide);
}
END_TEST
#endif

START_TEST(what_was_deferred_is_done_once_newest_first)
{
	static char a[] = "a", b[] = "b", c[] = "c";

	ck_assert(arena_defer(arena, on_reset, a));
	ck_assert_ptr_nonnull(arena_ask(arena, 20000));
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
	tcase_add_test(tcase, a_failure_lasts_until_the_reset);
	tcase_add_loop_test(tcase, every_way_to_take_latches, 0, 5);
	tcase_add_test(tcase, emergency_space_is_zeroed_aligned_and_apart);
	tcase_add_test(tcase, emergency_space_holds_the_largest_pieces);
	tcase_add_test(tcase, a_phase_that_never_asks_ends_the_process);
	tcase_add_test(tcase, after_an_answer_it_goes_on_with_what_there_is);
#if !defined(__SANITIZE_ADDRESS__)
	tcase_add_test(tcase, what_the_system_does_not_have_latches_as_well);
#endif
	tcase_add_test(tcase, what_was_deferred_is_done_once_newest_first);
	tcase_add_test(tcase, freeing_does_what_was_deferred);
	tcase_add_test(tcase, without_room_a_deferred_object_goes_at_once);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

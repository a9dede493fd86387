/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

static struct buf buf;

static void
setup(void)
{
	buf_init(&buf, 1000);
}

static void
teardown(void)
{
	buf_free(&buf);
}

START_TEST(an_empty_buffer_is_an_empty_text_not_an_absent_one)
{
	ck_assert_ptr_nonnull(buf_span(&buf).at);
	ck_assert_uint_eq(buf_span(&buf).len, 0);
	ck_assert_int_eq(buf_done(&buf), E_OK);
	buf_add(&buf, NULL, 0);
	buf_add_span(&buf, SPAN_NONE);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_int_eq(buf.data[0], '\0');
}
END_TEST

START_TEST(what_is_added_stands_in_order_and_is_terminated)
{
	buf_add(&buf, "a\0b", 3);
	buf_add_span(&buf, SPAN_LIT("c"));
	buf_add_text(&buf, "de");
	buf_add_char(&buf, 'f');
	buf_printf(&buf, "%d%%%s", -5, "g");
	ck_assert_uint_eq(buf.len, 11);
	ck_assert_mem_eq(buf.data, "a\0bcdef-5%g", 12);
}
END_TEST

START_TEST(it_grows_to_its_cap_and_not_beyond)
{
	for (size_t i = 0; i < 1000; i++) {
		buf_add_char(&buf, (char)('a' + i % 26));
		ck_assert_int_eq(buf.data[buf.len], '\0');
	}
	ck_assert_int_eq(buf_done(&buf), E_OK);
	buf_add_char(&buf, 'x');
	ck_assert_int_eq(buf_done(&buf), E_TOO_LARGE);
	ck_assert_uint_eq(buf.len, 1000);
	for (size_t i = 0; i < 1000; i++)
		ck_assert_int_eq(buf.data[i], 'a' + (int)i % 26);
}
END_TEST

START_TEST(after_a_failure_nothing_more_is_added)
{
	buf_add_text(&buf, "before");
	ck_assert_ptr_null(buf_room(&buf, 995));
	buf_add_text(&buf, "after");
	buf_printf(&buf, "%d", 1);
	ck_assert_ptr_null(buf_room(&buf, 0));
	unit_span_eq(buf_span(&buf), "before");
	ck_assert_int_eq(buf_done(&buf), E_TOO_LARGE);
	buf_reset(&buf, SIZE_MAX);
	ck_assert_int_eq(buf_done(&buf), E_OK);
	buf_add_text(&buf, "after");
	unit_span_eq(buf_span(&buf), "after");
}
END_TEST

START_TEST(a_cut_takes_back_what_was_added_and_the_failure)
{
	struct buf small;

	buf_init(&small, 8);
	buf_cut(&small, 0);
	buf_add_text(&small, "one");
	buf_add_text(&small, "two");
	buf_add_text(&small, "three");
	ck_assert_int_eq(buf_done(&small), E_TOO_LARGE);
	buf_cut(&small, 3);
	ck_assert_int_eq(buf_done(&small), E_OK);
	ck_assert_str_eq(small.data, "one");
	buf_add_text(&small, "three");
	ck_assert_int_eq(buf_done(&small), E_OK);
	unit_span_eq(buf_span(&small), "onethree");
	buf_free(&small);
}
END_TEST

START_TEST(absurd_sizes_are_too_large)
{
	static const size_t sizes[] = { 1001, SIZE_MAX, SIZE_MAX - 1,
		SIZE_MAX / 2 };

	ck_assert_ptr_null(buf_room(&buf, sizes[_i]));
	ck_assert_int_eq(buf_done(&buf), E_TOO_LARGE);
	buf_reset(&buf, SIZE_MAX);
	buf_add_text(&buf, "some");
	ck_assert_ptr_null(buf_room(&buf, sizes[_i] - 4));
	ck_assert_uint_eq(buf.len, 4);
}
END_TEST

START_TEST(a_formatted_text_longer_than_the_room_grows_it)
{
	char text[901];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	buf_printf(&buf, "[%s]", text);
	ck_assert_uint_eq(buf.len, 902);
	ck_assert_int_eq(buf.data[901], ']');
	buf_printf(&buf, "%s", text);
	ck_assert_int_eq(buf_done(&buf), E_TOO_LARGE);
	ck_assert_uint_eq(buf.len, 902);
	ck_assert_int_eq(buf.data[902], '\0');
}
END_TEST

/* Into what is there, exactly full, and one more. */
START_TEST(a_formatted_text_fits_at_every_border)
{
	char text[258];

	memset(text, 'x', sizeof(text) - 1);
	text[253 + _i] = '\0';
	buf_add_char(&buf, '[');
	buf_printf(&buf, "%s%d", text, _i);
	ck_assert_int_eq(buf_done(&buf), E_OK);
	ck_assert_uint_eq(buf.len, strlen(text) + 2);
	ck_assert_int_eq(buf.data[buf.len - 1], '0' + _i);
	ck_assert_int_eq(buf.data[buf.len], '\0');
	ck_assert_int_eq(memcmp(buf.data + 1, text, strlen(text)), 0);
}
END_TEST

START_TEST(room_alone_leaves_the_buffer_terminated)
{
	static const size_t sizes[] = { 0, 1, 255, 256, 1000 };
	char *room = buf_room(&buf, sizes[_i]);

	ck_assert_ptr_nonnull(room);
	ck_assert_int_eq(buf.data[buf.len], '\0');
	memset(room, 'x', sizes[_i]);
	buf.len += sizes[_i];
	buf.data[buf.len] = '\0';
	ck_assert_int_eq(buf_done(&buf), E_OK);
}
END_TEST

START_TEST(a_reset_keeps_no_more_than_it_may)
{
	const char *data;

	buf_add_text(&buf, "some");
	data = buf.data;
	buf_reset(&buf, buf.size);
	ck_assert_ptr_eq(buf.data, data);
	ck_assert_uint_eq(buf.len, 0);
	ck_assert_int_eq(buf.data[0], '\0');
	buf_add_text(&buf, "some");
	buf_reset(&buf, buf.size - 1);
	ck_assert_ptr_null(buf.data);
	ck_assert_uint_eq(buf.size, 0);
	ck_assert_uint_eq(buf.cap, 1000);
}
END_TEST

START_TEST(a_body_of_known_length_takes_no_more_than_that)
{
	buf_free(&buf);
	buf_init(&buf, (size_t)64 << 20);
	ck_assert_ptr_nonnull(buf_room(&buf, 5000000));
	ck_assert_uint_eq(buf.size, 5000001);
}
END_TEST

START_TEST(freeing_twice_or_nothing_is_fine)
{
	buf_add_text(&buf, "some");
	buf_free(&buf);
	buf_free(&buf);
	buf_free(NULL);
	buf_add_text(&buf, "more");
	unit_span_eq(buf_span(&buf), "more");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("buf");
	TCase *tcase = tcase_create("buf");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
	    an_empty_buffer_is_an_empty_text_not_an_absent_one);
	tcase_add_test(tcase, what_is_added_stands_in_order_and_is_terminated);
	tcase_add_test(tcase, it_grows_to_its_cap_and_not_beyond);
	tcase_add_test(tcase, after_a_failure_nothing_more_is_added);
	tcase_add_test(tcase,
	    a_cut_takes_back_what_was_added_and_the_failure);
	tcase_add_loop_test(tcase, absurd_sizes_are_too_large, 0, 4);
	tcase_add_test(tcase, a_formatted_text_longer_than_the_room_grows_it);
	tcase_add_loop_test(tcase, a_formatted_text_fits_at_every_border, 0,
	    4);
	tcase_add_loop_test(tcase, room_alone_leaves_the_buffer_terminated, 0,
	    5);
	tcase_add_test(tcase, a_reset_keeps_no_more_than_it_may);
	tcase_add_test(tcase, a_body_of_known_length_takes_no_more_than_that);
	tcase_add_test(tcase, freeing_twice_or_nothing_is_fine);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

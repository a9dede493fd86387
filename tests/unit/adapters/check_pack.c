/* SPDX-License-Identifier: MIT */
#include "adapters/pack.h"

#include <string.h>

#include "adapters/unpack.h"
#include "unit/unit.h"

#define LINES 20000
#define CAP (4u << 20)

/* What was packed, as it was before. */
static void
unpack_all(struct span packed, struct buf *ret)
{
	struct unpack *unpack = NULL;
	struct diag diag;

	if (pack_coding[0] == '\0') {
		buf_add_span(ret, packed);
		return;
	}
	ck_assert_int_eq(unpack_new(str_span(pack_coding), ret, &unpack, &diag),
	    E_OK);
	ck_assert_int_eq(unpack_add(unpack, packed, &diag), E_OK);
	ck_assert_int_eq(unpack_done(unpack, &diag), E_OK);
	unpack_free(unpack);
}

START_TEST(what_was_packed_in_pieces_comes_out_as_it_was)
{
	struct buf packed, text, out;
	struct pack *pack;
	struct diag diag;

	buf_init(&packed, CAP);
	buf_init(&text, CAP);
	buf_init(&out, CAP);
	ck_assert_int_eq(pack_new(&pack, &diag), E_OK);
	for (int i = 0; i < LINES; i++) {
		size_t before = text.len;

		buf_printf(&text, "{\"id\":%d,\"batch\":{}}\n", i);
		ck_assert_int_eq(
		    pack_add(pack,
			(struct span){ text.data + before, text.len - before },
			&packed, &diag),
		    E_OK);
	}
	ck_assert_int_eq(pack_end(pack, &packed, &diag), E_OK);
	if (pack_coding[0] != '\0')
		ck_assert_uint_lt(packed.len, text.len / 4);
	unpack_all(buf_span(&packed), &out);
	ck_assert_uint_eq(out.len, text.len);
	ck_assert_mem_eq(out.data, text.data, text.len);
	pack_free(pack);
	buf_free(&packed);
	buf_free(&text);
	buf_free(&out);
}
END_TEST

START_TEST(a_second_file_begins_anew)
{
	struct buf first, second, out;
	struct pack *pack;
	struct diag diag;

	buf_init(&first, CAP);
	buf_init(&second, CAP);
	buf_init(&out, CAP);
	ck_assert_int_eq(pack_new(&pack, &diag), E_OK);
	ck_assert_int_eq(pack_add(pack, SPAN_LIT("one"), &first, &diag), E_OK);
	ck_assert_int_eq(pack_end(pack, &first, &diag), E_OK);
	ck_assert_int_eq(pack_add(pack, SPAN_LIT("two"), &second, &diag), E_OK);
	ck_assert_int_eq(pack_end(pack, &second, &diag), E_OK);
	unpack_all(buf_span(&second), &out);
	ck_assert_str_eq(out.data, "two");
	pack_free(pack);
	buf_free(&first);
	buf_free(&second);
	buf_free(&out);
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	struct pack *pack;
	struct buf out;
	struct diag diag;

	buf_init(&out, 4);
	ck_assert_int_eq(pack_new(&pack, &diag), E_OK);
	ck_assert_int_eq(pack_add(pack, SPAN_LIT("hello"), &out, &diag),
	    E_TOO_LARGE);
	pack_free(pack);
	pack_free(NULL);
	buf_free(&out);
}
END_TEST

START_TEST(gzip_is_the_same_each_time)
{
	struct buf one, two;
	struct diag diag;

	buf_init(&one, CAP);
	buf_init(&two, CAP);
	ck_assert_int_eq(pack_gzip(SPAN_LIT("hello"), &one, &diag), E_OK);
	ck_assert_int_eq(pack_gzip(SPAN_LIT("hello"), &two, &diag), E_OK);
	ck_assert_uint_eq(one.len, two.len);
	ck_assert_mem_eq(one.data, two.data, one.len);
	buf_free(&one);
	buf_free(&two);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("pack");
	TCase *tcase = tcase_create("pack");

	tcase_add_test(tcase, what_was_packed_in_pieces_comes_out_as_it_was);
	tcase_add_test(tcase, a_second_file_begins_anew);
	tcase_add_test(tcase, what_does_not_fit_is_told);
	tcase_add_test(tcase, gzip_is_the_same_each_time);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

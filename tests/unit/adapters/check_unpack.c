/* SPDX-License-Identifier: MIT */
#include "adapters/unpack.h"

#include <string.h>

#include "unit/unit.h"

/* Two members or frames in a row: {"issues":[1, 2]} */
static const unsigned char two_gzip[] = {
	31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 202, 44, 46, 46, 77, 45, 86,
	178, 2, 0, 96, 147, 117, 212, 10, 0, 0, 0, 31, 139, 8, 0, 0, 0, 0, 0,
	2, 3, 139, 54, 212, 81, 48, 138, 173, 5, 0, 102, 196, 213, 209, 7, 0,
	0, 0,
};
/* 280,000 times x: more than is unpacked at a time. */
static const unsigned char large_gzip[] = {
	31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 237, 193, 49, 1, 0, 0, 0, 194, 160,
	218, 139, 111, 9, 79, 160, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 0, 0, 120, 24, 170, 69, 248, 167, 192, 69, 4, 0,
};
#ifdef HAVE_ZSTD
static const unsigned char two_zstd[] = {
	40, 181, 47, 253, 0, 104, 81, 0, 0, 123, 34, 105, 115, 115, 117, 101,
	115, 34, 58, 40, 181, 47, 253, 0, 104, 57, 0, 0, 91, 49, 44, 32, 50,
	93, 125,
};
static const unsigned char large_zstd[] = {
	40, 181, 47, 253, 0, 104, 76, 0, 0, 8, 120, 1, 0, 252, 255, 57, 16, 2,
	2, 0, 16, 120, 3, 46, 2, 120,
};
#endif

static const struct packed {
	const char *coding;
	const unsigned char *at;
	size_t len;
	size_t first; /* bytes of the first member or frame */
	const char *text; /* NULL: LARGE times x */
} packed[] = {
	{ "gzip", two_gzip, sizeof(two_gzip), 30, "{\"issues\":[1, 2]}" },
	{ "X-Gzip", large_gzip, sizeof(large_gzip), sizeof(large_gzip), NULL },
#ifdef HAVE_ZSTD
	{ "zstd", two_zstd, sizeof(two_zstd), 19, "{\"issues\":[1, 2]}" },
	{ "ZSTD", large_zstd, sizeof(large_zstd), sizeof(large_zstd), NULL },
#endif
};
#define LARGE 280000
#define CAP 300000

/* Unpack bytes, so many at a time. */
static enum err
run(const struct packed *it, const void *bytes, size_t len, size_t step,
    struct buf *out)
{
	struct unpack *unpack;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	ck_assert_int_eq(unpack_new(str_span(it->coding), out, &unpack, &diag),
	    E_OK);
	rc = E_OK;
	for (size_t at = 0; rc == E_OK && at < len; at += step) {
		struct span piece = { (const char *)bytes + at,
			len - at < step ? len - at : step };

		rc = unpack_add(unpack, piece, &diag);
	}
	if (rc == E_OK)
		rc = unpack_done(unpack, &diag);
	unpack_free(unpack);
	return rc;
}

START_TEST(a_body_is_the_same_wherever_it_is_cut)
{
	const struct packed *it = &packed[_i];

	for (size_t step = 1; step <= it->len; step++) {
		struct buf out;

		buf_init(&out, CAP);
		ck_assert_int_eq(run(it, it->at, it->len, step, &out), E_OK);
		if (it->text != NULL)
			ck_assert_str_eq(out.data, it->text);
		else
			ck_assert_uint_eq(strspn(out.data, "x"), LARGE);
		buf_free(&out);
	}
}
END_TEST

START_TEST(a_body_that_ends_too_early_is_none)
{
	const struct packed *it = &packed[_i];

	for (size_t len = 0; len < it->len; len++) {
		enum err want = len == it->first ? E_OK : E_SYNTAX;
		struct buf out;

		buf_init(&out, CAP);
		ck_assert_int_eq(run(it, it->at, len, 7, &out), want);
		buf_reset(&out, 0);
		ck_assert_int_eq(run(it, it->at, len, SIZE_MAX, &out), want);
		buf_free(&out);
	}
}
END_TEST

START_TEST(what_follows_a_body_is_damage)
{
	const struct packed *it = &packed[_i];
	unsigned char more[1024];
	struct buf out;

	memcpy(more, it->at, it->len);
	memcpy(more + it->len, "trailing", 8);
	for (size_t step = 1; step < it->len; step += 5) {
		buf_init(&out, CAP);
		ck_assert_int_eq(run(it, more, it->len + 8, step, &out),
		    E_SYNTAX);
		buf_free(&out);
	}
}
END_TEST

START_TEST(what_grows_too_large_stops_at_the_cap)
{
	const struct packed *it = &packed[_i];
	struct buf out;

	for (size_t step = 1; step <= it->len; step += 3) {
		buf_init(&out, it->text == NULL ? LARGE - 1 : 16);
		ck_assert_int_eq(run(it, it->at, it->len, step, &out),
		    E_TOO_LARGE);
		buf_free(&out);
	}
}
END_TEST

START_TEST(other_codings_are_refused)
{
	static const char *const others[] = { "br", "gzip, gzip", "", "deflate" };
	struct unpack *unpack;
	struct diag diag;
	struct buf out;

	buf_init(&out, CAP);
	for (size_t i = 0; i < COUNT(others); i++)
		ck_assert_int_eq(unpack_new(str_span(others[i]), &out, &unpack,
		    &diag), E_MEDIA);
	buf_free(&out);
}
END_TEST

#ifdef HAVE_ZSTD
/* Of zstd 0.5, which libzstd still reads: whole one thing, cut another. */
START_TEST(frames_of_an_old_format_are_none)
{
	static const unsigned char old[] = { 0x25, 0xb5, 0x2f, 0xfd, 0x02,
		0xff, 0x4e, 0x32 };

	for (size_t step = 1; step <= sizeof(old); step++) {
		struct buf out;

		buf_init(&out, CAP);
		ck_assert_int_eq(run(&packed[2], old, sizeof(old), step, &out),
		    E_SYNTAX);
		buf_free(&out);
	}
}
END_TEST
#endif

int
main(void)
{
	Suite *suite = suite_create("unpack");
	TCase *tcase = tcase_create("unpack");

	tcase_add_loop_test(tcase, a_body_is_the_same_wherever_it_is_cut, 0,
	    (int)COUNT(packed));
	tcase_add_loop_test(tcase, a_body_that_ends_too_early_is_none, 0,
	    (int)COUNT(packed));
	tcase_add_loop_test(tcase, what_follows_a_body_is_damage, 0,
	    (int)COUNT(packed));
	tcase_add_loop_test(tcase, what_grows_too_large_stops_at_the_cap, 0,
	    (int)COUNT(packed));
	tcase_add_test(tcase, other_codings_are_refused);
#ifdef HAVE_ZSTD
	tcase_add_test(tcase, frames_of_an_old_format_are_none);
#endif
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

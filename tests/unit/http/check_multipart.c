/* SPDX-License-Identifier: MIT */
#include "http/multipart.h"
#include "unit/unit.h"

#include <string.h>

#include "base/buf.h"

static struct diag diag;
static struct parts parts;

static void
setup(void)
{
	diag_clear(&diag);
	memset(&parts, 0, sizeof(parts));
}

static const struct {
	const char *type;
	enum err rc;
	const char *boundary;
} types[] = {
	{ "multipart/form-data; boundary=abc", E_OK, "abc" },
	{ "Multipart/Form-Data;BOUNDARY=abc", E_OK, "abc" },
	{ "multipart/form-data ; boundary = \"a b\"", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=\"a:b?\"", E_OK, "a:b?" },
	{ "multipart/form-data; charset=utf-8; boundary=a--b", E_OK, "a--b" },
	{ "multipart/form-data; boundary=abc; charset=utf-8", E_OK, "abc" },
	{ "multipart/form-data; boundary=\"abc\" ; x=y", E_OK, "abc" },
	{ "multipart/form-data", E_SYNTAX, NULL },
	{ "multipart/form-data;", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=\"\"", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=\"abc", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=\"abc\"d", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=a\"b", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=a\\b", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=abc; boundary=abd", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=\xc3\xa9", E_SYNTAX, NULL },
	{ "multipart/form-data; boundary=123456789012345678901234567890123456"
	    "7890123456789012345678901234567890", E_OK,
	    "123456789012345678901234567890123456789012345678901234567890"
	    "1234567890" },
	{ "multipart/form-data; boundary=123456789012345678901234567890123456"
	    "78901234567890123456789012345678901", E_SYNTAX, NULL },
	{ "multipart/mixed; boundary=abc", E_MEDIA, NULL },
	{ "multipart/form-dataX; boundary=abc", E_MEDIA, NULL },
	{ "application/json", E_MEDIA, NULL },
	{ "", E_MEDIA, NULL },
};

START_TEST(a_content_type_has_a_boundary)
{
	struct span boundary = SPAN_NONE;

	ck_assert_int_eq(multipart_boundary(str_span(types[_i].type),
	    &boundary, &diag), types[_i].rc);
	if (types[_i].rc == E_OK)
		unit_span_eq(boundary, types[_i].boundary);
	else
		ck_assert_str_ne(diag.client, "");
}
END_TEST

START_TEST(an_absent_content_type_is_no_form)
{
	struct span boundary;

	ck_assert_int_eq(multipart_boundary(SPAN_NONE, &boundary, &diag),
	    E_MEDIA);
}
END_TEST

/* All with the boundary "b". */
#define HEAD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n"
static const struct {
	const char *body;
	size_t count;
	const char *name, *bytes;
} forms[] = {
	{ "--b\r\n" HEAD("a") "\r\nx\r\n--b--\r\n", 1, "a", "x" },
	{ "--b\r\n" HEAD("a") "\r\nx\r\n--b--", 1, "a", "x" },
	{ "--b\r\n" HEAD("a") "\r\n\r\n--b--", 1, "a", "" },
	{ "--b \t\r\n" HEAD("a") "\r\nx\r\n--b--", 1, "a", "x" },
	{ "--b\r\n" HEAD("a") "\r\n\r\nx\r\n\r\n--b--", 1, "a", "\r\nx\r\n" },
	{ "--b\r\n" HEAD("a") "\r\nx--b--\r\n--b--", 1, "a", "x--b--" },
	{ "--b\r\n" HEAD("a") "\r\nx\r\n--bb\r\n--b--", 1, "a", "x\r\n--bb" },
	{ "--b\r\n" HEAD("a") "\r\nx\r\n--b-\r\n--b--", 1, "a", "x\r\n--b-" },
	{ "--b\r\n" HEAD("a") "\r\nx\n--b--\r\n--b--", 1, "a", "x\n--b--" },
	{ "--b\r\n" HEAD("a") "\r\nx\r\n--b\r\n" HEAD("c") "\r\ny\r\n--b--",
	    2, "a", "x" },
	{ "--b\r\nX-Y: z\r\n" HEAD("a") "\r\nx\r\n--b--", 1, "a", "x" },
	{ "--b\r\ncontent-disposition:FORM-DATA;NAME=a\r\n\r\nx\r\n--b--", 1,
	    "a", "x" },
	{ "--b\r\n" HEAD("a\\\"b") "\r\nx\r\n--b--", 1, "a\\\"b", "x" },
	{ "--b\r\n" HEAD("a")
	    "Content-Transfer-Encoding: binary\r\n\r\nx\r\n--b--", 1, "a",
	    "x" },
	{ "--b--", 0, NULL, NULL },
	{ "--b--\r\n", 0, NULL, NULL },
};

START_TEST(a_form_is_its_parts)
{
	ck_assert_msg(multipart_read(str_span(forms[_i].body), SPAN_LIT("b"),
	    &parts, &diag) == E_OK, "%s", diag.client);
	ck_assert_uint_eq(parts.count, forms[_i].count);
	if (parts.count == 0)
		return;
	unit_span_eq(parts.items[0].name, forms[_i].name);
	unit_span_eq(parts.items[0].bytes, forms[_i].bytes);
}
END_TEST

static const char *const bad[] = {
	"",
	"--",
	"--b",
	"--c\r\n" HEAD("a") "\r\nx\r\n--b--",
	"\r\n--b\r\n" HEAD("a") "\r\nx\r\n--b--",
	"before\r\n--b\r\n" HEAD("a") "\r\nx\r\n--b--",
	"--b\n" HEAD("a") "\r\nx\r\n--b--",
	"--bb\r\n" HEAD("a") "\r\nx\r\n--b--",
	"--b--after",
	"--b\r\n" HEAD("a") "\r\nx",
	"--b\r\n" HEAD("a") "\r\nx\r\n--b",
	"--b\r\n" HEAD("a") "\r\nx\r\n--b-",
	"--b\r\n" HEAD("a") "\r\nx\r\n--b--after",
	"--b\r\n" HEAD("a") "x\r\n--b--",
	"--b\r\n\r\nx\r\n--b--",
	"--b\r\n" HEAD("") "\r\nx\r\n--b--",
	"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--",
	"--b\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--b--",
	"--b\r\n" HEAD("a") HEAD("c") "\r\nx\r\n--b--",
	"--b\r\nContent-Disposition: form-data; name=a; name=c\r\n\r\n\r\n--b--",
	"--b\r\nContent-Disposition: form-data; name=\"a\r\n\r\nx\r\n--b--",
	"--b\r\nContent-Disposition: form-data; name=\"a\\\"\r\n\r\n\r\n--b--",
	"--b\r\nContent-Disposition: form-data; name=\"a\"c\r\n\r\n\r\n--b--",
	"--b\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\nx\r\n--b--",
	"--b\r\nContent-Disposition : form-data; name=a\r\n\r\nx\r\n--b--",
	"--b\r\n: x\r\n" HEAD("a") "\r\nx\r\n--b--",
	"--b\r\nnonsense\r\n" HEAD("a") "\r\nx\r\n--b--",
	"--b\r\n" HEAD("a\x01") "\r\nx\r\n--b--",
	"--b\r\n" HEAD("a\xff") "\r\nx\r\n--b--",
	"--b\r\n" HEAD("a")
	    "Content-Transfer-Encoding: base64\r\n\r\nx\r\n--b--",
	"--b\r\n" HEAD("a") "Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n"
	    "x\r\n--b--",
};

START_TEST(what_can_be_read_in_two_ways_is_refused)
{
	ck_assert_msg(multipart_read(str_span(bad[_i]), SPAN_LIT("b"), &parts,
	    &diag) == E_SYNTAX, "%s", bad[_i]);
	ck_assert_str_ne(diag.client, "");
}
END_TEST

START_TEST(a_file_has_a_name_and_a_type)
{
	static const char body[] = "--b\r\nContent-Disposition: form-data;"
	    " name=\"file\"; filename=\"../../x.svg\"\r\n"
	    "Content-Type: image/svg+xml\r\n\r\nx\r\n"
	    "--b\r\n" HEAD("file") "\r\ny\r\n--b--";
	const struct part *part = NULL;

	ck_assert_int_eq(multipart_read(
	    (struct span){ body, sizeof(body) - 1 }, SPAN_LIT("b"), &parts,
	    &diag), E_OK);
	ck_assert_uint_eq(multipart_find(&parts, "file", &part), 2);
	unit_span_eq(part->file_name, "../../x.svg");
	unit_span_eq(part->media_type, "image/svg+xml");
	unit_span_eq(part->bytes, "x");
	ck_assert_uint_eq(multipart_find(&parts, "fil", &part), 0);
}
END_TEST

START_TEST(bytes_may_be_any)
{
	static const char body[] = "--b\r\n" HEAD("a") "\r\n\0\xff\r\n-\r\n--b--";

	ck_assert_int_eq(multipart_read(
	    (struct span){ body, sizeof(body) - 1 }, SPAN_LIT("b"), &parts,
	    &diag), E_OK);
	ck_assert_uint_eq(parts.items[0].bytes.len, 5);
	ck_assert(memcmp(parts.items[0].bytes.at, "\0\xff\r\n-", 5) == 0);
}
END_TEST

START_TEST(parts_and_headers_have_their_limits)
{
	struct buf body;
	int count = MULTIPART_PARTS_MAX + _i;

	buf_init(&body, 1 << 20);
	for (int i = 0; i < count; i++)
		buf_add_text(&body, "--b\r\n" HEAD("a") "\r\nx\r\n");
	buf_add_text(&body, "--b--");
	ck_assert_int_eq(multipart_read(buf_span(&body), SPAN_LIT("b"), &parts,
	    &diag), _i == 0 ? E_OK : E_SYNTAX);
	buf_reset(&body, 0);
	buf_add_text(&body, "--b\r\n" HEAD("a") "X-Y: ");
	for (int i = 0; i < MULTIPART_HEAD_MAX; i++)
		buf_add_char(&body, 'z');
	buf_add_text(&body, "\r\n\r\nx\r\n--b--");
	ck_assert_int_eq(multipart_read(buf_span(&body), SPAN_LIT("b"), &parts,
	    &diag), E_SYNTAX);
	buf_free(&body);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("multipart");
	TCase *tcase = tcase_create("multipart");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, a_content_type_has_a_boundary, 0,
	    (int)COUNT(types));
	tcase_add_test(tcase, an_absent_content_type_is_no_form);
	tcase_add_loop_test(tcase, a_form_is_its_parts, 0, (int)COUNT(forms));
	tcase_add_loop_test(tcase, what_can_be_read_in_two_ways_is_refused, 0,
	    (int)COUNT(bad));
	tcase_add_test(tcase, a_file_has_a_name_and_a_type);
	tcase_add_test(tcase, bytes_may_be_any);
	tcase_add_loop_test(tcase, parts_and_headers_have_their_limits, 0, 2);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

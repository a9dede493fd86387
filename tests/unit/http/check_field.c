/* SPDX-License-Identifier: MIT */
#include "http/field.h"

#include <stddef.h>
#include <string.h>

#include "http/request.h"
#include "unit/unit.h"

static struct values {
	int64_t number;
	bool flag;
	struct span text, words, logo, choice, stamp, object, document, file;
} values;

#define ROW(in, field, is) .place = in, .name = #field, .kind = is, \
	.offset = offsetof(struct values, field)
#define ROWS(in) \
	{ ROW(in, number, FIELD_INT), .min = 1, .max = 100 }, \
	{ ROW(in, flag, FIELD_BOOL) }, \
	{ ROW(in, text, FIELD_TEXT), .min = 1, .max = 3, \
	    .older_name = "old" }, \
	{ ROW(in, words, FIELD_TEXT), .max = 100, .form = FORM_WORDS }, \
	{ ROW(in, logo, FIELD_TEXT), .max = 100, .form = FORM_LOGO }, \
	{ ROW(in, choice, FIELD_TEXT), .choices = "a|bc" }, \
	{ ROW(in, stamp, FIELD_STAMP) }, \
	{ ROW(in, object, FIELD_OBJECT) }, \
	{ ROW(in, document, FIELD_DOCUMENT) }

static const struct field of_query[] = { ROWS(FIELD_QUERY) };
static const struct field of_body[] = { ROWS(FIELD_BODY) };
static const struct field_set query = { of_query, COUNT(of_query) };
static const struct field_set json = { of_body, COUNT(of_body) };

static struct arena *arena;
static struct buf body;
static struct req rq;

static void
setup(void)
{
	static const struct http_settings settings = { .max_body = 1 << 20 };

	arena = arena_new(1 << 20);
	buf_init(&body, 1 << 20);
	request_init(&rq, arena, &body);
	rq.settings = &settings;
	rq.content_type = SPAN_LIT("application/json");
	memset(&values, 0, sizeof(values));
}

static void
teardown(void)
{
	arena_free(arena);
	buf_free(&body);
}

static enum err
read_query(const struct field_set *set, const char *text)
{
	ck_assert_int_eq(params_read(str_span(text), arena, &rq.params,
	    &rq.diag), E_OK);
	return fields_read(set, &rq, &values);
}

static enum err
read_body(const struct field_set *set, const char *text)
{
	buf_add_text(&body, text);
	ck_assert_int_eq(request_read_json(&rq, set), E_OK);
	return fields_read(set, &rq, &values);
}

/* What is wrong: one field, of this name and with this machine name. */
static void
expect_error(enum field_place place, const char *name, const char *type)
{
	ck_assert_ptr_nonnull(rq.errors);
	ck_assert_int_eq(rq.errors->place, place);
	ck_assert_str_eq(rq.errors->name, name);
	ck_assert_str_eq(rq.errors->type, type);
	ck_assert_str_ne(rq.errors->text, "");
	ck_assert_ptr_null(rq.errors->next);
}

static const struct {
	const char *query, *name, *type;
} refused[] = {
	{ "number=", "number", "int_type" },
	{ "number=x", "number", "int_type" },
	{ "number=1.0", "number", "int_type" },
	{ "number=0", "number", "out_of_range" },
	{ "number=101", "number", "out_of_range" },
	{ "number=1&number=1", "number", "duplicate" },
	{ "flag=", "flag", "bool_type" },
	{ "flag=maybe", "flag", "bool_type" },
	{ "text=", "text", "string_length" },
	{ "text=abcd", "text", "string_length" },
	{ "old=abcd", "old", "string_length" },
	{ "text=a&text=b", "text", "duplicate" },
	{ "words=", "words", "string_form" },
	{ "words=%20%09%c2%a0", "words", "string_form" },
	{ "logo=.svg", "logo", "string_form" },
	{ "logo=-a.svg", "logo", "string_form" },
	{ "logo=a.SVG", "logo", "string_form" },
	{ "logo=../a.svg", "logo", "string_form" },
	{ "logo=a.svg%0a", "logo", "string_form" },
	{ "choice=b", "choice", "enum" },
	{ "choice=a%7Cbc", "choice", "enum" },
	{ "choice=", "choice", "enum" },
	{ "stamp=yesterday", "stamp", "datetime" },
	{ "object=[]", "object", "object_type" },
	{ "object={", "object", "json_truncated" },
	{ "document=1", "document", "object_or_array_type" },
};

START_TEST(a_value_of_the_query_that_is_none_is_refused)
{
	ck_assert_int_eq(read_query(&query, refused[_i].query), E_SYNTAX);
	expect_error(FIELD_QUERY, refused[_i].name, refused[_i].type);
	ck_assert_int_eq(rq.diag.code, E_SYNTAX);
	ck_assert_str_ne(rq.diag.client, "");
}
END_TEST

START_TEST(a_query_gives_values)
{
	ck_assert_int_eq(read_query(&query, "number=100&flag=ON&old=%c3%a9%c3"
	    "%a9%c3%a9&words=+x+&logo=a-1.svg&choice=bc"
	    "&stamp=2026-01-31T23:59:59%2B01:00&object={%22a%22:1.10}"
	    "&document=[1]"), E_OK);
	ck_assert_int_eq(values.number, 100);
	ck_assert(values.flag);
	unit_span_eq(values.text, "\xc3\xa9\xc3\xa9\xc3\xa9");
	unit_span_eq(values.words, " x ");
	unit_span_eq(values.logo, "a-1.svg");
	unit_span_eq(values.choice, "bc");
	ck_assert_mem_eq(values.stamp.at, "2026-01-31", 10);
	unit_span_eq(values.object, "{\"a\":1.10}");
	unit_span_eq(values.document, "[1]");
}
END_TEST

static const struct {
	const char *body, *name, *type;
} refused_json[] = {
	{ "{\"number\":\"5\"}", "number", "int_type" },
	{ "{\"number\":5.0}", "number", "int_type" },
	{ "{\"number\":true}", "number", "int_type" },
	{ "{\"number\":101}", "number", "out_of_range" },
	{ "{\"flag\":\"true\"}", "flag", "bool_type" },
	{ "{\"flag\":1}", "flag", "bool_type" },
	{ "{\"text\":5}", "text", "string_type" },
	{ "{\"text\":\"\\u00e9\\u00e9\\u00e9\\u00e9\"}", "text",
	    "string_length" },
	{ "{\"old\":\"\"}", "old", "string_length" },
	{ "{\"old\":\"a\",\"text\":\"b\"}", "text", "duplicate" },
	{ "{\"choice\":\"A\"}", "choice", "enum" },
	{ "{\"object\":\"{}\"}", "object", "object_type" },
	{ "{\"object\":[]}", "object", "object_type" },
	{ "{\"stamp\":\"yesterday\"}", "stamp", "datetime" },
	{ "{\"stamp\":20260131}", "stamp", "string_type" },
	{ "{\"document\":1}", "document", "object_or_array_type" },
};

START_TEST(a_member_of_the_body_that_is_none_is_refused)
{
	ck_assert_int_eq(read_body(&json, refused_json[_i].body), E_INVALID);
	expect_error(FIELD_BODY, refused_json[_i].name, refused_json[_i].type);
	ck_assert_int_eq(rq.diag.code, E_INVALID);
}
END_TEST

START_TEST(a_body_gives_values)
{
	ck_assert_int_eq(read_body(&json, "{\"number\":1,\"flag\":true,"
	    "\"old\":\"\\u00e9\",\"choice\":\"a\",\"object\":{ \"a\": 1.10 },"
	    "\"stamp\":\"2026-01-31T23:59:59Z\",\"document\":[{}]}"), E_OK);
	ck_assert_int_eq(values.number, 1);
	ck_assert_mem_eq(values.stamp.at, "2026-01-31", 10);
	ck_assert(values.flag);
	unit_span_eq(values.text, "\xc3\xa9");
	unit_span_eq(values.choice, "a");
	unit_span_eq(values.object, "{ \"a\": 1.10 }"); /* as it came */
	unit_span_eq(values.document, "[{}]");
}
END_TEST

START_TEST(what_is_absent_or_null_leaves_the_default)
{
	values.number = 7;
	values.flag = true;
	values.text = SPAN_LIT("x");
	ck_assert_int_eq(read_body(&json, "{\"number\":null,\"text\":null}"),
	    E_OK);
	ck_assert_int_eq(read_query(&query, ""), E_OK);
	ck_assert_int_eq(values.number, 7);
	ck_assert(values.flag);
	unit_span_eq(values.text, "x");
}
END_TEST

static const struct field needed[] = {
	{ ROW(FIELD_QUERY, number, FIELD_INT), .max = 9, .required = true },
	{ ROW(FIELD_BODY, text, FIELD_TEXT), .max = 9, .required = true,
	    .older_name = "old" },
	{ ROW(FIELD_BODY, choice, FIELD_TEXT), .choices = "a" },
	{ ROW(FIELD_HEADER, words, FIELD_TEXT), .required = true },
};
static const struct field_set needed_set = { needed, COUNT(needed) };

START_TEST(all_that_is_wrong_is_told_in_its_order)
{
	static const struct {
		enum field_place place;
		const char *name, *type;
	} want[] = {
		{ FIELD_QUERY, "number", "missing" },
		{ FIELD_BODY, "text", "missing" },
		{ FIELD_BODY, "choice", "enum" },
	};
	const struct field_error *error;

	/* The query is worse than the body; a header is its handler's. */
	ck_assert_int_eq(read_body(&needed_set,
	    "{\"old\":null,\"choice\":\"b\"}"), E_SYNTAX);
	error = rq.errors;
	for (size_t i = 0; i < COUNT(want); i++, error = error->next) {
		ck_assert_ptr_nonnull(error);
		ck_assert_int_eq(error->place, want[i].place);
		ck_assert_str_eq(error->name, want[i].name);
		ck_assert_str_eq(error->type, want[i].type);
	}
	ck_assert_ptr_null(error);
}
END_TEST

START_TEST(what_is_only_checked_is_not_kept)
{
	ck_assert_int_eq(params_read(SPAN_LIT("number=8"), arena, &rq.params,
	    &rq.diag), E_OK);
	buf_add_text(&body, "{\"text\":\"x\"}");
	ck_assert_int_eq(request_read_json(&rq, &needed_set), E_OK);
	ck_assert_int_eq(fields_check(&needed_set, &rq), E_OK);
	ck_assert_int_eq(values.number, 0);
	ck_assert_ptr_null(values.text.at);
}
END_TEST

/* A form of one part; how many bytes a file may have. */
static const struct {
	const char *bytes;
	enum err rc;
} files[] = {
	{ "<svg/>", E_OK },
	{ "", E_INVALID },
	{ "0123456789", E_OK },
	{ "0123456789a", E_TOO_LARGE },
};

START_TEST(a_file_of_a_form_has_its_size)
{
	static const struct field rows[] = {
		{ ROW(FIELD_BODY, file, FIELD_FILE), .min = 1, .max = 10,
		    .required = true },
	};
	const struct field_set set = { rows, 1 };
	struct part part = { .name = LIT("file"),
		.bytes = str_span(files[_i].bytes) };
	struct parts form = { .count = 1 };

	memcpy(&form.items[0], &part, sizeof(part));
	rq.form = &form;
	ck_assert_int_eq(fields_read(&set, &rq, &values), files[_i].rc);
	if (files[_i].rc == E_OK)
		unit_span_eq(values.file, files[_i].bytes);
	else
		ck_assert_str_ne(rq.diag.client, "");
}
END_TEST

START_TEST(a_form_has_a_pattern)
{
	ck_assert_ptr_null(field_pattern(FORM_ANY));
	ck_assert_str_eq(field_pattern(FORM_WORDS), "\\S");
	ck_assert_ptr_nonnull(strstr(field_pattern(FORM_LOGO), "\\.svg$"));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("field");
	TCase *tcase = tcase_create("field");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    a_value_of_the_query_that_is_none_is_refused, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, a_query_gives_values);
	tcase_add_loop_test(tcase,
	    a_member_of_the_body_that_is_none_is_refused, 0,
	    (int)COUNT(refused_json));
	tcase_add_test(tcase, a_body_gives_values);
	tcase_add_test(tcase, what_is_absent_or_null_leaves_the_default);
	tcase_add_test(tcase, all_that_is_wrong_is_told_in_its_order);
	tcase_add_test(tcase, what_is_only_checked_is_not_kept);
	tcase_add_loop_test(tcase, a_file_of_a_form_has_its_size, 0,
	    (int)COUNT(files));
	tcase_add_test(tcase, a_form_has_a_pattern);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

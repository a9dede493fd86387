/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <string.h>

#include "http/request.h"
#include "unit/adapters/fcgi_peer.h"
#include "unit/unit.h"

static const struct field rows[] = {
	{ .place = FIELD_QUERY, .name = "kind", .kind = FIELD_TEXT,
	    .beside_payload = true },
	{ .place = FIELD_QUERY, .name = "nul", .kind = FIELD_TEXT },
	{ .place = FIELD_BODY, .name = "kind", .kind = FIELD_TEXT,
	    .older_name = "sort" },
	{ .place = FIELD_BODY, .name = "data", .kind = FIELD_DOCUMENT },
};
static const struct field_set wanted = { rows, COUNT(rows) };

static char refuse[] = "refuse", replace[] = "replace";
static struct http_settings settings;
static struct arena *arena;
static struct buf body;
static struct req rq;

static void
setup(void)
{
	settings = (struct http_settings){ .max_body = 1 << 20,
		.max_members = 5, .max_values_memory = 4000,
		.store_nul = refuse };
	arena = arena_new(1 << 20);
	buf_init(&body, 1 << 20);
	request_init(&rq, arena, &body);
	rq.settings = &settings;
	rq.content_type = SPAN_LIT("application/json");
}

static void
teardown(void)
{
	arena_free(arena);
	buf_free(&body);
}

/* The body is there before the request is read, as in no real request. */
static enum err
read_json(const char *query, const char *text)
{
	ck_assert_int_eq(params_read(str_span(query), arena, &rq.params,
	    &rq.diag), E_OK);
	buf_add_text(&body, text);
	return request_read_json(&rq, &wanted);
}

static struct span
member(const char *name)
{
	const struct json_member *found = request_member(&rq, name);

	return found == NULL ? SPAN_NONE : found->value;
}

START_TEST(members_of_the_rows_are_found)
{
	ck_assert_int_eq(read_json("", "{\"data\": {\"x\":1.10},"
	    "\"sort\":null,\"tenant_id\":7}"), E_OK);
	unit_span_eq(member("data"), "{\"x\":1.10}");
	unit_span_eq(member("sort"), "null");
	unit_span_eq(member("tenant_id"), "7");
	ck_assert_ptr_null(member("kind").at);
	ck_assert_ptr_null(member("x").at);
	ck_assert_ptr_null(rq.strangers[0].at);
	ck_assert(!rq.is_payload);
}
END_TEST

START_TEST(members_that_nobody_wants_are_kept_by_name)
{
	ck_assert_int_eq(read_json("", "{\"a\":1,\"data\":[],\"b\":2}"), E_OK);
	unit_span_eq(rq.strangers[0], "a");
	unit_span_eq(rq.strangers[1], "b");
	ck_assert_ptr_null(rq.strangers[2].at);
	ck_assert_ptr_null(member("a").at);
}
END_TEST

START_TEST(a_payload_may_be_the_whole_body)
{
	static const char *const params[] = { "CONTENT_LENGTH=12", NULL };
	struct fcgi *fcgi = fcgi_peer_open();

	fcgi_peer_ask(fcgi, params, SPAN_LIT("[{\"kind\":1}]"));
	rq.fcgi = fcgi;
	rq.content_length = SPAN_LIT("12");
	ck_assert_int_eq(params_read(SPAN_LIT("kind=x"), arena, &rq.params,
	    &rq.diag), E_OK);
	ck_assert_int_eq(request_read_json(&rq, &wanted), E_OK);
	ck_assert(rq.is_payload);
	unit_span_eq(request_body(&rq), "[{\"kind\":1}]");
	unit_span_eq(member("data"), "[{\"kind\":1}]");
	ck_assert_int_eq(member("data").at[-1], ' '); /* to overwrite */
	ck_assert_ptr_null(member("kind").at);
	fcgi_peer_close(fcgi);
}
END_TEST

static const struct {
	const char *type;
	bool is_json;
} types[] = {
	{ "application/json", true },
	{ "Application/JSON; charset=utf-8", true },
	{ " application/json ;x", true },
	{ "application/problem+json", false },
	{ "text/plain", false },
	{ "", false },
	{ NULL, false },
};

START_TEST(the_media_type_must_be_json)
{
	rq.content_type = str_span(types[_i].type);
	ck_assert_int_eq(read_json("", "{}"), types[_i].is_json ? E_OK :
	    E_MEDIA);
}
END_TEST

/* What is refused, and words of the sentence for the client. */
static const struct {
	const char *body;
	enum err rc;
	const char *type, *words;
} refused[] = {
	{ "", E_SYNTAX, "json_empty", "at byte 0, in line 1" },
	{ "{\"data\":\n\n[1,", E_SYNTAX, "json_truncated", "in line 3" },
	{ "{\"data\":tru}", E_SYNTAX, "json_syntax", "around: {\"data\":tru}" },
	{ "[]", E_INVALID, "json_not_object", "must be a JSON object" },
	{ "{\"data\":1,\"data\":2}", E_INVALID, "json_duplicate", "twice" },
	{ "{\"data\":\"\\u0000\"}", E_INVALID, "json_nul", "?nul=replace" },
	{ "{\"data\":{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1}}",
	    E_INVALID, "json_members", "at most 5 are taken" },
	{ "{\"data\":[[],[],[],[],[],[],[],[],[],[],[],[],[],[]]}", E_INVALID,
	    "json_values", "send fewer items" },
};

START_TEST(a_body_that_is_refused_says_where_and_why)
{
	ck_assert_int_eq(read_json("", refused[_i].body), refused[_i].rc);
	ck_assert_msg(strstr(rq.diag.client, refused[_i].words) != NULL, "%s",
	    rq.diag.client);
	/* What was sent is not for the log. */
	ck_assert_ptr_null(strstr(rq.diag.text, "around"));
	ck_assert_ptr_nonnull(rq.errors);
	ck_assert_str_eq(rq.errors->type, refused[_i].type);
	ck_assert_ptr_null(rq.errors->name);
	ck_assert_ptr_null(request_member(&rq, "data"));
}
END_TEST

START_TEST(bytes_around_a_flaw_are_fit_to_be_shown)
{
	ck_assert_int_eq(read_json("", "{\"a\":\"\xc3\xa9\xc3\xa9\xc3\xa9\xc3"
	    "\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"
	    "\x01\xff\"}"), E_SYNTAX);
	ck_assert_uint_ne(span_utf8_chars(str_span(rq.diag.client)),
	    SIZE_MAX);
	ck_assert_ptr_null(strchr(rq.diag.client, '\x01'));
	ck_assert_ptr_nonnull(strstr(rq.diag.client, "around: "));
}
END_TEST

/* The query, the setting, and whether \u0000 is replaced. */
static const struct {
	const char *query;
	char *setting;
	bool replaces;
} nuls[] = {
	{ "", refuse, false },
	{ "", replace, true },
	{ "nul=replace", refuse, true },
	{ "nul=refuse", replace, false },
};

START_TEST(what_jsonb_cannot_hold_is_replaced_where_that_was_said)
{
	settings.store_nul = nuls[_i].setting;
	ck_assert_int_eq(read_json(nuls[_i].query, "{\"data\":\"\\u0000\"}"),
	    nuls[_i].replaces ? E_OK : E_INVALID);
	ck_assert_int_eq(rq.replaces, nuls[_i].replaces);
	if (nuls[_i].replaces) {
		ck_assert_uint_eq(request_replace(&rq), 1);
		unit_span_eq(member("data"), "\"\\ufffd\"");
	}
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("request_json");
	TCase *tcase = tcase_create("request_json");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, members_of_the_rows_are_found);
	tcase_add_test(tcase, members_that_nobody_wants_are_kept_by_name);
	tcase_add_test(tcase, a_payload_may_be_the_whole_body);
	tcase_add_loop_test(tcase, the_media_type_must_be_json, 0,
	    (int)COUNT(types));
	tcase_add_loop_test(tcase, a_body_that_is_refused_says_where_and_why,
	    0, (int)COUNT(refused));
	tcase_add_test(tcase, bytes_around_a_flaw_are_fit_to_be_shown);
	tcase_add_loop_test(tcase,
	    what_jsonb_cannot_hold_is_replaced_where_that_was_said, 0,
	    (int)COUNT(nuls));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

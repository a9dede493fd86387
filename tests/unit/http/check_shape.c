/* SPDX-License-Identifier: MIT */
#include "http/shape.h"

#include <string.h>

#include "http/response.h"
#include "unit/unit.h"

static const struct shape_row part_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "name", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
};
static const struct shape part = { "part", NULL, part_rows, COUNT(part_rows),
	false, NULL };
static const struct shape parts = { "parts", NULL, part_rows,
	COUNT(part_rows), true, NULL };

static const struct shape_row whole_rows[] = {
	{ "parts", SHAPE_LIST, 0, NULL, &part },
	{ "first", SHAPE_OBJECT, SHAPE_OPTIONAL, NULL, &part },
	{ "share", SHAPE_NUMBER, SHAPE_OPTIONAL, NULL, NULL },
	{ "at", SHAPE_STAMP, SHAPE_OPTIONAL, NULL, NULL },
	{ "open", SHAPE_BOOL, SHAPE_OPTIONAL, NULL, NULL },
	{ "success", SHAPE_TRUE, SHAPE_OPTIONAL, NULL, NULL },
	{ "payload", SHAPE_JSON, SHAPE_OPTIONAL | SHAPE_NULLABLE, NULL, NULL },
	{ "settings", SHAPE_MAP, SHAPE_OPTIONAL, NULL, NULL },
	{ "words", SHAPE_TEXTS, SHAPE_OPTIONAL, NULL, NULL },
};
static const struct shape whole = { "whole", NULL, whole_rows,
	COUNT(whole_rows), false, NULL };
static const struct shape any = { "any", NULL, NULL, 0, false, NULL };
static const struct shape text = { "text/plain", NULL, NULL, 0, false, NULL };

/* A text and what is wrong with it; NULL: nothing. */
static const struct {
	const struct shape *shape;
	const char *json;
	const char *flaw;
} cases[] = {
	{ &part, "{\"id\":1,\"name\":\"a\"}", NULL },
	{ &part, "{\"name\":null,\"id\":-9223372036854775808}\n", NULL },
	{ &part, "{\"id\":1}", "part says: name is missing" },
	{ &part, "{\"id\":null,\"name\":\"a\"}", "id is null" },
	{ &part, "{\"id\":\"1\",\"name\":\"a\"}", "id is of another kind" },
	{ &part, "{\"id\":1.0,\"name\":\"a\"}", "id is of another kind" },
	{ &part, "{\"id\":1e3,\"name\":\"a\"}", "id is of another kind" },
	{ &part, "{\"id\":1,\"name\":true}", "name is of another kind" },
	{ &part, "{\"id\":1,\"name\":\"a\",\"more\":1}", "it has no more" },
	{ &part, "{\"id\":1,\"name\":\"a\",\"id\":1}", "part says: " },
	{ &part, "[]", "part says: " },
	{ &part, "", "part says: " },
	{ &part, "{\"id\":1,\"name\":\"a\"", "part says: " },
	{ &part, "{\"id\":1,\"name\":\"a\"}{}", "part says: " },
	{ &parts, "[]", NULL },
	{ &parts, "[{\"id\":1,\"name\":\"a\"},{\"id\":2,\"name\":null}]", NULL },
	{ &parts, "[{\"id\":1,\"name\":\"a\"} , {\"id\":2}]",
	    "name is missing" },
	{ &parts, "[1]", "parts says: " },
	{ &parts, "{}", "it is an array" },
	{ &whole, "{\"parts\":[]}", NULL },
	{ &whole, "{\"parts\":[{\"id\":1,\"name\":\"a\"}],"
	    "\"first\":{\"id\":1,\"name\":\"a\"},\"share\":0.5,"
	    "\"at\":\"2026-01-31T00:00:00Z\",\"open\":false,\"success\":true,"
	    "\"payload\":[1],\"settings\":{},\"words\":[\"a\",\"b\"]}", NULL },
	{ &whole, "{\"parts\":{}}", "parts is of another kind" },
	{ &whole, "{\"parts\":[{\"id\":1}]}", "part says: name is missing" },
	{ &whole, "{\"parts\":[],\"first\":{}}", "part says: id is missing" },
	{ &whole, "{\"parts\":[],\"first\":null}", "first is null" },
	{ &whole, "{\"parts\":[],\"first\":[]}", "first is of another kind" },
	{ &whole, "{\"parts\":[],\"share\":\"1\"}", "share is of another kind" },
	{ &whole, "{\"parts\":[],\"at\":1}", "at is of another kind" },
	{ &whole, "{\"parts\":[],\"open\":0}", "open is of another kind" },
	{ &whole, "{\"parts\":[],\"success\":false}", "success is of another" },
	{ &whole, "{\"parts\":[],\"payload\":1}", "payload is of another kind" },
	{ &whole, "{\"parts\":[],\"payload\":null}", NULL },
	{ &whole, "{\"parts\":[],\"settings\":[]}", "settings is of another" },
	{ &whole, "{\"parts\":[],\"words\":[\"a\",1]}", "words is of another" },
	{ &any, "{\"a\":1,\"b\":{}}", NULL },
	{ &any, "[]", "any says: " },
	{ &text, "etl_requests 1\n", NULL },
};

START_TEST(a_text_is_as_its_shape_says)
{
	struct span json = unit_copy(str_span(cases[_i].json));
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = shape_check(cases[_i].shape, json, &diag);
	ck_assert_msg(rc == (cases[_i].flaw == NULL ? E_OK : E_MISTAKE),
	    "%s: %s", cases[_i].json, diag.text);
	if (cases[_i].flaw != NULL)
		ck_assert_msg(strstr(diag.text, cases[_i].flaw) != NULL,
		    "%s: %s", cases[_i].json, diag.text);
	unit_free(json);
}
END_TEST

/* What a handler writes, against its shape and against another. */
START_TEST(an_answer_is_compared_without_its_payloads)
{
	struct arena *arena = arena_new(1 << 16);
	struct buf head, body, outline;
	struct diag diag;
	struct resp rp;

	buf_init(&head, 1 << 16);
	buf_init(&body, 1 << 16);
	buf_init(&outline, 1 << 16);
	response_init(&rp, &head, &body);
	json_object(rp.json, NULL);
	json_array(rp.json, "parts");
	json_end(rp.json);
	response_insert(&rp, "payload", SPAN_LIT("{\"more\":[1,2,3]}"), arena);
	json_bool(rp.json, "open", true);
	json_end(rp.json);
	response_end(&rp);
	response_outline(&rp, &outline);
	unit_span_eq(buf_span(&outline),
	    "{\"parts\":[],\"payload\":{},\"open\":true}\n");
	diag_clear(&diag);
	ck_assert_int_eq(shape_check(&whole, buf_span(&outline), &diag), E_OK);
	ck_assert_int_eq(shape_check(&part, buf_span(&outline), &diag),
	    E_MISTAKE);
	buf_free(&head);
	buf_free(&body);
	buf_free(&outline);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("shape");
	TCase *tcase = tcase_create("shape");

	tcase_add_loop_test(tcase, a_text_is_as_its_shape_says, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, an_answer_is_compared_without_its_payloads);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

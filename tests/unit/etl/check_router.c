/* SPDX-License-Identifier: MIT */
#include "etl/router.h"
#include "etl/service.h"
#include "http/route.h"
#include "unit/unit.h"

#include <string.h>

/*
 * Requests made from literals. The service has no servers: whatever would need
 * one is a mistake of the test. A GET asks whether its session is at the primary,
 * in vain: nobody listens.
 */
static struct arena *arena;
static struct buf body, head, answer;
static struct http_settings settings;
static struct service service;
static char nobody[] = "postgresql://u@127.0.0.1:1/d";
static char nothing[] = "";
static struct db_settings db_settings = { .database_url = nobody,
	.database_read_url = nothing,
	.database_session = nothing };
static struct req rq;
static struct resp rp;
static char none[] = "none";
static char required[] = "required";

static void
setup(void)
{
	arena = arena_new(1 << 20);
	buf_init(&body, 1 << 20);
	buf_init(&head, 1 << 16);
	buf_init(&answer, 1 << 20);
	settings.auth = none;
	settings.max_body = 1 << 20;
	service.settings = &settings;
	service.routes = &router_routes;
	service.db = db_new(&db_settings, "check");
	service_request(&service, &rq, arena, &body);
	response_init(&rp, &head, &answer);
}

static void
teardown(void)
{
	arena_free(arena);
	db_free(service.db);
	buf_free(&body);
	buf_free(&head);
	buf_free(&answer);
}

static void
ask(const char *method, const char *target, const char *json)
{
	rq.method = str_span(method);
	rq.query = str_span(target);
	rq.path = span_cut(&rq.query, '?');
	if (json != NULL) {
		rq.content_type = SPAN_LIT("application/json");
		buf_add_text(&body, json);
	}
	router_answer(&rq, &rp);
}

static bool
answered(const char *text)
{
	return answer.data != NULL && strstr(answer.data, text) != NULL;
}

static const struct {
	const char *method;
	const char *target;
	const char *json;
	int status;
	const char *text;
} cases[] = {
	{ "GET", "/app/etl/health", NULL, 200, "\"status\":\"ok\"" },
	{ "HEAD", "/app/etl/health", NULL, 200, "ok" },
	{ "GET", "/app/etl/health?x=%", NULL, 400, "hexadecimal" },
	{ "GET", "/app/etl/health?verbose=1", NULL, 400,
	    "[\"query\",\"verbose\"]" },
	{ "GET", "/app/etl/health?tenant_id=1", NULL, 200, "ok" },
	{ "GET", "/app/etl/healt", NULL, 404, "\"status\":404" },
	{ "GET", "/app/etl/health/", NULL, 200, "ok" },
	{ "GET", "/app/etl/health//", NULL, 404, "404" },
	{ "GET", "/app/etl//health", NULL, 404, "404" },
	{ "GET", "app/etl/health", NULL, 404, "404" },
	{ "GET", "", NULL, 404, "404" },
	{ "get", "/app/etl/health", NULL, 405, "405" },
	{ "POST", "/app/etl/health", NULL, 405, "GET, HEAD" },
	{ "PUT", "/app/etl/raw-data", NULL, 405, "405" },
	{ "GET", "/app/etl/raw-data/", NULL, 400, "tenant_id" },
	{ "GET", "/app/etl/raw-data/x?tenant_id=1", NULL, 400,
	    "[\"path\",\"id\"]" },
	{ "GET", "/app/etl/raw-data/0?tenant_id=1", NULL, 400, "path" },
	{ "GET", "/app/etl/raw-data/9223372036854775808?tenant_id=1", NULL, 400,
	    "path" },
	{ "GET", "/app/etl/raw-data", NULL, 400, "[\"query\",\"tenant_id\"]" },
	{ "GET", "/app/etl/raw-data?tenant_id=0", NULL, 400, "tenant_id" },
	{ "GET", "/app/etl/raw-data?tenant_id=1&tenant_id=2", NULL, 403,
	    "\"Forbidden\"" },
	{ "GET", "/app/etl/raw-data?tenant_id=1&limit=0&offset=x", NULL, 400,
	    "[\"query\",\"offset\"]" },
	{ "GET", "/app/etl/raw-data?tenant_id=1&cursor=1&offset=1", NULL, 400,
	    "cannot be combined" },
	{ "GET", "/app/etl/raw-data?tenant_id=1&limit=1&limit=1", NULL, 400,
	    "more than once" },
	{ "POST", "/app/etl/raw-data/store?tenant_id=1", "", 400,
	    "json_empty" },
	{ "POST", "/app/etl/raw-data/store?tenant_id=1", "{", 400,
	    "json_truncated" },
	{ "POST", "/app/etl/raw-data/store?tenant_id=1", "[]", 422,
	    "json_not_object" },
	{ "POST", "/app/etl/raw-data/store?tenant_id=1", "{}", 422,
	    "[\"body\",\"raw_data\"]" },
	{ "POST", "/app/etl/raw-data/store", "{\"tenant_id\":\"1\"}", 422,
	    "[\"body\",\"tenant_id\"]" },
	{ "POST", "/app/etl/raw-data/store?tenant_id=1", "{\"tenant_id\":2}",
	    403, "tenant_id" },
	{ "PUT", "/app/etl/raw-data/5/status?tenant_id=1",
	    "{\"processing_status\":\"done\"}", 422,
	    "[\"body\",\"processing_status\"]" },
	{ "GET", "/app/etl/wits?tenant_id=1&cursor=zz", NULL, 400,
	    "[\"query\",\"cursor\"]" },
	{ "GET", "/app/etl/workflows?tenant_id=1&cursor=313a41", NULL, 400,
	    "[\"query\",\"cursor\"]" },
	{ "GET", "/app/etl/wits?tenant_id=1&limit=1001&active=x", NULL, 400,
	    "[\"query\",\"active\"]" },
	{ "POST", "/app/etl/wits?tenant_id=1", "{}", 405, "GET, HEAD" },
	{ "POST", "/app/etl/wit-mappings?tenant_id=1", "{}", 422,
	    "[\"body\",\"hierarchy_level\"]" },
	{ "PUT", "/app/etl/workflows/1?tenant_id=1", "", 400, "json_empty" },
	{ "GET", "/app/etl/raw-data?tenant_id=1", "{\"limit\":1}", 422,
	    "limit belongs in the query" },
	{ "POST", "/app/etl/raw-data/5/requeue?tenant_id=1",
	    "{\"dry_run\":true}", 422, "[\"body\",\"dry_run\"]" },
	{ "DELETE", "/app/etl/raw-data/5?tenant_id=1", "[]", 422,
	    "json_not_object" },
	{ "PUT", "/app/etl/raw-data/5/status?tenant_id=1&status=failed",
	    "{\"processing_status\":\"failed\"}", 400,
	    "processing_status belongs in the body" },
	{ "PUT", "/app/etl/raw-data/5/status?tenant_id=1",
	    "{\"processing_status\":\"failed\",\"status\":\"pending\"}", 422,
	    "beside status, its older name" },
	{ "DELETE", "/app/etl/workflows/1?tenant_id=1", "{", 400,
	    "json_truncated" },
	{ "DELETE", "/app/etl/workflows/1?tenant_id=1",
	    "{\"target_workflow_id\":0}", 422,
	    "[\"body\",\"target_workflow_id\"]" },
	{ "DELETE", "/app/etl/wits-hierarchies/0?tenant_id=1", NULL, 400,
	    "[\"path\",\"id\"]" },
	{ "PUT", "/app/etl/raw-data/5/status?tenant_id=1",
	    "{\"status\":\"done\"}", 422, "[\"body\",\"status\"]" },
	{ "GET", "/app/etl/openapi.json", NULL, 200, "\"openapi\":\"3.1.0\"" },
	{ "POST", "/app/etl/jobs/extract?tenant_id=1",
	    "{\"integration_id\":1,\"job_type\":\"\",\"job_params\":[]}", 422,
	    "[\"body\",\"job_params\"]" },
	{ "POST", "/app/etl/integrations/upload-logo?tenant_id=1", "{}", 415,
	    "multipart/form-data" },
	{ "GET", "/app/etl/logos/..%2fetl.conf", NULL, 400,
	    "[\"path\",\"name\"]" },
	{ "GET", "/app/etl/logos/.svg", NULL, 400, "string_length" },
	{ "GET", "/app/etl/logos/a.png", NULL, 400, "string_form" },
	{ "GET", "/app/etl/logos/a.svg?tenant=1", NULL, 400,
	    "[\"query\",\"tenant\"]" },
	{ "GET", "/app/etl/logos/", NULL, 404, "404" },
	{ "PUT", "/app/etl/logos/a.svg", NULL, 405, "GET, HEAD" },
};

START_TEST(a_request_is_answered_without_a_server)
{
	ask(cases[_i].method, cases[_i].target, cases[_i].json);
	ck_assert_msg(rp.status == cases[_i].status, "%s %s: %d",
	    cases[_i].method, cases[_i].target, rp.status);
	if (rp.status == 405)
		ck_assert(strstr(head.data, "Allow: ") != NULL);
	ck_assert_msg(answered(cases[_i].text), "%s", answer.data);
	if (rp.status == 200)
		ck_assert_int_eq(shape_check(rq.route->answer,
		    buf_span(&answer), &rq.diag), E_OK);
}
END_TEST

/* The answer is the usual one, whole, or that there was no memory for it. */
START_TEST(memory_may_end_anywhere)
{
	for (size_t room = 0; room <= 8192; room += 16) {
		arena_free(arena);
		arena = arena_new(room);
		buf_reset(&body, SIZE_MAX);
		service_request(&service, &rq, arena, &body);
		response_init(&rp, &head, &answer);
		ask(cases[_i].method, cases[_i].target, cases[_i].json);
		if (room < 8192 && rp.status == 500) {
			ck_assert_int_eq(rq.diag.code, E_NO_MEMORY);
			ck_assert(!answered("\"errors\""));
		} else {
			ck_assert_msg(rp.status == cases[_i].status,
			    "%zu bytes: %d", room, rp.status);
			ck_assert_msg(answered(cases[_i].text), "%zu bytes: %s",
			    room, answer.data);
		}
		ck_assert(!arena_failed(arena));
	}
}
END_TEST

START_TEST(every_invalid_field_is_in_one_answer)
{
	ask("POST", "/app/etl/raw-data/store?queue_transform=maybe",
	    "{\"integration_id\":0,\"entity_type\":\"\",\"raw_data\":1}");
	ck_assert_int_eq(rp.status, 400);
	ck_assert(answered("[\"query\",\"tenant_id\"]"));
	ck_assert(answered("[\"query\",\"queue_transform\"]"));
	ck_assert(answered("[\"body\",\"integration_id\"]"));
	ck_assert(answered("[\"body\",\"entity_type\"]"));
	ck_assert(answered("[\"body\",\"raw_data\"]"));
}
END_TEST

START_TEST(without_a_token_only_health_answers)
{
	settings.auth = required;
	ask("GET", "/app/etl/raw-data?tenant_id=1", NULL);
	ck_assert_int_eq(rp.status, 401);
	ck_assert(strstr(head.data, "WWW-Authenticate: Bearer") != NULL);
	ck_assert(answered("Unauthorized"));
}
END_TEST

START_TEST(another_media_type_is_refused_before_the_body_is_read)
{
	rq.content_type = SPAN_LIT("text/plain");
	rq.content_length = SPAN_LIT("99999999999");
	ask("POST", "/app/etl/raw-data/store?tenant_id=1", NULL);
	ck_assert_int_eq(rp.status, 415);
	ck_assert(answered("application/json"));
}
END_TEST

/* The file of a form whose boundary is b; NULL: there is none. */
static void
upload(const char *file)
{
	rq.content_type = SPAN_LIT("multipart/form-data; boundary=b");
	if (file != NULL) {
		buf_add_text(&body, "--b\r\nContent-Disposition: form-data;"
		    " name=\"file\"\r\n\r\n");
		buf_add_text(&body, file);
		buf_add_text(&body, "\r\n");
	}
	buf_add_text(&body, "--b--");
	ask("POST", "/app/etl/integrations/upload-logo?tenant_id=1", NULL);
}

START_TEST(a_form_without_its_file_names_the_field)
{
	settings.logo_dir = none;
	upload(_i == 0 ? NULL : "");
	ck_assert_int_eq(rp.status, 422);
	ck_assert(answered(_i == 0 ? "is missing" : "must not be empty"));
	ck_assert(answered("[\"body\",\"file\"]"));
}
END_TEST

/* A standby takes no changes, and of one row the newest version is wanted. */
START_TEST(a_standby_may_answer_lists_alone)
{
	size_t lists = 0;

	for (size_t i = 0; i < router_routes.count; i++) {
		const struct route *route = &router_routes.rows[i];

		if (!route->is_list)
			continue;
		lists++;
		ck_assert_str_eq(route->method, "GET");
		ck_assert_int_eq(route->role, ROLE_READER);
		ck_assert_ptr_null(strstr(route->path, "{id}"));
	}
	ck_assert_uint_ge(lists, 20);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("router");
	TCase *tcase = tcase_create("router");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_request_is_answered_without_a_server, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, memory_may_end_anywhere, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, every_invalid_field_is_in_one_answer);
	tcase_add_test(tcase, without_a_token_only_health_answers);
	tcase_add_test(tcase,
	    another_media_type_is_refused_before_the_body_is_read);
	tcase_add_loop_test(tcase, a_form_without_its_file_names_the_field, 0,
	    2);
	tcase_add_test(tcase, a_standby_may_answer_lists_alone);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

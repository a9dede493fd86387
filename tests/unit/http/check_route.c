/* SPDX-License-Identifier: MIT */
#include "http/route.h"

#include "unit/unit.h"

static const struct route routes[] = {
	{ .method = "GET", .path = "/a" },
	{ .method = "POST", .path = "/a" },
	{ .method = "GET", .path = "/a/{id}" },
	{ .method = "POST", .path = "/a/b" },
	{ .method = "DELETE", .path = "/a/{id}" },
	{ .method = "PUT", .path = "/a/{id}/c" },
	{ .method = "GET", .path = "/d/{name}" },
};

static struct arena *arena;
static struct buf body;
static struct req rq;
static char allow[ROUTE_ALLOW_SIZE];

static void
setup(void)
{

	arena = arena_new(1 << 16);
	buf_init(&body, 16);
	request_init(&rq, arena, &body);
}

static void
teardown(void)
{
	arena_free(arena);
	buf_free(&body);
}

static enum err
find(const char *method, const char *path)
{
	rq.method = str_span(method);
	rq.path = str_span(path);
	return route_find(routes, COUNT(routes), &rq, allow);
}

static const struct {
	const char *method, *path;
	size_t route;
	int64_t id;
} found[] = {
	{ "GET", "/a", 0, 0 },
	{ "HEAD", "/a", 0, 0 },
	{ "POST", "/a", 1, 0 },
	{ "GET", "/a/", 0, 0 },
	{ "GET", "/a/7", 2, 7 },
	{ "GET", "/a/7/", 2, 7 },
	{ "HEAD", "/a/9223372036854775807", 2, INT64_MAX },
	{ "DELETE", "/a/7", 4, 7 },
	{ "POST", "/a/b", 3, 0 },
	{ "PUT", "/a/12/c", 5, 12 },
	{ "GET", "/d/7", 6, 0 },
	{ "HEAD", "/d/..%2fx.svg", 6, 0 },
};

START_TEST(a_method_and_a_path_have_one_route)
{
	ck_assert_int_eq(find(found[_i].method, found[_i].path), E_OK);
	ck_assert_ptr_eq(rq.route, &routes[found[_i].route]);
	ck_assert_int_eq(rq.id, found[_i].id);
}
END_TEST

START_TEST(a_name_is_told_as_it_came)
{
	ck_assert_int_eq(find("GET", "/d/%61-1.svg"), E_OK);
	unit_span_eq(rq.name, "%61-1.svg");
	ck_assert_int_eq(find("GET", "/d/"), E_NO_ROUTE);
	ck_assert_int_eq(find("GET", "/d/a/b"), E_NO_ROUTE);
}
END_TEST

static const char *const unknown[] = { "", "/", "a", "/A", "/a//", "//a",
	"/a/7/d", "/a//c", "/a/b/c/d", "/aa", "/%61" };

START_TEST(paths_are_compared_byte_by_byte)
{
	ck_assert_int_eq(find("GET", unknown[_i]), E_NO_ROUTE);
	ck_assert_str_ne(rq.diag.client, "");
}
END_TEST

static const struct {
	const char *method, *path, *allow;
} others[] = {
	{ "DELETE", "/a", "GET, HEAD, POST" },
	{ "get", "/a", "GET, HEAD, POST" },
	{ "", "/a", "GET, HEAD, POST" },
	{ "POST", "/a/7", "GET, HEAD, DELETE" },
	{ "HEAD", "/a/7/c", "PUT" },
	/* Written out, it is no {id}. */
	{ "GET", "/a/b", "POST" },
	{ "DELETE", "/a/b", "POST" },
};

START_TEST(another_method_is_told_those_that_would_do)
{
	ck_assert_int_eq(find(others[_i].method, others[_i].path), E_METHOD);
	ck_assert_str_eq(allow, others[_i].allow);
	ck_assert_ptr_null(rq.route);
}
END_TEST

static const char *const bad_ids[] = { "/a/0", "/a/-1", "/a/07", "/a/7x",
	"/a/{id}", "/a/9223372036854775808", "/a/7.0", "/a/%37" };

START_TEST(an_id_is_a_positive_number)
{
	ck_assert_int_eq(find("GET", bad_ids[_i]), E_SYNTAX);
	ck_assert_ptr_nonnull(rq.errors);
	ck_assert_int_eq(rq.errors->place, FIELD_PATH);
	ck_assert_str_eq(rq.errors->name, "id");
	ck_assert_str_eq(rq.errors->type, "int_type");
}
END_TEST

START_TEST(each_role_has_its_word)
{
	ck_assert_str_eq(role_name(ROLE_OPEN), "open");
	ck_assert_str_eq(role_name(ROLE_SIGNED), "signed");
	ck_assert_str_eq(role_name(ROLE_READER), "reader");
	ck_assert_str_eq(role_name(ROLE_WRITER), "writer");
	ck_assert_str_eq(role_name(ROLE_ADMIN), "admin");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("route");
	TCase *tcase = tcase_create("route");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_name_is_told_as_it_came);
	tcase_add_loop_test(tcase, a_method_and_a_path_have_one_route, 0,
	    (int)COUNT(found));
	tcase_add_loop_test(tcase, paths_are_compared_byte_by_byte, 0,
	    (int)COUNT(unknown));
	tcase_add_loop_test(tcase, another_method_is_told_those_that_would_do,
	    0, (int)COUNT(others));
	tcase_add_loop_test(tcase, an_id_is_a_positive_number, 0,
	    (int)COUNT(bad_ids));
	tcase_add_test(tcase, each_role_has_its_word);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "unit/unit.h"

#include <string.h>

#include "extract/extractor.h"

#define PRS(nodes, info) \
	"{\"data\":{\"repository\":{\"pullRequests\":{\"nodes\":[" nodes \
	"],\"pageInfo\":{" info "}}}}}"
#define MORE "\"hasNextPage\":true,\"endCursor\":\"c1\""
#define LAST "\"hasNextPage\":false,\"endCursor\":\"c1\""
#define NODE(updated, commits) \
	"{\"id\":\"PR_1\",\"updatedAt\":\"" updated "\",\"commits\":" commits \
	"}"
#define ERROR(type, text, data) \
	"{\"errors\":[{\"type\":\"" type "\",\"message\":\"" text \
	"\"}],\"data\":" data "}"

static const struct {
	const char *body;
	enum page_flaw flaw;
	const char *next;
	size_t lacking;
} cases[] = {
	{ PRS(NODE("2026-03-01T00:00:00Z", "{\"pageInfo\":{" LAST "}}"), MORE),
	    PAGE_FINE, "c1", 0 },
	{ PRS(NODE("2026-03-01T00:00:00Z", "{\"pageInfo\":{" MORE "}}"), LAST),
	    PAGE_FINE, NULL, 1 },
	{ PRS(NODE("2025-12-31T23:59:59Z", "null"), MORE), PAGE_FINE, NULL, 0 },
	{ PRS(NODE("2026-01-01T00:00:00Z", "null"), MORE), PAGE_FINE, "c1", 0 },
	{ PRS("", LAST), PAGE_FINE, NULL, 0 },
	{ PRS("null", LAST), PAGE_TOO_DEAR, NULL, 0 },
	{ PRS("", "\"hasNextPage\":true,\"endCursor\":null"), PAGE_REFUSED,
	    NULL, 0 },
	{ PRS("", "\"hasNextPage\":true,\"endCursor\":\"\\ud800\""),
	    PAGE_REFUSED, NULL, 0 },
	{ "{\"data\":{\"repository\":null}}", PAGE_NO_PART, NULL, 0 },
	{ "{\"data\":{}}", PAGE_REFUSED, NULL, 0 },
	{ "[]", PAGE_REFUSED, NULL, 0 },
	{ ERROR("RATE_LIMITED", "x", "null"), PAGE_USED_UP, NULL, 0 },
	{ ERROR("", "You have exceeded a secondary rate limit", "null"),
	    PAGE_LIMITED, NULL, 0 },
	{ ERROR("NOT_FOUND", "gone", "{\"repository\":null}"), PAGE_NO_PART,
	    NULL, 0 },
	{ ERROR("", "Something went wrong", "null"), PAGE_TOO_DEAR, NULL, 0 },
	{ "{\"errors\":[{\"message\":\"a field\"}],"
	  "\"data\":{\"repository\":{\"pullRequests\":{\"nodes\":[{}]}}}}",
	    PAGE_FINE, NULL, 0 },
	{ "{\"errors\":[{\"message\":\"a field\"}],\"data\":{\"repository\":"
	  "{\"pullRequests\":{\"nodes\":[{\"id\":\"PR_1\",\"commits\":null}]}}}}",
	    PAGE_FINE, NULL, 1 },
};

START_TEST(a_page_of_pull_requests)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(cases[_i].body));
	const struct page_answer answer = { body, NULL };
	struct page_wish wish = { .base = "https://x", .arena = arena };
	struct page page = { 0 };

	wish.from_ms = SPAN_LIT("1767225600000"); /* 2026-01-01T00:00:00Z */
	github_read_prs(&wish, &answer, &page);
	ck_assert_int_eq(page.flaw, cases[_i].flaw);
	if (cases[_i].next == NULL)
		ck_assert_ptr_null(page.next.at);
	else
		unit_span_eq(page.next, cases[_i].next);
	ck_assert_uint_eq(page.lacking_count, cases[_i].lacking);
	if (cases[_i].lacking > 0) /* of a null part it has no cursor */
		unit_span_eq(page.lacking[0],
		    strstr(cases[_i].body, "null}]") != NULL ?
			"PR_1 commits" :
			"PR_1 commits c1");
	unit_free(body);
	arena_free(arena);
}
END_TEST

static const struct {
	const char *link, *next;
	enum page_flaw flaw;
} links[] = {
	{ NULL, NULL, PAGE_FINE },
	{ "<https://x/repos?page=2>; rel=\"next\", <https://x/repos?page=9>;"
	  " rel=\"last\"",
	    "https://x/repos?page=2", PAGE_FINE },
	{ "<https://x/repos?page=1>; rel=\"prev\"", NULL, PAGE_FINE },
	{ "<https://evil/repos?page=2>; rel=\"next\"",
	    "https://evil/repos?page=2", PAGE_REFUSED },
	{ "nonsense", NULL, PAGE_FINE },
	{ "", NULL, PAGE_FINE },
};

START_TEST(repositories_go_on_where_link_says)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(
	    SPAN_LIT("[{\"full_name\":\"a/b\"},{\"full_name\":null}]"));
	const struct page_answer answer = { body, links[_i].link };
	struct page_wish wish = { .base = "https://x", .arena = arena };
	struct page page = { 0 };

	github_read_repositories(&wish, &answer, &page);
	ck_assert_int_eq(page.flaw, links[_i].flaw);
	ck_assert_uint_eq(page.part_count, 1);
	unit_span_eq(page.parts[0], "a/b");
	if (links[_i].next == NULL)
		ck_assert_ptr_null(page.next.at);
	else
		unit_span_eq(page.next, links[_i].next);
	unit_free(body);
	arena_free(arena);
}
END_TEST

START_TEST(a_pull_request_is_named)
{
	struct arena *arena = arena_new(65536);
	struct page_wish wish = { .base = "https://x", .arena = arena };
	struct page_question question = { 0 };
	struct page page = { 0 };
	struct span body = unit_copy(SPAN_LIT(
	    "{\"data\":{\"repository\":{\"pullRequest\":"
	    "{\"id\":\"PR_1\",\"commits\":{\"pageInfo\":{" MORE "}}}}}}"));
	const struct page_answer answer = { body, NULL };

	wish.part = SPAN_LIT("o/r#7");
	github_ask_pr(&wish, &question);
	ck_assert_ptr_nonnull(strstr(question.body.at,
	    "\"variables\":{\"owner\":\"o\",\"name\":\"r\",\"number\":7}"));
	github_read_pr(&wish, &answer, &page);
	ck_assert_int_eq(page.flaw, PAGE_FINE);
	ck_assert_int_eq(page.items, 1);
	ck_assert_uint_eq(page.lacking_count, 1);
	unit_span_eq(page.lacking[0], "PR_1 commits c1");
	unit_free(body);
	body = unit_copy(
	    SPAN_LIT("{\"data\":{\"repository\":{\"pullRequest\":null}}}"));
	page = (struct page){ 0 };
	github_read_pr(&wish, &(const struct page_answer){ body, NULL }, &page);
	ck_assert_int_eq(page.flaw, PAGE_NO_PART);
	unit_free(body);
	arena_free(arena);
}
END_TEST

START_TEST(a_census_counts_its_pages)
{
	struct arena *arena = arena_new(65536);
	struct page_wish wish = { .base = "https://x",
		.size = 100,
		.arena = arena };
	struct page_question question = { 0 };
	struct page page = { 0 };
	struct span body =
	    unit_copy(SPAN_LIT(PRS("{\"id\":\"PR_1\",\"number\":1}", MORE)));
	const struct page_answer answer = { body, NULL };

	wish.part = SPAN_LIT("o/r");
	wish.token = SPAN_LIT("4 c0");
	github_ask_pr_numbers(&wish, &question);
	ck_assert_ptr_nonnull(strstr(question.body.at,
	    "\"after\":\"c0\",\"first\":100}"));
	github_read_pr_numbers(&wish, &answer, &page);
	ck_assert_int_eq(page.flaw, PAGE_FINE);
	ck_assert_int_eq(page.census_page, 4);
	unit_span_eq(page.next, "5 c1");
	unit_free(body);
	arena_free(arena);
}
END_TEST

START_TEST(a_part_is_asked_for_by_its_node)
{
	struct arena *arena = arena_new(65536);
	const struct span lacking[] = { SPAN_LIT("PR_1 reviews c1") };
	struct page_wish wish = { .base = "https://x/api/v3",
		.lacking = lacking,
		.lacking_count = 1,
		.arena = arena };
	struct page_question question = { 0 };

	github_ask_part(&wish, &question);
	ck_assert_str_eq(question.url, "https://x/api/graphql");
	ck_assert_ptr_nonnull(strstr(question.body.at,
	    "reviews(first:100,after:$after)"));
	ck_assert_ptr_nonnull(strstr(question.body.at,
	    "\"variables\":{\"id\":\"PR_1\",\"after\":\"c1\"}"));
	arena_free(arena);
}
END_TEST

/* Changed at these times, newest first; asked for is what came before `to`. */
static const struct {
	const char *to, *newest, *oldest;
	bool is_passed_over;
} bounds[] = {
	{ NULL, "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z", false },
	{ "1772323200000", "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z",
	    true },
	{ "1772323201000", "2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z",
	    false },
	{ "1767225600000", "2026-03-02T00:00:00Z", "2025-12-31T23:59:59Z",
	    false },
};

START_TEST(what_is_newer_than_asked_for_is_passed_over)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(arena_printf(arena,
	    PRS("{\"id\":\"PR_2\",\"updatedAt\":\"%s\"},"
		"{\"id\":\"PR_1\",\"updatedAt\":\"%s\",\"commits\":"
		"{\"pageInfo\":{" MORE "}}}",
		MORE),
	    bounds[_i].newest, bounds[_i].oldest)));
	const struct page_answer answer = { body, NULL };
	struct page_wish wish = { .base = "https://x", .arena = arena };
	struct page page = { 0 };

	wish.to_ms = str_span(bounds[_i].to);
	github_read_prs(&wish, &answer, &page);
	ck_assert_int_eq(page.flaw, PAGE_FINE);
	ck_assert_int_eq(page.is_passed_over, bounds[_i].is_passed_over);
	ck_assert_uint_eq(page.lacking_count, !bounds[_i].is_passed_over);
	unit_span_eq(page.next, "c1");
	unit_free(body);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("github_page");
	TCase *tcase = tcase_create("github_page");

	tcase_add_loop_test(tcase, a_page_of_pull_requests, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, repositories_go_on_where_link_says, 0,
	    (int)COUNT(links));
	tcase_add_loop_test(tcase, what_is_newer_than_asked_for_is_passed_over,
	    0, (int)COUNT(bounds));
	tcase_add_test(tcase, a_pull_request_is_named);
	tcase_add_test(tcase, a_census_counts_its_pages);
	tcase_add_test(tcase, a_part_is_asked_for_by_its_node);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

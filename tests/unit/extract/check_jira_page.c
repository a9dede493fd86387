/* SPDX-License-Identifier: MIT */
#include "unit/unit.h"

#include "extract/extractor.h"

/* What a page says: its flaw, items, the next token, what it names or lacks. */
static const struct {
	page_read *read;
	const char *token, *body;
	enum page_flaw flaw;
	int64_t items;
	const char *next;
	size_t named;
	const char *first;
} cases[] = {
	{ jira_read_projects, NULL,
	    "{\"values\":[{\"key\":\"AA\"},{\"key\":\"BB\"}],\"total\":3,"
	    "\"isLast\":false}",
	    PAGE_FINE, 2, "2", 2, "AA" },
	{ jira_read_projects, "2",
	    "{\"values\":[{\"key\":\"CC\"}],\"total\":3,\"isLast\":true}",
	    PAGE_FINE, 1, NULL, 1, "CC" },
	{ jira_read_projects, NULL,
	    "{\"values\":[{\"key\":\"AA\"}],\"total\":3,\"isLast\":true}",
	    PAGE_REFUSED, 1, NULL, 1, "AA" },
	{ jira_read_projects, "1", "{\"values\":[],\"total\":3}", PAGE_REFUSED,
	    0, NULL, 0, NULL },
	{ jira_read_projects, NULL, "{\"values\":[]}", PAGE_FINE, 0, NULL, 0,
	    NULL },
	{ jira_read_projects, NULL, "{\"errorMessages\":[]}", PAGE_REFUSED, 0,
	    NULL, 0, NULL },
	{ jira_read_projects, NULL, "[]", PAGE_REFUSED, 0, NULL, 0, NULL },
	{ jira_read_all_projects, NULL, "[{\"key\":\"AA\"},{\"id\":\"1\"}]",
	    PAGE_FINE, 2, NULL, 1, "AA" },
	{ jira_read_list, NULL, "[{},{}]", PAGE_FINE, 2, NULL, 0, NULL },
	{ jira_read_list, NULL, "{}", PAGE_REFUSED, 0, NULL, 0, NULL },
	{ jira_read_search, NULL, "{\"issues\":[{},{}],\"total\":5}", PAGE_FINE,
	    2, "2", 0, NULL },
	/* A page begins with the last issue of the one before. */
	{ jira_read_search, NULL,
	    "{\"issues\":[{\"id\":\"7\"},{\"id\":\"8\"}],\"total\":5}", PAGE_FINE,
	    2, "1 0 8", 0, NULL },
	{ jira_read_search, "1 0 8",
	    "{\"issues\":[{\"id\":\"8\"},{\"id\":\"9\"}],\"total\":5}", PAGE_FINE,
	    2, "2 0 9", 0, NULL },
	/* It is another one: one was deleted, back by a page (of 10). */
	{ jira_read_search, "31 2 8",
	    "{\"issues\":[{\"id\":\"9\"},{\"id\":\"10\"}],\"total\":33}",
	    PAGE_FINE, 2, "21 3", 0, NULL },
	{ jira_read_search, "1 0 8", "{\"issues\":[{\"id\":9}],\"total\":2}",
	    PAGE_FINE, 1, "0 1", 0, NULL },
	{ jira_read_search, "31 20 8", "{\"issues\":[{\"id\":\"9\"}],\"total\":1}",
	    PAGE_REFUSED, 1, "21 21", 0, NULL },
	/* The last one, deleted or not. */
	{ jira_read_search, "4 0 8", "{\"issues\":[],\"total\":4}", PAGE_FINE, 0,
	    NULL, 0, NULL },
	{ jira_read_search, "4 0 8", "{\"issues\":[{\"id\":\"8\"}],\"total\":5}",
	    PAGE_FINE, 1, NULL, 0, NULL },
	{ jira_read_search, "4", "{\"issues\":[{}],\"total\":5}", PAGE_FINE, 1,
	    NULL, 0, NULL },
	{ jira_read_search, "4", "{\"issues\":[],\"total\":5}", PAGE_REFUSED, 0,
	    NULL, 0, NULL },
	{ jira_read_search, NULL, "{\"issues\":[]}", PAGE_REFUSED, 0, NULL, 0,
	    NULL },
	{ jira_read_issue, NULL,
	    "{\"id\":\"7\",\"changelog\":{\"histories\":[{}],"
	    "\"total\":1}}",
	    PAGE_FINE, 1, NULL, 0, NULL },
	{ jira_read_issue, NULL, "{\"errorMessages\":[]}", PAGE_REFUSED, 0,
	    NULL, 0, NULL },
	{ jira_read_issue, NULL, "[]", PAGE_REFUSED, 0, NULL, 0, NULL },
	{ jira_read_ids, NULL,
	    "{\"issues\":[{\"id\":\"1\"}],\"nextPageToken\":\"t\"}", PAGE_FINE,
	    1, "2 t", 0, NULL },
	{ jira_read_ids, "2 t",
	    "{\"issues\":[{\"id\":\"2\"}],\"nextPageToken\":\"u\"}", PAGE_FINE,
	    1, "3 u", 0, NULL },
	{ jira_read_ids, "3 u", "{\"issues\":[{\"id\":\"3\"}]}", PAGE_FINE, 1,
	    NULL, 0, NULL },
	{ jira_read_ids, "3 u", "{\"issues\":[],\"isLast\":true}", PAGE_REFUSED,
	    0, NULL, 0, NULL },
	{ jira_read_ids, NULL, "{\"issues\":[],\"isLast\":true}", PAGE_FINE, 0,
	    NULL, 0, NULL },
	{ jira_read_ids, NULL, "{\"issues\":[{}],\"isLast\":false}",
	    PAGE_REFUSED, 1, NULL, 0, NULL },
	{ jira_read_ids_2, NULL,
	    "{\"issues\":[{\"id\":\"1\"},{\"id\":\"2\"}],\"total\":3}",
	    PAGE_FINE, 2, "2 2 2", 0, NULL },
	{ jira_read_ids_2, "2 2 2",
	    "{\"issues\":[{\"id\":\"2\"},{\"id\":\"3\"}],\"total\":4}",
	    PAGE_FINE, 2, "3 3 3", 0, NULL },
	{ jira_read_ids_2, "2 2 2",
	    "{\"issues\":[{\"id\":\"2\"},{\"id\":\"3\"}],\"total\":3}",
	    PAGE_FINE, 2, NULL, 0, NULL },
	{ jira_read_ids_2, "2 2 2", "{\"issues\":[{\"id\":\"3\"}],\"total\":2}",
	    PAGE_REFUSED, 1, NULL, 0, NULL },
	{ jira_read_ids_2, "2 2 2", "{\"issues\":[],\"total\":3}", PAGE_REFUSED,
	    0, NULL, 0, NULL },
	{ jira_read_ids_2, "2 2 2", "{\"issues\":[{\"id\":\"2\"}],\"total\":3}",
	    PAGE_REFUSED, 1, NULL, 0, NULL },
	{ jira_read_ids_2, NULL, "{\"issues\":[]}", PAGE_REFUSED, 0, NULL, 0,
	    NULL },
	{ jira_read_ids_2, NULL, "{\"issues\":[],\"total\":0}", PAGE_FINE, 0,
	    NULL, 0, NULL },
	{ jira_read_changelogs, NULL,
	    "{\"issueChangeLogs\":[{}],\"nextPageToken\":\"t\"}", PAGE_FINE, 1,
	    "t", 0, NULL },
	/* A token that cannot be read is not the last page's. */
	{ jira_read_changelogs, NULL,
	    "{\"issueChangeLogs\":[{}],\"nextPageToken\":\"\\ud800\"}",
	    PAGE_REFUSED, 1, NULL, 0, NULL },
	{ jira_read_search_jql, NULL,
	    "{\"issues\":[{}],\"nextPageToken\":\"\\ud800\"}", PAGE_REFUSED,
	    1, NULL, 0, NULL },
	{ jira_read_search_jql, NULL, "{\"issues\":[{}],\"nextPageToken\":7}",
	    PAGE_REFUSED, 1, NULL, 0, NULL },
	{ jira_read_search_jql, NULL,
	    "{\"issues\":[{}],\"nextPageToken\":null,\"isLast\":true}",
	    PAGE_FINE, 1, NULL, 0, NULL },
	{ jira_read_search_jql, NULL, "{\"issues\":{\"0\":1}}", PAGE_REFUSED,
	    0, NULL, 0, NULL },
	{ jira_read_search_jql, NULL, "null", PAGE_REFUSED, 0, NULL, 0, NULL },
};

static struct page
read_page(page_read *read, const char *token, struct span body,
    struct arena *arena)
{
	const struct page_answer answer = { body, NULL };
	struct page_wish wish = { .base = "https://x",
		.size = 10,
		.arena = arena };
	struct page page = { 0 };

	wish.token = str_span(token);
	read(&wish, &answer, &page);
	return page;
}

/* What is asked for, with which token. */
static const struct {
	page_ask *ask;
	const char *part, *token, *from, *to, *want;
} questions[] = {
	{ jira_ask_issue, "10002", NULL, NULL, NULL,
	    "https://x/rest/api/3/issue/10002?fields=*all&expand=changelog" },
	{ jira_ask_issue_2, "A/?-1", NULL, NULL, NULL,
	    "https://x/rest/api/2/issue/A%2F%3F-1?fields=*all&"
	    "expand=changelog" },
	{ jira_ask_ids, "AA", NULL, NULL, NULL,
	    "{\"jql\":\"project = \\\"AA\\\" ORDER BY key ASC\","
	    "\"maxResults\":10,\"fields\":[\"id\"]}" },
	{ jira_ask_ids, "AA", "7 a b", NULL, NULL,
	    "{\"jql\":\"project = \\\"AA\\\" ORDER BY key ASC\","
	    "\"maxResults\":10,\"fields\":[\"id\"],"
	    "\"nextPageToken\":\"a b\"}" },
	{ jira_ask_ids_2, "AA", NULL, NULL, NULL,
	    "{\"jql\":\"project = \\\"AA\\\" ORDER BY key ASC\","
	    "\"startAt\":0,\"maxResults\":10,\"fields\":[\"id\"]}" },
	{ jira_ask_ids_2, "AA", "2 10 10010", NULL, NULL,
	    "{\"jql\":\"project = \\\"AA\\\" ORDER BY key ASC\","
	    "\"startAt\":9,\"maxResults\":10,\"fields\":[\"id\"]}" },
	{ jira_ask_search_jql, "AA", NULL, "1", "2",
	    "{\"jql\":\"project = \\\"AA\\\" AND updated >= 1"
	    " AND updated < 2 ORDER BY updated ASC\",\"maxResults\":10,"
	    "\"fields\":[\"*all\"],\"expand\":\"changelog\"}" },
};

START_TEST(a_question_is_the_sources)
{
	struct arena *arena = arena_new(65536);
	struct page_wish wish = { .base = "https://x",
		.size = 10,
		.arena = arena };
	struct page_question question = { 0 };

	wish.part = str_span(questions[_i].part);
	wish.token = str_span(questions[_i].token);
	wish.from_ms = str_span(questions[_i].from);
	wish.to_ms = str_span(questions[_i].to);
	questions[_i].ask(&wish, &question);
	if (question.body.at == NULL)
		ck_assert_str_eq(question.url, questions[_i].want);
	else
		unit_span_eq(question.body, questions[_i].want);
	arena_free(arena);
}
END_TEST

START_TEST(a_page_says_where_the_next_one_is)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(cases[_i].body));
	struct page page = read_page(cases[_i].read, cases[_i].token, body,
	    arena);

	ck_assert_int_eq(page.flaw, cases[_i].flaw);
	ck_assert_int_eq(page.items, cases[_i].items);
	if (cases[_i].next == NULL)
		ck_assert_ptr_null(page.next.at);
	else
		unit_span_eq(page.next, cases[_i].next);
	ck_assert_uint_eq(page.part_count, cases[_i].named);
	if (cases[_i].first != NULL)
		unit_span_eq(page.parts[0], cases[_i].first);
	unit_free(body);
	arena_free(arena);
}
END_TEST

#define ISSUE(id, log) "{\"id\":\"" id "\",\"changelog\":" log "}"

static const struct {
	const char *issue;
	bool cut;
} logs[] = {
	{ ISSUE("1", "{\"histories\":[{}],\"total\":2}"), true },
	{ ISSUE("1", "{\"histories\":[{},{}],\"total\":2}"), false },
	{ ISSUE("1", "{\"histories\":[{}],\"maxResults\":1}"), true },
	{ ISSUE("1", "{\"histories\":[{}],\"maxResults\":2}"), false },
	{ ISSUE("1", "{\"histories\":[],\"maxResults\":0,\"total\":0}"),
	    false },
	{ ISSUE("1", "{\"total\":7}"), true },
	{ ISSUE("1", "null"), false },
	{ "{\"id\":\"1\"}", false },
	{ "{\"changelog\":{\"histories\":[],\"total\":1}}", false },
	{ "7", false },
};

START_TEST(a_history_that_is_cut_is_asked_for)
{
	struct arena *arena = arena_new(65536);
	char *text = arena_printf(arena,
	    "{\"issues\":[%s, %s ],\"nextPageToken\":\"n\",\"isLast\":true}",
	    ISSUE("8", "{\"histories\":[],\"total\":0}"), logs[_i].issue);
	struct span body = unit_copy(str_span(text));
	struct page page = read_page(jira_read_search_jql, NULL, body, arena);

	ck_assert_int_eq(page.flaw, PAGE_FINE);
	ck_assert_int_eq(page.items, 2);
	unit_span_eq(page.next, "n");
	ck_assert_uint_eq(page.lacking_count, logs[_i].cut);
	if (logs[_i].cut)
		unit_span_eq(page.lacking[0], "1");
	ck_assert_str_eq(body.at, text); /* it is as it was */
	unit_free(body);
	arena_free(arena);
}
END_TEST

START_TEST(more_pages_without_a_token_are_refused)
{
	struct arena *arena = arena_new(65536);
	struct span body =
	    unit_copy(SPAN_LIT("{\"issues\":[],\"isLast\":false}"));

	ck_assert_int_eq(
	    read_page(jira_read_search_jql, NULL, body, arena).flaw,
	    PAGE_REFUSED);
	unit_free(body);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("jira_page");
	TCase *tcase = tcase_create("jira_page");

	tcase_add_loop_test(tcase, a_page_says_where_the_next_one_is, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, a_history_that_is_cut_is_asked_for, 0,
	    (int)COUNT(logs));
	tcase_add_test(tcase, more_pages_without_a_token_are_refused);
	tcase_add_loop_test(tcase, a_question_is_the_sources, 0,
	    (int)COUNT(questions));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

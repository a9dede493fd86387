/* SPDX-License-Identifier: MIT */
/*
 * Jira Cloud and Jira Data Center: what is asked. Cloud's search has tokens and
 * cuts histories; Data Center's counts from startAt and has them whole. Times
 * in JQL are milliseconds since 1970, which mean no time zone.
 */
#include <inttypes.h>

#include "adapters/http_client.h"
#include "extract/census.h"
#include "extract/extractor.h"
#include "extract/jira_inside.h"
#include "json/json_write.h"

#define QUESTION_MAX (1u << 20)

/* A body that was written, in the arena, with a byte before it. */
static struct span
body_of(struct buf *body, struct arena *arena)
{
	struct span text = buf_done(body) == E_OK ?
	    arena_span(arena, buf_span(body)) :
	    SPAN_LIT("");

	buf_free(body);
	return text;
}

/* A text as a part of a path. */
static const char *
escaped(struct span text, struct arena *arena)
{
	struct buf out;
	const char *copy;

	buf_init(&out, 4096);
	http_client_escape(&out, arena_text(arena, text));
	copy = arena_text(arena, buf_span(&out));
	buf_free(&out);
	return copy;
}

void
jira_ask_projects(const struct page_wish *wish, struct page_question *question)
{
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/3/project/search?startAt=%.*s&maxResults=%" PRId64
	    "&expand=issueTypes",
	    wish->base, (int)(wish->token.at == NULL ? 1 : wish->token.len),
	    wish->token.at == NULL ? "0" : wish->token.at, wish->size);
}

void
jira_ask_all_projects(const struct page_wish *wish,
    struct page_question *question)
{
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/2/project?expand=issueTypes", wish->base);
}

void
jira_ask_statuses(const struct page_wish *wish, struct page_question *question)
{
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/3/project/%s/statuses", wish->base,
	    escaped(wish->part, wish->arena));
}

void
jira_ask_statuses_2(const struct page_wish *wish,
    struct page_question *question)
{
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/2/project/%s/statuses", wish->base,
	    escaped(wish->part, wish->arena));
}

/* A bound of the time of change, or nothing. */
static const char *
bound(const struct page_wish *wish, const char *sign, struct span ms)
{
	return ms.at == NULL ?
	    "" :
	    arena_printf(wish->arena, " AND updated %s %.*s", sign,
		SPAN_ARG(ms));
}

/* The issues of a project that have changed; a key may be a word of JQL. */
static const char *
jql(const struct page_wish *wish, const char *order)
{
	struct buf key;
	const char *text;

	buf_init(&key, 4096);
	for (size_t i = 0; i < wish->part.len; i++) {
		if (wish->part.at[i] == '"' || wish->part.at[i] == '\\')
			buf_add_char(&key, '\\');
		buf_add_char(&key, wish->part.at[i]);
	}
	text = arena_printf(wish->arena,
	    "project = \"%.*s\"%s%s ORDER BY %s ASC", SPAN_ARG(buf_span(&key)),
	    bound(wish, ">=", wish->from_ms), bound(wish, "<", wish->to_ms),
	    order);
	buf_free(&key);
	return text;
}

/* In the order of their change: what changes meanwhile comes once more. */
void
jira_ask_search_jql(const struct page_wish *wish,
    struct page_question *question)
{
	struct json json;
	struct buf body;

	buf_init(&body, QUESTION_MAX);
	json_init(&json, &body);
	json_object(&json, NULL);
	json_text(&json, "jql", jql(wish, "updated"));
	json_int(&json, "maxResults", wish->size);
	json_array(&json, "fields");
	json_text(&json, NULL, "*all");
	json_end(&json);
	json_text(&json, "expand", "changelog");
	if (wish->token.at != NULL)
		json_span(&json, "nextPageToken", wish->token);
	json_end(&json);
	question->url = arena_printf(wish->arena, "%s/rest/api/3/search/jql",
	    wish->base);
	question->body = body_of(&body, wish->arena);
}

/*
 * In the order of their keys: pages are counted, and what changes meanwhile
 * must not move what is still to come to an earlier one. What is deleted does;
 * so each page begins with the last issue of the one before, if it is there.
 */
void
jira_ask_search(const struct page_wish *wish, struct page_question *question)
{
	struct jira_place place = jira_place_of(wish->token);
	struct json json;
	struct buf body;

	buf_init(&body, QUESTION_MAX);
	json_init(&json, &body);
	json_object(&json, NULL);
	json_text(&json, "jql", jql(wish, "key"));
	json_int(&json, "startAt", place.start);
	json_int(&json, "maxResults", wish->size + (place.id.len > 0));
	json_array(&json, "fields");
	json_text(&json, NULL, "*all");
	json_end(&json);
	json_array(&json, "expand");
	json_text(&json, NULL, "changelog");
	json_end(&json);
	json_end(&json);
	question->url = arena_printf(wish->arena, "%s/rest/api/2/search",
	    wish->base);
	question->body = body_of(&body, wish->arena);
}

/* One issue, with the first part of its history; of Data Center with all. */
static void
ask_issue(const struct page_wish *wish, int version,
    struct page_question *question)
{
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/%d/issue/%s?fields=*all&expand=changelog", wish->base,
	    version, escaped(wish->part, wish->arena));
}

void
jira_ask_issue(const struct page_wish *wish, struct page_question *question)
{
	ask_issue(wish, 3, question);
}

void
jira_ask_issue_2(const struct page_wish *wish, struct page_question *question)
{
	ask_issue(wish, 2, question);
}

/* Whole histories of issues, oldest first. */
void
jira_ask_changelogs(const struct page_wish *wish,
    struct page_question *question)
{
	struct json json;
	struct buf body;

	buf_init(&body, QUESTION_MAX);
	json_init(&json, &body);
	json_object(&json, NULL);
	json_array(&json, "issueIdsOrKeys");
	for (size_t i = 0; i < wish->lacking_count; i++)
		json_span(&json, NULL, wish->lacking[i]);
	json_end(&json);
	json_int(&json, "maxResults", 1000);
	if (wish->token.at != NULL)
		json_span(&json, "nextPageToken", wish->token);
	json_end(&json);
	question->url = arena_printf(wish->arena,
	    "%s/rest/api/3/changelog/bulkfetch", wish->base);
	question->body = body_of(&body, wish->arena);
}

/*
 * The ids of a project's issues, in the order of their keys, which nothing
 * moves. Data Center's pages are counted from `start`: below 0 there is none.
 */
static void
ask_ids(const struct page_wish *wish, int64_t start, struct span token,
    const char *path, struct page_question *question)
{
	struct json json;
	struct buf body;

	buf_init(&body, QUESTION_MAX);
	json_init(&json, &body);
	json_object(&json, NULL);
	json_text(&json, "jql", jql(wish, "key"));
	if (start >= 0)
		json_int(&json, "startAt", start);
	json_int(&json, "maxResults", wish->size);
	json_array(&json, "fields");
	json_text(&json, NULL, "id");
	json_end(&json);
	if (token.at != NULL)
		json_span(&json, "nextPageToken", token);
	json_end(&json);
	question->url = arena_printf(wish->arena, "%s%s", wish->base, path);
	question->body = body_of(&body, wish->arena);
}

void
jira_ask_ids(const struct page_wish *wish, struct page_question *question)
{
	int64_t place;

	ask_ids(wish, -1, census_token(wish->token, &place),
	    "/rest/api/3/search/jql", question);
}

/* Each page begins with the last id of the one before: see jira_read_ids_2(). */
void
jira_ask_ids_2(const struct page_wish *wish, struct page_question *question)
{
	int64_t place, start;
	struct span token = census_token(wish->token, &place);

	if (!span_int64(span_cut(&token, ' '), &start) || start < 1)
		start = 1;
	ask_ids(wish, start - 1, SPAN_NONE, "/rest/api/2/search", question);
}

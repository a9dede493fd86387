/* SPDX-License-Identifier: MIT */
/* Jira's answers: where the next page is, and whose history was cut. */
#include <inttypes.h>
#include <string.h>

#include "extract/census.h"
#include "extract/extractor.h"
#include "extract/jira_inside.h"
#include "extract/look.h"

#define EMPTY_PAGE \
	"the source gives an empty page, and says that there are more items"
/* How often a part's pages may have moved. */
#define RETURNS_MAX 20

static void
refuse(struct page *page, const char *text)
{
	page->flaw = PAGE_REFUSED;
	page->text = text;
}

static int64_t
number(const struct json_member *member, int64_t otherwise)
{
	int64_t value;

	return member->kind == JSON_NUMBER &&
		span_int64(member->value, &value) ?
	    value :
	    otherwise;
}

/* The token of the next page, if there is one. */
static void
read_token(const struct json_member *token, struct arena *arena,
    struct page *page)
{
	if (token->kind == JSON_ABSENT || token->kind == JSON_NULL)
		return;
	if (token->kind == JSON_STRING)
		page->next = look_text(token->value, arena);
	if (page->next.at == NULL)
		refuse(page, "the token of the next page cannot be read");
}

/* The keys of projects. */
static void
read_keys(const struct json_member *projects, struct arena *arena,
    struct page *page)
{
	size_t count, found = 0;
	struct span *items = look_items(projects, arena, &count);
	struct span *keys = arena_ask(arena, (count + 1) * sizeof(*keys));

	page->items = (int64_t)count;
	for (size_t i = 0; keys != NULL && i < count; i++) {
		struct json_member key = look_member(items[i], "key");

		keys[found] = key.kind == JSON_STRING ?
		    look_text(key.value, arena) :
		    SPAN_NONE;
		found += keys[found].len > 0;
	}
	page->parts = keys;
	page->part_count = found;
}

/* Pages that are counted: the place behind this one, if there is one. */
static void
count_on(const struct page_wish *wish, int64_t total, bool says_last,
    struct page *page)
{
	int64_t start = 0;

	if (wish->token.at != NULL && !span_int64(wish->token, &start))
		start = 0;
	start += page->items;
	if (total >= 0 && start >= total)
		return;
	if (total >= 0 && says_last)
		refuse(page,
		    "the source says that this page is the last one, and that"
		    " there are more items");
	else if (total >= 0 && page->items == 0)
		refuse(page, EMPTY_PAGE);
	else if (!says_last && page->items > 0)
		page->next = str_span(arena_printf(wish->arena, "%" PRId64,
		    start));
}

void
jira_read_projects(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	struct json_member members[] = { { .name = "values" },
		{ .name = "total" }, { .name = "isLast" } };

	if (!look_object(answer->body, members, COUNT(members)) ||
	    members[0].kind != JSON_ARRAY) {
		refuse(page, "the answer has no list of projects (values)");
		return;
	}
	read_keys(&members[0], wish->arena, page);
	count_on(wish, number(&members[1], -1), members[2].kind == JSON_TRUE,
	    page);
}

/* An answer that is a list and nothing else. */
static struct json_member
whole_list(const struct page_answer *answer)
{
	struct json_member member = { 0 };
	struct json_refusal refusal;

	if (!json_scan_document(answer->body, &json_limits_unstorable, &member,
		&refusal))
		member.kind = JSON_ABSENT;
	return member;
}

void
jira_read_all_projects(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	struct json_member list = whole_list(answer);

	if (list.kind != JSON_ARRAY) {
		refuse(page, "the answer is no list of projects");
		return;
	}
	read_keys(&list, wish->arena, page);
}

void
jira_read_list(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member list = whole_list(answer);

	(void)wish;
	if (list.kind != JSON_ARRAY)
		refuse(page, "the answer is no list");
	else
		page->items = list.item_count;
}

/* Is an issue's history cut? Its total says so, or its being a full page. */
static bool
is_cut(struct span issue)
{
	struct json_member log = look_member(issue, "changelog");
	struct json_member members[] = { { .name = "histories" },
		{ .name = "total" }, { .name = "maxResults" } };
	int64_t total;

	if (log.kind != JSON_OBJECT ||
	    !look_object(log.value, members, COUNT(members)))
		return false;
	total = number(&members[1], -1);
	if (total >= 0)
		return total > members[0].item_count;
	return members[0].item_count > 0 &&
	    number(&members[2], -1) == members[0].item_count;
}

void
jira_read_search_jql(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	struct json_member members[] = { { .name = "issues" },
		{ .name = "nextPageToken" }, { .name = "isLast" } };
	struct span *issues, *ids;
	size_t count, cut = 0;

	if (!look_object(answer->body, members, COUNT(members)) ||
	    members[0].kind != JSON_ARRAY) {
		refuse(page, "the answer has no list of issues");
		return;
	}
	issues = look_items(&members[0], wish->arena, &count);
	ids = arena_ask(wish->arena, (count + 1) * sizeof(*ids));
	for (size_t i = 0; ids != NULL && i < count; i++) {
		struct json_member id = look_member(issues[i], "id");

		if (id.kind == JSON_ABSENT || !is_cut(issues[i]))
			continue;
		ids[cut] = look_text(id.value, wish->arena);
		cut += ids[cut].len > 0;
	}
	page->items = (int64_t)count;
	page->lacking = ids;
	page->lacking_count = cut;
	/* isLast lies (JRACLOUD-95477); the token decides. */
	read_token(&members[1], wish->arena, page);
	if (page->flaw == PAGE_FINE && page->next.at == NULL &&
	    members[2].kind == JSON_FALSE)
		refuse(page,
		    "the source says that there are more pages, and gives no"
		    " token for the next one");
}

struct jira_place
jira_place_of(struct span token)
{
	struct jira_place place = { 0, 0, SPAN_NONE };
	struct span rest = token;

	if (token.at == NULL || !span_int64(span_cut(&rest, ' '), &place.start))
		return place;
	if (rest.at != NULL && span_int64(span_cut(&rest, ' '), &place.returns))
		place.id = rest;
	return place;
}

/* An issue of the list, by its id. */
static struct span
issue_id(struct span issue, struct arena *arena)
{
	struct json_member id = look_member(issue, "id");

	return id.kind == JSON_ABSENT ? SPAN_NONE : look_text(id.value, arena);
}

/*
 * Where the next page begins: at the last issue of this one. Does this one
 * begin elsewhere, issues were deleted, and as many have moved to pages that
 * were read: then back by a page.
 */
static void
count_issues(const struct page_wish *wish, const struct json_member *list,
    int64_t total, struct page *page)
{
	struct jira_place place = jira_place_of(wish->token);
	size_t count;
	struct span *issues = look_items(list, wish->arena, &count);
	int64_t end = place.start + (int64_t)count;
	struct span id;

	if (place.id.len > 0 && count > 0) {
		id = issue_id(issues[0], wish->arena);
		if (id.len != place.id.len ||
		    memcmp(id.at, place.id.at, id.len) != 0) {
			end = place.start > wish->size ?
			    place.start - wish->size :
			    0;
			page->next = str_span(arena_printf(wish->arena,
			    "%" PRId64 " %" PRId64, end, place.returns + 1));
			if (place.returns >= RETURNS_MAX)
				refuse(page,
				    "the source gives issues in another order"
				    " each time");
			return;
		}
	}
	if (total >= 0 && end >= total)
		return;
	if (count == 0) {
		if (total >= 0)
			refuse(page, EMPTY_PAGE);
		return;
	}
	id = issue_id(issues[count - 1], wish->arena);
	if (id.len > 0)
		page->next = str_span(arena_printf(wish->arena,
		    "%" PRId64 " %" PRId64 " %.*s", end - 1, place.returns,
		    SPAN_ARG(id)));
	else
		page->next = str_span(arena_printf(wish->arena, "%" PRId64,
		    end));
}

void
jira_read_issue(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member id = look_member(answer->body, "id");
	struct span *ids = arena_ask(wish->arena, sizeof(*ids));

	if (id.kind != JSON_STRING) {
		refuse(page, "the answer is no issue");
		return;
	}
	page->items = 1;
	if (ids == NULL || !is_cut(answer->body))
		return;
	*ids = look_text(id.value, wish->arena);
	page->lacking = ids;
	page->lacking_count = ids->len > 0;
}

void
jira_read_search(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member members[] = { { .name = "issues" },
		{ .name = "total" } };

	if (!look_object(answer->body, members, COUNT(members)) ||
	    members[0].kind != JSON_ARRAY || members[1].kind != JSON_NUMBER) {
		refuse(page, "the answer has no list of issues, or no total");
		return;
	}
	page->items = members[0].item_count;
	count_issues(wish, &members[0], number(&members[1], -1), page);
}

void
jira_read_changelogs(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	struct json_member members[] = { { .name = "issueChangeLogs" },
		{ .name = "nextPageToken" } };

	if (!look_object(answer->body, members, COUNT(members)) ||
	    members[0].kind != JSON_ARRAY) {
		refuse(page, "the answer has no histories (issueChangeLogs)");
		return;
	}
	page->items = members[0].item_count;
	read_token(&members[1], wish->arena, page);
}

void
jira_read_ids(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	jira_read_search_jql(wish, answer, page);
	census_page(wish, page);
}

/*
 * Pages that are counted: an issue that is deleted meanwhile would move another
 * one to a page that was read already. So a page begins with the last id of the
 * one before, "START ID", or is refused.
 */
static void
read_counted_ids(struct span token, struct span *issues, int64_t total,
    struct arena *arena, struct page *page)
{
	int64_t count = page->items, start = 0;
	struct span last = SPAN_NONE, first = SPAN_NONE;

	if (count > 0) {
		first = look_text(look_member(issues[0], "id").value, arena);
		last = look_text(look_member(issues[count - 1], "id").value,
		    arena);
	}
	if (token.at != NULL && span_int64(span_cut(&token, ' '), &start)) {
		if (first.len == 0 || first.len != token.len ||
		    memcmp(first.at, token.at, token.len) != 0) {
			refuse(page,
			    "the issues have moved while they were counted:"
			    " the census ends nothing");
			return;
		}
		count--;
	}
	if (start + count >= total)
		return;
	if (count == 0 || last.len == 0)
		refuse(page, EMPTY_PAGE);
	else
		page->next = str_span(arena_printf(arena, "%" PRId64 " %.*s",
		    start + count, SPAN_ARG(last)));
}

void
jira_read_ids_2(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member members[] = { { .name = "issues" },
		{ .name = "total" } };
	struct span *issues;
	int64_t place;
	size_t count;

	if (!look_object(answer->body, members, COUNT(members)) ||
	    members[0].kind != JSON_ARRAY || number(&members[1], -1) < 0) {
		refuse(page, "the answer has no list of issues, or no total");
		return;
	}
	issues = look_items(&members[0], wish->arena, &count);
	page->items = (int64_t)count;
	read_counted_ids(census_token(wish->token, &place), issues,
	    number(&members[1], 0), wish->arena, page);
	census_page(wish, page);
}

/* SPDX-License-Identifier: MIT */
/* Jira's answers: where the next page is, and whose history was cut. */
#include <inttypes.h>
#include <string.h>

#include "extract/census.h"
#include "extract/look.h"

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
		refuse(page,
		    "the source gives an empty page, and says that there are"
		    " more items");
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
	if (members[1].kind == JSON_STRING)
		page->next = look_text(members[1].value, wish->arena);
	else if (members[2].kind == JSON_FALSE)
		refuse(page,
		    "the source says that there are more pages, and gives no"
		    " token for the next one");
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
	count_on(wish, number(&members[1], -1), false, page);
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
	if (members[1].kind == JSON_STRING)
		page->next = look_text(members[1].value, wish->arena);
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
		refuse(page,
		    "the source gives an empty page, and says that there are"
		    " more items");
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

/* SPDX-License-Identifier: MIT */
/* GitHub's answers. GraphQL tells its errors in answers of status 200. */
#include <string.h>
#include <strings.h>
#include <time.h>

#include "extract/census.h"
#include "extract/github_inside.h"
#include "extract/look.h"
#include "extract/source_ask.h"

#define STAMP_CHARS 19 /* 2026-01-31T00:00:00 */

static const char *const parts[] = { "commits", "reviews", "comments",
	"reviewThreads" };

static void
flaw(struct page *page, enum page_flaw kind, const char *text)
{
	page->flaw = kind;
	page->text = text;
}

/* The address of rel="next" in a Link header (RFC 8288). */
static struct span
next_of(const char *link)
{
	struct span rest = str_span(link);

	while (rest.at != NULL && rest.len > 0) {
		struct span entry = span_trim(span_cut(&rest, ','));
		struct span url = span_cut(&entry, '>');

		if (url.len > 1 && url.at[0] == '<' && entry.at != NULL &&
		    memmem(entry.at, entry.len, "rel=\"next\"", 10) != NULL)
			return (struct span){ url.at + 1, url.len - 1 };
	}
	return SPAN_NONE;
}

void
github_read_link(const struct page_wish *wish, const char *link,
    struct page *page)
{
	struct span next = next_of(link);

	if (next.at == NULL)
		return;
	page->next = arena_span(wish->arena, next);
	if (!source_is_same_host(wish->base, page->next.at))
		flaw(page, PAGE_REFUSED,
		    "the next page would be at another host");
}

void
github_read_repositories(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	struct json_member list = { 0 };
	struct json_refusal refusal;
	struct span *items, *names;
	size_t count, found = 0;

	if (!json_scan_document(answer->body, &json_limits_unstorable, &list,
		&refusal))
		list.kind = JSON_ABSENT;
	if (list.kind == JSON_OBJECT) /* of an app's installation */
		list = look_member(answer->body, "repositories");
	if (list.kind != JSON_ARRAY) {
		flaw(page, PAGE_REFUSED,
		    "the answer is no list of repositories");
		return;
	}
	items = look_items(&list, wish->arena, &count);
	names = arena_ask(wish->arena, (count + 1) * sizeof(*names));
	for (size_t i = 0; names != NULL && i < count; i++) {
		struct json_member name = look_member(items[i], "full_name");

		names[found] = name.kind == JSON_STRING ?
		    look_text(name.value, wish->arena) :
		    SPAN_NONE;
		found += names[found].len > 0;
	}
	page->items = (int64_t)count;
	page->parts = names;
	page->part_count = found;
	github_read_link(wish, answer->link, page);
}

/* What errors of GraphQL mean, unless all that was asked for came. */
static void
read_errors(const struct page_wish *wish, const struct json_member *errors,
    bool is_there, struct page *page)
{
	struct span first;
	struct span type, message;

	if (errors->kind != JSON_ARRAY ||
	    json_items(errors->value, &first, 1) == 0)
		return;
	type = look_text(look_member(first, "type").value, wish->arena);
	message = look_text(look_member(first, "message").value, wish->arena);
	page->text = message.at == NULL ?
	    "an error without a message" :
	    message.at;
	if (span_is(type, "RATE_LIMITED"))
		page->flaw = PAGE_USED_UP;
	else if (strcasestr(page->text, "rate limit") != NULL)
		page->flaw = PAGE_LIMITED;
	else if (span_is(type, "NOT_FOUND") || span_is(type, "FORBIDDEN"))
		page->flaw = is_there ? PAGE_FINE : PAGE_NO_PART;
	else if (!is_there)
		page->flaw = PAGE_TOO_DEAR;
}

/* Are a connection's nodes there, none of them null? */
static bool
has_nodes(const struct span *nodes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (nodes[i].at[0] != '{')
			return false;
	return true;
}

/* The next page of a connection: its cursor, or SPAN_NONE. */
static struct span
cursor_of(struct span connection, struct arena *arena, bool *ret_lies)
{
	struct json_member info = look_member(connection, "pageInfo");
	struct json_member members[] = { { .name = "hasNextPage" },
		{ .name = "endCursor" } };
	struct span cursor = SPAN_NONE;

	*ret_lies = false;
	if (info.kind != JSON_OBJECT ||
	    !look_object(info.value, members, COUNT(members)) ||
	    members[0].kind != JSON_TRUE)
		return SPAN_NONE;
	if (members[1].kind == JSON_STRING)
		cursor = look_text(members[1].value, arena);
	*ret_lies = cursor.at == NULL;
	return cursor;
}

/*
 * Add what a pull request lacks: "NODE PART CURSOR" for each part; without the
 * cursor for one that an error has made null.
 */
static void
add_lacking(struct span node, bool has_errors, struct arena *arena,
    struct span *lacking, size_t *count)
{
	struct json_member id = look_member(node, "id");
	struct span id_text = id.kind == JSON_STRING ?
	    look_text(id.value, arena) :
	    SPAN_NONE;

	for (size_t i = 0; id_text.at != NULL && i < COUNT(parts); i++) {
		struct json_member part = look_member(node, parts[i]);
		bool lies;
		struct span cursor = part.kind == JSON_OBJECT ?
		    cursor_of(part.value, arena, &lies) :
		    SPAN_NONE;

		if (part.kind == JSON_NULL && has_errors)
			lacking[(*count)++] = str_span(arena_printf(arena,
			    "%.*s %s", SPAN_ARG(id_text), parts[i]));
		if (cursor.at != NULL)
			lacking[(*count)++] = str_span(arena_printf(arena,
			    "%.*s %s %.*s", SPAN_ARG(id_text), parts[i],
			    SPAN_ARG(cursor)));
	}
}

bool
github_is_older(struct span item, const char *name, struct span than_ms)
{
	struct json_member updated = look_member(item, name);
	char stamp[STAMP_CHARS + 1];
	struct tm at;
	int64_t ms;
	time_t seconds;

	if (than_ms.at == NULL || updated.kind != JSON_STRING ||
	    updated.value.len < STAMP_CHARS + 2 || !span_int64(than_ms, &ms))
		return false;
	seconds = (time_t)(ms / 1000);
	if (gmtime_r(&seconds, &at) == NULL ||
	    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &at) == 0)
		return false;
	return memcmp(updated.value.at + 1, stamp, STAMP_CHARS) < 0;
}

void
github_read_prs(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member errors = look_member(answer->body, "errors");
	struct json_member list = look_path(answer->body,
	    "data.repository.pullRequests");
	struct json_member nodes = list.kind == JSON_OBJECT ?
	    look_member(list.value, "nodes") :
	    (struct json_member){ 0 };
	struct span *items, *lacking;
	size_t count;
	bool lies;

	items = look_items(&nodes, wish->arena, &count);
	read_errors(wish, &errors,
	    nodes.kind == JSON_ARRAY && has_nodes(items, count), page);
	if (page->flaw != PAGE_FINE)
		return;
	if (nodes.kind != JSON_ARRAY) {
		if (look_path(answer->body, "data.repository").kind ==
		    JSON_NULL)
			flaw(page, PAGE_NO_PART,
			    "there is no such repository, or it may not be"
			    " read");
		else
			flaw(page, PAGE_REFUSED,
			    "the answer has no pull requests");
		return;
	}
	if (!has_nodes(items, count)) {
		flaw(page, PAGE_TOO_DEAR, "the answer has null nodes");
		return;
	}
	lacking = arena_ask(wish->arena,
	    (count * COUNT(parts) + 1) * sizeof(*lacking));
	for (size_t i = 0; lacking != NULL && i < count; i++)
		add_lacking(items[i], errors.kind == JSON_ARRAY, wish->arena,
		    lacking, &page->lacking_count);
	page->lacking = lacking;
	page->items = (int64_t)count;
	page->next = cursor_of(list.value, wish->arena, &lies);
	if (lies)
		flaw(page, PAGE_REFUSED,
		    "the source says that there are more pages, and gives no"
		    " cursor for the next one");
	if (count > 0 &&
	    github_is_older(items[count - 1], "updatedAt", wish->from_ms))
		page->next = SPAN_NONE;
	/* The newest change comes first: what is asked for may follow. */
	page->is_passed_over = count > 0 && wish->to_ms.at != NULL &&
	    !github_is_older(items[count - 1], "updatedAt", wish->to_ms);
	if (page->is_passed_over)
		page->lacking_count = 0;
}

void
github_read_part(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member errors = look_member(answer->body, "errors");
	struct json_member node = look_path(answer->body, "data.node");
	struct span rest = wish->lacking[0];
	struct json_member part;
	bool lies;

	(void)span_cut(&rest, ' ');
	part = node.kind == JSON_OBJECT ?
	    look_member(node.value,
		arena_text(wish->arena, span_cut(&rest, ' '))) :
	    (struct json_member){ 0 };
	read_errors(wish, &errors, part.kind == JSON_OBJECT, page);
	if (page->flaw != PAGE_FINE)
		return;
	if (part.kind != JSON_OBJECT) {
		flaw(page, PAGE_NO_PART, "the pull request is gone");
		return;
	}
	page->items = look_member(part.value, "nodes").item_count;
	page->next = cursor_of(part.value, wish->arena, &lies);
	if (lies)
		flaw(page, PAGE_REFUSED,
		    "the source says that there are more pages, and gives no"
		    " cursor for the next one");
}

void
github_read_pr(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member errors = look_member(answer->body, "errors");
	struct json_member node = look_path(answer->body,
	    "data.repository.pullRequest");
	struct span *lacking;

	read_errors(wish, &errors, node.kind == JSON_OBJECT, page);
	if (page->flaw != PAGE_FINE)
		return;
	if (node.kind != JSON_OBJECT) {
		flaw(page, PAGE_NO_PART,
		    "there is no such pull request, or it may not be read");
		return;
	}
	lacking = arena_ask(wish->arena, COUNT(parts) * sizeof(*lacking));
	if (lacking != NULL)
		add_lacking(node.value, errors.kind == JSON_ARRAY, wish->arena,
		    lacking, &page->lacking_count);
	page->lacking = lacking;
	page->items = 1;
}

void
github_read_pr_numbers(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	github_read_prs(wish, answer, page);
	page->lacking_count = 0;
	census_page(wish, page);
}

/* SPDX-License-Identifier: MIT */
/*
 * GitHub without GraphQL: pull requests newest change first, and of each that
 * has changed itself, its commits, reviews and comments, all by REST. What an
 * answer belongs to it does not say; extraction_metadata does.
 */
#include <inttypes.h>
#include <string.h>

#include "adapters/http_client.h"
#include "extract/census.h"
#include "extract/github_inside.h"
#include "extract/look.h"

#define NAME_MAX_BYTES 4096

/* What is asked of a pull request: its name for transforms, and where. */
static const struct {
	const char *word, *place, *rest;
} parts[] = {
	{ "pull", "pulls", "" },
	{ "commits", "pulls", "/commits" },
	{ "reviews", "pulls", "/reviews" },
	{ "review_comments", "pulls", "/comments" },
	{ "comments", "issues", "/comments" },
};

static const char *
escaped(struct span text, struct arena *arena)
{
	struct buf out;
	const char *copy;

	buf_init(&out, NAME_MAX_BYTES);
	http_client_escape(&out, arena_text(arena, text));
	copy = arena_text(arena, buf_span(&out));
	buf_free(&out);
	return copy;
}

/* The repository's address. */
static const char *
repository_url(const struct page_wish *wish)
{
	struct span rest = wish->part;
	struct span name = span_cut(&rest, '#'); /* of a named pull request */
	struct span owner = span_cut(&name, '/');

	return arena_printf(wish->arena, "%s/repos/%s/%s", wish->base,
	    escaped(owner, wish->arena),
	    name.at == NULL ? "" : escaped(name, wish->arena));
}

void
github_ask_pulls(const struct page_wish *wish, struct page_question *question)
{
	question->url = wish->token.at != NULL ?
	    arena_text(wish->arena, wish->token) :
	    arena_printf(wish->arena,
		"%s/pulls?state=all&sort=updated&direction=desc&per_page=%" PRId64,
		repository_url(wish), wish->size);
}

/* What is asked for: "NUMBER WORD". Gives: its place in parts[]. */
static size_t
part_of(const struct page_wish *wish, struct span *ret_number)
{
	struct span word = wish->lacking[0];
	size_t i = 0;

	*ret_number = span_cut(&word, ' ');
	while (i + 1 < COUNT(parts) && !span_is(word, parts[i].word))
		i++;
	return i;
}

void
github_ask_pull_part(const struct page_wish *wish,
    struct page_question *question)
{
	struct span number;
	size_t i = part_of(wish, &number);

	question->url = wish->token.at != NULL ?
	    arena_text(wish->arena, wish->token) :
	    arena_printf(wish->arena, "%s/%s/%.*s%s%s", repository_url(wish),
		parts[i].place, SPAN_ARG(number), parts[i].rest,
		i == 0 ? "" : "?per_page=100");
}

/* The list that an answer is. */
static struct span *
read_list(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page, size_t *ret_count)
{
	struct json_member list = { 0 };
	struct json_refusal refusal;
	struct span *items;

	if (!json_scan_document(answer->body, &json_limits_unstorable, &list,
		&refusal) ||
	    list.kind != JSON_ARRAY) {
		page->flaw = PAGE_REFUSED;
		page->text = "the answer is no list";
		*ret_count = 0;
		return NULL;
	}
	items = look_items(&list, wish->arena, ret_count);
	page->items = (int64_t)*ret_count;
	github_read_link(wish, answer->link, page);
	return items;
}

void
github_read_pulls(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	size_t count;
	struct span *items = read_list(wish, answer, page, &count);
	struct span *lacking = arena_ask(wish->arena,
	    (count * COUNT(parts) + 1) * sizeof(*lacking));

	for (size_t i = 0; lacking != NULL && i < count; i++) {
		struct json_member number = look_member(items[i], "number");

		if (number.kind != JSON_NUMBER ||
		    github_is_older(items[i], "updated_at", wish->from_ms))
			continue;
		for (size_t j = 0; j < COUNT(parts); j++)
			lacking[page->lacking_count++] =
			    str_span(arena_printf(wish->arena, "%.*s %s",
				SPAN_ARG(number.value), parts[j].word));
	}
	page->lacking = lacking;
	if (count > 0 &&
	    github_is_older(items[count - 1], "updated_at", wish->from_ms))
		page->next = SPAN_NONE;
	/* The newest change comes first: what is asked for may follow. */
	page->is_passed_over = count > 0 && wish->to_ms.at != NULL &&
	    !github_is_older(items[count - 1], "updated_at", wish->to_ms);
	if (page->is_passed_over)
		page->lacking_count = 0;
}

/* A page of a census: in the order of their making, which nothing moves. */
void
github_ask_pull_numbers(const struct page_wish *wish,
    struct page_question *question)
{
	int64_t place;
	struct span next = census_token(wish->token, &place);

	question->url = next.at != NULL ?
	    arena_text(wish->arena, next) :
	    arena_printf(wish->arena,
		"%s/pulls?state=all&sort=created&direction=asc&per_page=%" PRId64,
		repository_url(wish), wish->size);
}

void
github_read_pull_numbers(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	size_t count;

	(void)read_list(wish, answer, page, &count);
	census_page(wish, page);
}

void
github_ask_pull(const struct page_wish *wish, struct page_question *question)
{
	struct span number = wish->part;

	(void)span_cut(&number, '#');
	question->url = arena_printf(wish->arena, "%s/pulls/%s",
	    repository_url(wish),
	    number.at == NULL ? "" : escaped(number, wish->arena));
}

/* One that was named: it, and that its parts are still to be asked for. */
void
github_read_pull(const struct page_wish *wish, const struct page_answer *answer,
    struct page *page)
{
	struct json_member number = look_member(answer->body, "number");
	struct span *lacking = arena_ask(wish->arena,
	    COUNT(parts) * sizeof(*lacking));

	if (number.kind != JSON_NUMBER) {
		page->flaw = PAGE_REFUSED;
		page->text = "the answer is no pull request";
		return;
	}
	page->items = 1;
	for (size_t i = 1; lacking != NULL && i < COUNT(parts); i++)
		lacking[page->lacking_count++] =
		    str_span(arena_printf(wish->arena, "%.*s %s",
			SPAN_ARG(number.value), parts[i].word));
	page->lacking = lacking;
}

/* The number of a page, of its address; 0: it has none. */
static int64_t
page_number(struct span address)
{
	struct span rest = address, word;
	int64_t number;

	if (address.at == NULL)
		return 1;
	(void)span_cut(&rest, '?');
	while (rest.at != NULL) {
		word = span_cut(&rest, '&');
		if (word.len > 5 && memcmp(word.at, "page=", 5) == 0 &&
		    span_int64((struct span){ word.at + 5, word.len - 5 },
			&number) &&
		    number > 0)
			return number;
	}
	return 0;
}

void
github_read_pull_part(const struct page_wish *wish,
    const struct page_answer *answer, struct page *page)
{
	size_t count, i = part_of(wish, &page->pull_request);

	if (i == 0) {
		page->pull_request = SPAN_NONE; /* it says so itself */
		if (look_member(answer->body, "number").kind == JSON_NUMBER) {
			page->items = 1;
			return;
		}
		page->flaw = PAGE_REFUSED;
		page->text = "the answer is no pull request";
		return;
	}
	(void)read_list(wish, answer, page, &count);
	page->pull_part = parts[i].word;
	page->number = page_number(wish->token);
}

/* SPDX-License-Identifier: MIT */
/*
 * GitHub: repositories by REST, pull requests by GraphQL, newest change first,
 * until one is older than what is asked for. Of what a pull request has, the
 * first ones come with it; the rest is asked of its node.
 */
#include <string.h>

#include "extract/census.h"
#include "json/json_write.h"

#define QUESTION_MAX 65536

/* Parts of a pull request; a part's name is that of its connection. */
#define INFO "totalCount pageInfo{hasNextPage endCursor} nodes"
#define COMMITS \
	INFO \
	    "{commit{oid message authoredDate committedDate additions deletions" \
	    " changedFilesIfAvailable author{name email} committer{name email}}}"
#define REVIEWS INFO "{id author{login} state body submittedAt}"
#define COMMENTS INFO "{id author{login} body createdAt updatedAt}"
#define THREADS \
	INFO \
	    "{id path line comments(first:100){" INFO \
	    "{id author{login} body path position line createdAt updatedAt}}}"

#define PULL \
	"{id number title body state isDraft url createdAt updatedAt closedAt" \
	" mergedAt author{login} mergedBy{login} headRefName baseRefName" \
	" additions deletions changedFiles commits(first:30){" COMMITS \
	"} reviews(first:20){" REVIEWS "} comments(first:20){" COMMENTS \
	"} reviewThreads(first:10){" THREADS "}}"

static const struct {
	const char *name, *fields;
} parts[] = {
	{ "commits", COMMITS },
	{ "reviews", REVIEWS },
	{ "comments", COMMENTS },
	{ "reviewThreads", THREADS },
};

static const char prs_query[] =
    "query($owner:String!,$name:String!,$first:Int!,$after:String){"
    "repository(owner:$owner,name:$name){id nameWithOwner"
    " pullRequests(first:$first,after:$after,"
    "orderBy:{field:UPDATED_AT,direction:DESC}){" INFO PULL "}}}";

static const char pr_query[] =
    "query($owner:String!,$name:String!,$number:Int!){"
    "repository(owner:$owner,name:$name){id nameWithOwner"
    " pullRequest(number:$number)" PULL "}}";

static const char pr_numbers_query[] =
    "query($owner:String!,$name:String!,$first:Int!,$after:String){"
    "repository(owner:$owner,name:$name){id nameWithOwner"
    " pullRequests(first:$first,after:$after,"
    "orderBy:{field:CREATED_AT,direction:ASC}){" INFO "{id number}}}}";

/* Where GraphQL is: beside the root, or beside /api/v3 (Enterprise Server). */
static const char *
graphql_url(const struct page_wish *wish)
{
	struct span base = str_span(wish->base);
	const char *v3 = "/v3";
	size_t len = strlen(v3);

	if (base.len > len && strcmp(wish->base + base.len - len, v3) == 0)
		base.len -= len;
	return arena_printf(wish->arena, "%.*s/graphql", SPAN_ARG(base));
}

/* A query and its variables: texts, and a number if that has a name. */
static void
ask_graphql(const struct page_wish *wish, const char *query,
    const char *const *names, const struct span *values, size_t count,
    const char *number_name, int64_t number, struct page_question *question)
{
	struct json json;
	struct buf body;

	buf_init(&body, QUESTION_MAX);
	json_init(&json, &body);
	json_object(&json, NULL);
	json_text(&json, "query", query);
	json_object(&json, "variables");
	for (size_t i = 0; i < count; i++)
		if (values[i].at != NULL)
			json_span(&json, names[i], values[i]);
	if (number_name != NULL)
		json_int(&json, number_name, number);
	json_end(&json);
	json_end(&json);
	question->url = graphql_url(wish);
	question->body = buf_done(&body) == E_OK ?
	    arena_span(wish->arena, buf_span(&body)) :
	    SPAN_LIT("");
	buf_free(&body);
}

/* A query about a repository: owner/name. */
static void
ask_repository(const struct page_wish *wish, const char *query,
    struct span repository, struct span after, const char *number_name,
    int64_t number, struct page_question *question)
{
	static const char *const names[] = { "owner", "name", "after" };
	struct span name = repository;
	struct span owner = span_cut(&name, '/');
	const struct span values[] = { owner,
		name.at == NULL ? SPAN_LIT("") : name, after };

	ask_graphql(wish, query, names, values, COUNT(names), number_name,
	    number, question);
}

void
github_ask_prs(const struct page_wish *wish, struct page_question *question)
{
	ask_repository(wish, prs_query, wish->part, wish->token, "first",
	    wish->size, question);
}

/* One pull request: owner/name#number. */
void
github_ask_pr(const struct page_wish *wish, struct page_question *question)
{
	struct span number = wish->part;
	struct span repository = span_cut(&number, '#');
	int64_t value;

	if (number.at == NULL || !span_int64(number, &value) || value < 1)
		value = INT32_MAX; /* which is told as one that is not there */
	ask_repository(wish, pr_query, repository, SPAN_NONE, "number", value,
	    question);
}

/* A page of a census: in the order of their making, which nothing moves. */
void
github_ask_pr_numbers(const struct page_wish *wish,
    struct page_question *question)
{
	int64_t place;

	ask_repository(wish, pr_numbers_query, wish->part,
	    census_token(wish->token, &place), "first", wish->size, question);
}

/* The rest of a part: "NODE PART CURSOR", and from then on the page's token. */
void
github_ask_part(const struct page_wish *wish, struct page_question *question)
{
	static const char *const names[] = { "id", "after" };
	struct span cursor = wish->lacking[0];
	struct span id = span_cut(&cursor, ' ');
	struct span part = span_cut(&cursor, ' ');
	const struct span values[] = { id,
		wish->token.at != NULL ? wish->token : cursor };
	const char *fields = COMMITS;

	for (size_t i = 0; i < COUNT(parts); i++)
		if (span_is(part, parts[i].name))
			fields = parts[i].fields;
	ask_graphql(wish,
	    arena_printf(wish->arena,
		"query($id:ID!,$after:String){node(id:$id){... on PullRequest{"
		"id number updatedAt repository{id nameWithOwner}"
		" %.*s(first:%d,after:$after){%s}}}}",
		SPAN_ARG(part), span_is(part, "reviewThreads") ? 50 : 100,
		fields),
	    names, values, COUNT(names), NULL, 0, question);
}

/* The next page of REST is an address, as its Link header has it. */
void
github_ask_repositories(const struct page_wish *wish,
    struct page_question *question)
{
	if (wish->token.at != NULL)
		question->url = arena_text(wish->arena, wish->token);
	else if (wish->is_app && wish->organization.len == 0)
		question->url = arena_printf(wish->arena,
		    "%s/installation/repositories?per_page=%d", wish->base,
		    (int)wish->size);
	else if (wish->organization.len > 0)
		question->url = arena_printf(wish->arena,
		    "%s/orgs/%.*s/repos?per_page=%d", wish->base,
		    SPAN_ARG(wish->organization), (int)wish->size);
	else
		question->url = arena_printf(wish->arena,
		    "%s/user/repos?per_page=%d", wish->base, (int)wish->size);
}

/* SPDX-License-Identifier: MIT */
#include "extract/source_test.h"

#include "base/clock.h"
#include "extract/look.h"
#include "extract/source_talk_inside.h"

const char *const source_fact_names[SOURCE_FACTS] = {
#define FACT(code, name, sentence) [code] = name,
#include "extract/source_fact_rows.h"
#undef FACT
};

static enum err
test_jira(struct talk *talk, struct span *facts, struct diag *diag)
{
	enum err rc = talk_get(talk, "/rest/api/2/serverInfo", diag);

	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_VERSION] = talk_told(talk, "version");
	facts[FACT_SOURCE] =
	    span_is(talk_told(talk, "deploymentType"), "Cloud") ?
	    SPAN_LIT("Jira Cloud") :
	    SPAN_LIT("Jira Data Center");
	if ((talk->product == JIRA_CLOUD) !=
	    span_is(facts[FACT_SOURCE], "Jira Cloud")) {
		talk->trouble = talk->product == JIRA_CLOUD ?
		    "this is a Jira Data Center: set deployment to server in"
		    " the integration's settings" :
		    "this is a Jira Cloud: take deployment out of the"
		    " integration's settings";
		return E_OK;
	}
	rc = talk_get(talk, "/rest/api/2/myself", diag);
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_ACCOUNT] = talk_told(talk, "displayName");
	facts[FACT_TIME_ZONE] = talk_told(talk, "timeZone");
	facts[FACT_QUOTA] = talk_header(talk, "x-ratelimit-limit");
	facts[FACT_QUOTA_LEFT] = talk_header(talk, "x-ratelimit-remaining");
	return E_OK;
}

/* An app is asked for its token, which is sent from then on. */
static enum err
test_app(struct talk *talk, struct span *facts, struct diag *diag)
{
	struct arena *arena = talk->tester->arena;
	const char **headers = arena_get(arena, 3 * sizeof(*headers));
	struct github_app_token got;
	enum err rc;

	headers[1] = "Accept: application/json";
	headers[2] = NULL;
	rc = github_app_ask(&talk->app, talk->base, clock_wall_ms(), arena,
	    &talk->request.url, &headers[0], diag);
	if (rc == E_INVALID || rc == E_SYSTEM) {
		talk->trouble = arena_text(arena, str_span(diag->text));
		diag_clear(diag);
		return E_OK;
	}
	if (rc != E_OK)
		return rc;
	talk->request.headers = headers;
	talk->request.post = true;
	talk->request.body = SPAN_LIT("{}");
	rc = talk_ask(talk, diag);
	talk->request.post = false;
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	if (!github_app_read(talk->answer.body, clock_wall_ms(), arena, &got)) {
		talk->trouble = "the source gives the app no token";
		return E_OK;
	}
	facts[FACT_ACCOUNT] = str_span(arena_printf(arena,
	    "app %.*s, installation %.*s", SPAN_ARG(talk->app.id),
	    SPAN_ARG(talk->app.installation)));
	facts[FACT_SCOPES] = got.permissions;
	facts[FACT_TOKEN_ENDS] = got.ends;
	headers[0] = arena_printf(arena, "Authorization: Bearer %.*s",
	    SPAN_ARG(got.token));
	return arena_done(arena, diag);
}

static enum err
test_user(struct talk *talk, struct span *facts, struct diag *diag)
{
	enum err rc = talk_get(talk, "/user", diag);

	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_ACCOUNT] = talk_told(talk, "login");
	facts[FACT_SCOPES] = talk_header(talk, "x-oauth-scopes");
	facts[FACT_TOKEN_ENDS] = talk_header(talk,
	    "github-authentication-token-expiration");
	return E_OK;
}

static enum err
test_github(struct talk *talk, struct span *facts, struct diag *diag)
{
	enum err rc;

	facts[FACT_SOURCE] = SPAN_LIT("GitHub");
	rc = talk->is_app ?
	    test_app(talk, facts, diag) :
	    test_user(talk, facts, diag);
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	rc = talk_get(talk, "/rate_limit", diag);
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_QUOTA] = talk_told(talk, "resources.graphql.limit");
	facts[FACT_QUOTA_LEFT] = talk_told(talk, "resources.graphql.remaining");
	rc = talk_get(talk, "/meta", diag);
	if (rc == E_OK && talk->trouble == NULL)
		facts[FACT_VERSION] = talk_told(talk, "installed_version");
	return rc;
}

enum err
source_test(const struct source_tester *tester,
    const struct extract_source *source, struct source_test *ret_test,
    struct diag *diag)
{
	struct source_test test = { 0 };
	struct talk talk;
	enum err rc = talk_begin(&talk, tester, source, diag);

	for (size_t i = 0; i < SOURCE_FACTS; i++)
		test.facts[i] = SPAN_NONE;
	if (rc == E_OK && talk.trouble == NULL)
		rc = extract_is_github(talk.product) ?
		    test_github(&talk, test.facts, diag) :
		    test_jira(&talk, test.facts, diag);
	test.trouble = talk.trouble;
	talk_end(&talk);
	if (rc == E_OK)
		rc = arena_done(tester->arena, diag);
	if (rc == E_OK)
		*ret_test = test;
	return rc;
}

/* The column that the settings map a field to. */
static struct span
column_of(const struct extract_source *source, struct span id,
    struct arena *arena)
{
	struct span map = source->custom_fields;
	struct json_member member;

	if (map.at == NULL)
		return SPAN_NONE;
	/* A copy, for its end is written over. */
	map = str_span(arena_text(arena, map));
	member = look_member(map, arena_text(arena, id));
	return look_text(member.value, arena);
}

/* Those of the answer's fields that are custom ones. */
static enum err
read_fields(const struct talk *talk, const struct extract_source *source,
    struct source_field **ret_fields, size_t *ret_count, struct diag *diag)
{
	struct arena *arena = talk->tester->arena;
	struct json_member whole = { .name = NULL };
	struct json_refusal refusal;
	struct source_field *fields;
	struct span *items;
	size_t count = 0, given = 0;

	if (!json_scan_document(talk->answer.body, &json_limits_unstorable,
		&whole, &refusal))
		whole.kind = JSON_ABSENT;
	items = look_items(&whole, arena, &given);
	fields = arena_ask(arena, (given + 1) * sizeof(*fields));
	for (size_t i = 0; fields != NULL && i < given; i++) {
		struct source_field *field = &fields[count];

		if (look_member(items[i], "custom").kind != JSON_TRUE)
			continue;
		field->id = look_text(look_member(items[i], "id").value, arena);
		field->name = look_text(look_member(items[i], "name").value,
		    arena);
		field->type =
		    look_text(look_path(items[i], "schema.type").value, arena);
		if (field->id.at == NULL)
			continue;
		field->column = column_of(source, field->id, arena);
		count++;
	}
	*ret_fields = fields;
	*ret_count = count;
	return arena_done(arena, diag);
}

enum err
source_fields(const struct source_tester *tester,
    const struct extract_source *source, struct source_field **ret_fields,
    size_t *ret_count, const char **ret_trouble, struct diag *diag)
{
	struct talk talk;
	enum err rc = talk_begin(&talk, tester, source, diag);

	*ret_count = 0;
	if (rc == E_OK && talk.trouble == NULL &&
	    extract_is_github(talk.product))
		talk.trouble = "GitHub has no custom fields";
	if (rc == E_OK)
		rc = talk_get(&talk, "/rest/api/2/field", diag);
	if (rc == E_OK && talk.trouble == NULL)
		rc = read_fields(&talk, source, ret_fields, ret_count, diag);
	*ret_trouble = talk.trouble;
	talk_end(&talk);
	return rc;
}

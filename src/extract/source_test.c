/* SPDX-License-Identifier: MIT */
#include "extract/source_test.h"

#include <string.h>
#include <strings.h>

#include "adapters/crypto/secret.h"
#include "adapters/http_client.h"
#include "extract/look.h"
#include "extract/source_ask.h"
#include "models/catalogue/integration.h"

/* A person waits; a source that works answers sooner. */
#define TIMEOUT_MS 5000
#define ANSWER_MAX 8388608

const char *const source_fact_names[SOURCE_FACTS] = {
#define FACT(code, name, sentence) [code] = name,
#include "extract/source_fact_rows.h"
#undef FACT
};

/* A source that is being asked. */
struct talk {
	const struct source_tester *tester;
	enum extract_product product;
	struct http_client *http;
	struct http_guard guard;
	struct http_client_request request;
	struct http_client_answer answer;
	struct buf body; /* begins with one byte that is free to use */
	const char *base;
	const char *trouble;
};

/* How the credentials are sent. */
static enum err
take_credentials(struct talk *talk, const struct extract_source *source,
    struct diag *diag)
{
	struct arena *arena = talk->tester->arena;
	const char **headers = arena_get(arena, 4 * sizeof(*headers));
	struct span password;
	size_t count = 0;
	enum err rc;

	rc = secret_open(talk->tester->secret_keys_file, source->password,
	    integration_secret_context(source->tenant_id,
		source->integration_id, arena),
	    arena, &password, diag);
	if (rc != E_OK)
		return rc;
	if (talk->product != GITHUB && source->username.len > 0) {
		talk->request.user = arena_text(arena, source->username);
		talk->request.password = password.at;
	} else {
		headers[count++] = arena_printf(arena,
		    "Authorization: Bearer %s", password.at);
	}
	headers[count++] = "Accept: application/json";
	talk->request.headers = headers;
	return arena_done(arena, diag);
}

/* Who is asked, and whether that may be. */
static void
take_address(struct talk *talk, const struct extract_source *source)
{
	const bool plain = talk->tester->settings->extract_plain_http;
	struct span base = span_trim(source->base_url);
	const char *product;

	if (!extract_product(source->product, source->deployment,
		&talk->product, &product)) {
		talk->trouble =
		    "the product of the integration is neither Jira nor"
		    " GitHub: nothing is known of how to ask it";
		return;
	}
	if (base.len == 0 && talk->product == GITHUB)
		base = SPAN_LIT("https://api.github.com");
	while (base.len > 0 && base.at[base.len - 1] == '/')
		base.len--;
	if (base.len == 0)
		talk->trouble = "the integration has no base_url: set one";
	else if (strncasecmp(base.at, "https://", 8) != 0 &&
	    (!plain || strncasecmp(base.at, "http://", 7) != 0))
		talk->trouble =
		    "base_url has to begin with https:// (http:// is permitted"
		    " by extract_plain_http = on)";
	else if (source->password.at == NULL)
		talk->trouble = "the integration has no password: set one";
	talk->base = arena_text(talk->tester->arena, base);
}

static enum err
talk_begin(struct talk *talk, const struct source_tester *tester,
    const struct extract_source *source, struct diag *diag)
{
	const struct extract_settings *settings = tester->settings;
	enum err rc;

	*talk = (struct talk){ .tester = tester };
	buf_init(&talk->body, ANSWER_MAX);
	take_address(talk, source);
	if (talk->trouble != NULL)
		return E_OK;
	rc = take_credentials(talk, source, diag);
	if (rc != E_OK)
		return rc;
	talk->guard = (struct http_guard){
		.ca_file = settings->extract_ca_file,
		.networks = settings->extract_networks,
		.plain_http = settings->extract_plain_http,
	};
	rc = http_client_new(1,
	    settings->extract_timeout < TIMEOUT_MS ?
		(long)settings->extract_timeout :
		TIMEOUT_MS,
	    &talk->http, diag);
	if (rc == E_OK)
		http_client_set_guard(talk->http, &talk->guard);
	return rc;
}

static void
talk_end(struct talk *talk)
{
	http_client_free(talk->http);
	buf_free(&talk->body);
}

/* Why an answer is none, and what to do. */
static const char *
trouble_of(const struct talk *talk)
{
	const struct http_client_answer *answer = &talk->answer;
	struct arena *arena = talk->tester->arena;
	const char *said;

	if (answer->outcome != HTTP_CLIENT_WHOLE)
		return arena_printf(arena, "the source was not reached: %s",
		    answer->trouble);
	said = source_sentence(answer->body, arena);
	if (said[0] == '\0')
		said = "it does not say why";
	switch (answer->status) {
	case 401:
		return arena_printf(arena,
		    "the source refuses the credentials (401): %s; a token with"
		    " scopes of Jira Cloud needs"
		    " https://api.atlassian.com/ex/jira/CLOUDID as base_url",
		    said);
	case 403:
		return arena_printf(arena,
		    "the source forbids it (403): %s; look at the token's"
		    " scopes",
		    said);
	case 404:
		return arena_printf(arena,
		    "the source does not have this (404): %s; look at"
		    " base_url and settings.deployment",
		    said);
	default:
		return arena_printf(arena, "the source answers %ld: %s",
		    answer->status, said);
	}
}

/* Ask for a path. Gives: an answer, or talk->trouble. */
static enum err
talk_get(struct talk *talk, const char *path, struct diag *diag)
{
	enum err rc;

	if (talk->trouble != NULL)
		return E_OK;
	buf_reset(&talk->body, SIZE_MAX);
	buf_add_char(&talk->body, ' ');
	talk->request.url = arena_printf(talk->tester->arena, "%s%s",
	    talk->base, path);
	talk->request.into = &talk->body;
	rc = arena_done(talk->tester->arena, diag);
	if (rc == E_OK)
		rc = http_client_ask(talk->http, &talk->request, &talk->answer,
		    diag);
	if (rc == E_OK &&
	    (talk->answer.outcome != HTTP_CLIENT_WHOLE || talk->answer.is_cut ||
		talk->answer.status < 200 || talk->answer.status >= 300))
		talk->trouble = trouble_of(talk);
	return rc;
}

/* A text of the answer. */
static struct span
told(const struct talk *talk, const char *path)
{
	struct json_member member = look_path(talk->answer.body, path);

	return look_text(member.value, talk->tester->arena);
}

static struct span
header(const struct talk *talk, const char *name)
{
	const char *value = http_client_header(&talk->answer, name);

	return value == NULL ?
	    SPAN_NONE :
	    str_span(arena_text(talk->tester->arena, str_span(value)));
}

static enum err
test_jira(struct talk *talk, struct span *facts, struct diag *diag)
{
	enum err rc = talk_get(talk, "/rest/api/2/serverInfo", diag);

	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_VERSION] = told(talk, "version");
	facts[FACT_SOURCE] = span_is(told(talk, "deploymentType"), "Cloud") ?
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
	facts[FACT_ACCOUNT] = told(talk, "displayName");
	facts[FACT_TIME_ZONE] = told(talk, "timeZone");
	facts[FACT_QUOTA] = header(talk, "x-ratelimit-limit");
	facts[FACT_QUOTA_LEFT] = header(talk, "x-ratelimit-remaining");
	return E_OK;
}

static enum err
test_github(struct talk *talk, struct span *facts, struct diag *diag)
{
	enum err rc;

	facts[FACT_SOURCE] = SPAN_LIT("GitHub");
	rc = talk_get(talk, "/user", diag);
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_ACCOUNT] = told(talk, "login");
	facts[FACT_SCOPES] = header(talk, "x-oauth-scopes");
	facts[FACT_TOKEN_ENDS] = header(talk,
	    "github-authentication-token-expiration");
	rc = talk_get(talk, "/rate_limit", diag);
	if (rc != E_OK || talk->trouble != NULL)
		return rc;
	facts[FACT_QUOTA] = told(talk, "resources.graphql.limit");
	facts[FACT_QUOTA_LEFT] = told(talk, "resources.graphql.remaining");
	rc = talk_get(talk, "/meta", diag);
	if (rc == E_OK && talk->trouble == NULL)
		facts[FACT_VERSION] = told(talk, "installed_version");
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
		rc = talk.product == GITHUB ?
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
	if (rc == E_OK && talk.trouble == NULL && talk.product == GITHUB)
		talk.trouble = "GitHub has no custom fields";
	if (rc == E_OK)
		rc = talk_get(&talk, "/rest/api/2/field", diag);
	if (rc == E_OK && talk.trouble == NULL)
		rc = read_fields(&talk, source, ret_fields, ret_count, diag);
	*ret_trouble = talk.trouble;
	talk_end(&talk);
	return rc;
}

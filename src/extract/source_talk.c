/* SPDX-License-Identifier: MIT */
/* Questions to a source, each asked once, while a person waits. */
#include <strings.h>

#include "adapters/crypto/secret.h"
#include "extract/look.h"
#include "extract/source_ask.h"
#include "extract/source_talk_inside.h"
#include "models/catalogue/integration.h"

/* A person waits; a source that works answers sooner. */
#define TIMEOUT_MS 5000
#define ANSWER_MAX 8388608

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
	talk->app = (struct github_app){ source->app_id,
		source->installation_id, password };
	talk->is_app = extract_is_github(talk->product) &&
	    github_app_is(&talk->app);
	if (!extract_is_github(talk->product) && source->username.len > 0) {
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
	if (base.len == 0 && extract_is_github(talk->product))
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

enum err
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

void
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

enum err
talk_ask(struct talk *talk, struct diag *diag)
{
	enum err rc;

	if (talk->trouble != NULL)
		return E_OK;
	buf_reset(&talk->body, SIZE_MAX);
	buf_add_char(&talk->body, ' ');
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

enum err
talk_get(struct talk *talk, const char *path, struct diag *diag)
{
	talk->request.url = arena_printf(talk->tester->arena, "%s%s",
	    talk->base, path);
	return talk_ask(talk, diag);
}

struct span
talk_told(const struct talk *talk, const char *path)
{
	struct json_member member = look_path(talk->answer.body, path);

	return look_text(member.value, talk->tester->arena);
}

struct span
talk_header(const struct talk *talk, const char *name)
{
	const char *value = http_client_header(&talk->answer, name);

	return value == NULL ?
	    SPAN_NONE :
	    str_span(arena_text(talk->tester->arena, str_span(value)));
}

/* SPDX-License-Identifier: MIT */
/* Requests to Qdrant over HTTP, by libcurl. */
#include "adapters/qdrant/qdrant_inside.h"

#include <stdlib.h>

#include "adapters/http_client.h"

const struct conf_row qdrant_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct qdrant_settings, __VA_ARGS__)
#include "adapters/qdrant/qdrant_conf_rows.h"
#undef SETTING
};
const size_t qdrant_conf_count = COUNT(qdrant_conf_rows);

struct qdrant_client {
	const struct qdrant_settings *settings;
	struct http_client *http; /* NULL until the first question */
};

struct qdrant_client *
qdrant_client_new(const struct qdrant_settings *settings)
{
	struct qdrant_client *client = calloc(1, sizeof(*client));

	if (client != NULL)
		client->settings = settings;
	return client;
}

void
qdrant_client_free(struct qdrant_client *client)
{
	if (client == NULL)
		return;
	http_client_free(client->http);
	free(client);
}

/* What an answer says of Qdrant; what is not well is told. */
static enum qdrant_state
judge(const struct http_client_answer *answer, const char *shown,
    int64_t timeout, struct diag *diag)
{
	switch (answer->outcome) {
	case HTTP_CLIENT_WHOLE:
		break;
	case HTTP_CLIENT_SLOW:
		(void)diag_set(diag, E_SYSTEM, "%s: no answer in %lld ms",
		    shown, (long long)timeout);
		return QDRANT_SLOW;
	case HTTP_CLIENT_AWAY:
	case HTTP_CLIENT_STRANGE:
		(void)diag_set(diag, E_SYSTEM, "%s: %s", shown,
		    answer->trouble);
		return answer->outcome == HTTP_CLIENT_AWAY ?
		    QDRANT_UNREACHABLE :
		    QDRANT_STRANGE;
	}
	if (answer->status == 200)
		return QDRANT_HEALTHY;
	(void)diag_set(diag, E_SYSTEM, "%s: status %ld", shown, answer->status);
	if (answer->status == 401 || answer->status == 403)
		return QDRANT_REFUSED;
	return answer->status >= 500 ? QDRANT_FAILED : QDRANT_STRANGE;
}

/* Ask; the client for it is made at the first question. */
static enum err
ask(struct qdrant_client *client, const char *url, struct arena *arena,
    struct http_client_answer *ret_answer, struct diag *diag)
{
	const char *key = client->settings->qdrant_api_key;
	const char *headers[] = { NULL, NULL };
	const struct http_client_request request = { .url = url,
		.headers = headers };
	enum err rc = E_OK;

	if (key[0] != '\0') {
		headers[0] = arena_printf(arena, "api-key: %s", key);
		if (headers[0] == NULL)
			return diag_set(diag, E_NO_MEMORY, "no memory");
	}
	if (client->http == NULL)
		rc = http_client_new(1, (long)client->settings->qdrant_timeout,
		    &client->http, diag);
	if (rc != E_OK)
		return rc;
	http_client_set_timeout(client->http,
	    (long)client->settings->qdrant_timeout);
	rc = http_client_ask(client->http, &request, ret_answer, diag);
	if (rc != E_OK) {
		http_client_free(client->http);
		client->http = NULL;
	}
	return rc;
}

enum qdrant_state
qdrant_http_get(struct qdrant_client *client, const char *path,
    struct arena *arena, struct span *ret_body, struct diag *diag)
{
	const struct qdrant_settings *settings = client->settings;
	struct span base = str_span(settings->qdrant_url);
	struct http_client_answer answer;
	enum qdrant_state state;
	const char *shown;
	const char *url;

	if (base.len == 0)
		return QDRANT_OFF;
	if (!http_client_is_built())
		return QDRANT_ABSENT;
	if (base.at[base.len - 1] == '/')
		base.len--;
	url = arena_printf(arena, "%.*s%s", SPAN_ARG(base), path);
	shown = http_client_shown(url, arena);
	if (arena_done(arena, diag) != E_OK ||
	    ask(client, url, arena, &answer, diag) != E_OK)
		return QDRANT_UNREACHABLE;
	state = judge(&answer, shown, settings->qdrant_timeout, diag);
	if (state != QDRANT_HEALTHY)
		return state;
	*ret_body = arena_span(arena, answer.body);
	if (arena_failed(arena)) {
		arena_resume(arena);
		(void)diag_set(diag, E_TOO_LARGE, "%s: too much", shown);
		return QDRANT_STRANGE;
	}
	return QDRANT_HEALTHY;
}

/* Requests to Qdrant over HTTP, by libcurl. */
#include "adapters/qdrant/qdrant_inside.h"

#include <stdlib.h>
#include <string.h>

#ifdef HAVE_CURL
#include <curl/curl.h>
#endif

#include "adapters/curl_answer.h"
#include "base/buf.h"

/* More than the answers to our questions have; a list of 10,000 names fits. */
#define ANSWER_MAX (1u << 20)

const struct conf_row qdrant_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct qdrant_settings, __VA_ARGS__)
#include "adapters/qdrant/qdrant_conf_rows.h"
#undef SETTING
};
const size_t qdrant_conf_count = COUNT(qdrant_conf_rows);

struct qdrant_client {
	const struct qdrant_settings *settings;
#ifdef HAVE_CURL
	CURL *curl; /* NULL until the first question; keeps its connection */
	struct curl_slist *headers;
#endif
	struct buf answer;
};

struct qdrant_client *
qdrant_client_new(const struct qdrant_settings *settings)
{
	struct qdrant_client *client = calloc(1, sizeof(*client));

	if (client != NULL) {
		client->settings = settings;
		buf_init(&client->answer, ANSWER_MAX);
	}
	return client;
}

#ifdef HAVE_CURL
void
qdrant_client_free(struct qdrant_client *client)
{
	if (client == NULL)
		return;
	curl_easy_cleanup(client->curl);
	curl_slist_free_all(client->headers);
	buf_free(&client->answer);
	free(client);
}

/* What holds for all questions. */
static bool
prepare(struct qdrant_client *client)
{
	const struct qdrant_settings *settings = client->settings;
	struct curl_slist *headers = NULL;
	struct buf line;

	if (client->curl != NULL)
		return true;
	if (settings->qdrant_api_key[0] != '\0') {
		buf_init(&line, 65536);
		buf_printf(&line, "api-key: %s", settings->qdrant_api_key);
		if (buf_done(&line) == E_OK)
			headers = curl_slist_append(NULL, line.data);
		buf_free(&line);
		if (headers == NULL)
			return false;
	}
	client->curl = curl_easy_init();
	client->headers = headers;
	if (client->curl == NULL)
		return false;
	return curl_easy_setopt(client->curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_PROTOCOLS_STR,
		"http,https") == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_TIMEOUT_MS,
		(long)settings->qdrant_timeout) == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_USERAGENT,
		"pulse-etl/" PACKAGE_VERSION) == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_HTTPHEADER,
		headers) == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_WRITEFUNCTION,
		curl_answer_keep) == CURLE_OK
	    && curl_easy_setopt(client->curl, CURLOPT_WRITEDATA,
		&client->answer) == CURLE_OK;
}

static enum qdrant_state
ask(struct qdrant_client *client, const char *url, const char *shown,
    struct diag *diag)
{
	long status = 0;
	CURLcode code;

	if (!prepare(client) ||
	    curl_easy_setopt(client->curl, CURLOPT_URL, url) != CURLE_OK) {
		(void)diag_set(diag, E_SYSTEM, "libcurl cannot be set up");
		return QDRANT_UNREACHABLE;
	}
	code = curl_easy_perform(client->curl);
	if (code == CURLE_OPERATION_TIMEDOUT) {
		(void)diag_set(diag, E_SYSTEM, "%s: no answer in %lld ms", shown,
		    (long long)client->settings->qdrant_timeout);
		return QDRANT_SLOW;
	}
	if (code == CURLE_WRITE_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
	    code == CURLE_UNSUPPORTED_PROTOCOL) {
		(void)diag_set(diag, E_SYSTEM, "%s: %s", shown,
		    curl_easy_strerror(code));
		return QDRANT_STRANGE;
	}
	if (code != CURLE_OK) {
		(void)diag_set(diag, E_SYSTEM, "%s: %s", shown,
		    curl_easy_strerror(code));
		return QDRANT_UNREACHABLE;
	}
	(void)curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == 200)
		return QDRANT_HEALTHY;
	(void)diag_set(diag, E_SYSTEM, "%s: status %ld", shown, status);
	if (status == 401 || status == 403)
		return QDRANT_REFUSED;
	return status >= 500 ? QDRANT_FAILED : QDRANT_STRANGE;
}

enum qdrant_state
qdrant_http_get(struct qdrant_client *client, const char *path,
    struct arena *arena, struct span *ret_body, struct diag *diag)
{
	struct span base = str_span(client->settings->qdrant_url);
	enum qdrant_state state;
	const char *shown;
	char *url, *body;

	if (base.len == 0)
		return QDRANT_OFF;
	if (base.at[base.len - 1] == '/')
		base.len--;
	url = arena_printf(arena, "%.*s%s", SPAN_ARG(base), path);
	if (url == NULL) {
		(void)diag_set(diag, E_NO_MEMORY, "no memory");
		return QDRANT_UNREACHABLE;
	}
	shown = curl_answer_shown(url, arena);
	state = ask(client, url, shown, diag);
	if (state == QDRANT_HEALTHY) {
		body = arena_text(arena, buf_span(&client->answer));
		if (body == NULL) {
			(void)diag_set(diag, E_TOO_LARGE, "%s: too much",
			    shown);
			state = QDRANT_STRANGE;
		} else {
			*ret_body = (struct span){ body,
				client->answer.len };
		}
	}
	buf_reset(&client->answer, 65536);
	return state;
}
#else
void
qdrant_client_free(struct qdrant_client *client)
{
	free(client);
}

enum qdrant_state
qdrant_http_get(struct qdrant_client *client, const char *path,
    struct arena *arena, struct span *ret_body, struct diag *diag)
{
	(void)path;
	(void)arena;
	(void)diag;
	*ret_body = SPAN_NONE;
	return client->settings->qdrant_url[0] == '\0' ? QDRANT_OFF :
	    QDRANT_ABSENT;
}
#endif

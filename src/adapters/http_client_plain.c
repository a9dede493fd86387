/* SPDX-License-Identifier: MIT */
/* What of the client needs no libcurl, and what a build without it has. */
#include "adapters/http_client.h"

#include <string.h>

/* How long one turn of waiting takes, ms. */
#define TURN_MS 1000

enum err
http_client_ask(struct http_client *client,
    const struct http_client_request *request,
    struct http_client_answer *ret_answer, struct diag *diag)
{
	enum err rc = http_client_start(client, request, diag);
	bool got = false;

	while (rc == E_OK && !got)
		rc = http_client_wait(client, TURN_MS, &got, ret_answer, diag);
	return rc;
}

void
http_client_escape(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') ||
		    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '-' ||
		    c == '_' || c == '.')
			buf_add_char(out, *text);
		else
			buf_printf(out, "%%%02X", c);
	}
}

const char *
http_client_shown(const char *url, struct arena *arena)
{
	const char *host = strstr(url, "://");
	const char *login;

	host = host == NULL ? url : host + 3;
	login = memrchr(host, '@', strcspn(host, "/?#"));
	if (login == NULL)
		return url;
	return arena_printf(arena, "%.*s%s", (int)(host - url), url, login + 1);
}

#ifndef HAVE_CURL
bool
http_client_is_built(void)
{
	return false;
}

enum err
http_client_new(size_t slots, long timeout, struct http_client **ret_client,
    struct diag *diag)
{
	(void)slots;
	(void)timeout;
	(void)ret_client;
	return diag_set(diag, E_SYSTEM,
	    "this was built without libcurl: HTTP was left out");
}

void
http_client_free(struct http_client *client)
{
	(void)client;
}

void
http_client_set_guard(struct http_client *client,
    const struct http_guard *guard)
{
	(void)client;
	(void)guard;
}

void
http_client_set_timeout(struct http_client *client, long timeout)
{
	(void)client;
	(void)timeout;
}

const char *
http_client_header(const struct http_client_answer *answer, const char *name)
{
	(void)answer;
	(void)name;
	return NULL;
}

size_t
http_client_free_slots(const struct http_client *client)
{
	(void)client;
	return 0;
}

enum err
http_client_start(struct http_client *client,
    const struct http_client_request *request, struct diag *diag)
{
	(void)client;
	(void)request;
	return diag_set(diag, E_SYSTEM, "HTTP was left out");
}

enum err
http_client_wait(struct http_client *client, int timeout, bool *ret_got,
    struct http_client_answer *ret_answer, struct diag *diag)
{
	(void)client;
	(void)timeout;
	(void)ret_got;
	(void)ret_answer;
	return diag_set(diag, E_SYSTEM, "HTTP was left out");
}
#endif

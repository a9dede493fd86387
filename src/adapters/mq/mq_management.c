/* SPDX-License-Identifier: MIT */
/* What only the broker's management interface knows: the policies of queues. */
#include <stdlib.h>

#include "adapters/http_client.h"
#include "adapters/mq/mq_inside.h"

#define TIMEOUT_MS 2000L
#define ADDRESS_MAX 65536

/* The address of the virtual host's queues; NULL: no memory. */
static char *
address(const char *base, const char *vhost, struct arena *arena)
{
	struct span trimmed = str_span(base);
	char *text = NULL;
	struct buf url;

	while (trimmed.len > 0 && trimmed.at[trimmed.len - 1] == '/')
		trimmed.len--;
	buf_init(&url, ADDRESS_MAX);
	buf_add_span(&url, trimmed);
	buf_add_text(&url, "/api/queues/");
	http_client_escape(&url, vhost);
	buf_add_text(&url, "?columns=name,policy,effective_policy_definition");
	if (buf_done(&url) == E_OK)
		text = arena_text(arena, buf_span(&url));
	buf_free(&url);
	return text;
}

/* Ask one question. Gives: *ret_json, in the arena. */
static enum err
ask(struct http_client *http, const char *base,
    const struct amqp_connection_info *info, struct arena *arena,
    struct span *ret_json, struct diag *diag)
{
	struct http_client_request request = {
		.url = address(base, info->vhost, arena),
		.user = info->user,
		.password = info->password,
	};
	struct http_client_answer answer;
	enum err rc;

	if (request.url == NULL || arena_failed(arena))
		return diag_set(diag, E_NO_MEMORY, "policies");
	rc = http_client_ask(http, &request, &answer, diag);
	if (rc != E_OK)
		return rc;
	if (answer.outcome != HTTP_CLIENT_WHOLE)
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_management: %s:"
		    " %s",
		    http_client_shown(base, arena), answer.trouble);
	if (answer.status != 200)
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_management: %s:"
		    " status %ld",
		    http_client_shown(base, arena), answer.status);
	*ret_json = arena_span(arena, answer.body);
	return arena_done(arena, diag);
}

enum err
mq_policies(const struct mq *mq, struct arena *arena, struct span *ret_json,
    struct diag *diag)
{
	const char *base = mq->settings->rabbitmq_management;
	struct http_client *http = NULL;
	struct mq_url url = { 0 };
	enum err rc;

	*ret_json = SPAN_NONE;
	if (base[0] == '\0')
		return E_OK;
	if (!http_client_is_built())
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_management: this"
		    " program was built without libcurl");
	rc = mq_url_first(mq->settings, &url, diag);
	if (rc != E_OK)
		return rc;
	rc = http_client_new(1, TIMEOUT_MS, &http, diag);
	if (rc == E_OK)
		rc = ask(http, base, &url.info, arena, ret_json, diag);
	http_client_free(http);
	free(url.text);
	return rc;
}

/* What only the broker's management interface knows: the policies of queues. */
#include <stdlib.h>

#ifdef HAVE_CURL
#include <curl/curl.h>
#endif

#include "adapters/curl_answer.h"
#include "adapters/mq/mq_inside.h"
#include "base/buf.h"

/* Some hundreds of bytes for each queue of the virtual host. */
#define ANSWER_MAX (1u << 20)
#define TIMEOUT_MS 2000L

#ifdef HAVE_CURL
static bool
prepare(CURL *curl, const struct amqp_connection_info *info, struct buf *answer)
{
	return curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") ==
		CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS) ==
		CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_USERNAME, info->user) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_PASSWORD, info->password) ==
		CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_USERAGENT, "pulse-etl/"
		PACKAGE_VERSION) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION,
		curl_answer_keep) == CURLE_OK &&
	    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

static enum err
ask(CURL *curl, const char *base, const struct amqp_connection_info *info,
    struct arena *arena, struct buf *answer, struct diag *diag)
{
	struct span trimmed = str_span(base);
	char *vhost = curl_easy_escape(curl, info->vhost, 0);
	const char *url = NULL;
	CURLcode code = CURLE_OUT_OF_MEMORY;

	while (trimmed.len > 0 && trimmed.at[trimmed.len - 1] == '/')
		trimmed.len--;
	if (vhost != NULL)
		url = arena_printf(arena, "%.*s/api/queues/%s?columns=name,"
		    "policy,effective_policy_definition", SPAN_ARG(trimmed),
		    vhost);
	curl_free(vhost);
	if (arena_failed(arena))
		url = NULL;
	if (url != NULL && prepare(curl, info, answer) &&
	    curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK)
		code = curl_easy_perform(curl);
	if (code == CURLE_OK)
		return E_OK;
	return diag_set(diag, E_MQ_CONNECT, "rabbitmq_management: %s: %s",
	    curl_answer_shown(base, arena), curl_easy_strerror(code));
}

enum err
mq_policies(const struct mq *mq, struct arena *arena, struct span *ret_json,
    struct diag *diag)
{
	const char *base = mq->settings->rabbitmq_management;
	struct buf answer;
	struct mq_url url;
	CURL *curl;
	enum err rc;

	*ret_json = SPAN_NONE;
	if (base[0] == '\0')
		return E_OK;
	rc = mq_url_first(mq->settings, &url, diag);
	if (rc != E_OK)
		return rc;
	buf_init(&answer, ANSWER_MAX);
	curl = curl_easy_init();
	rc = curl == NULL ? diag_set(diag, E_NO_MEMORY, "libcurl") :
	    ask(curl, base, &url.info, arena, &answer, diag);
	if (rc == E_OK) {
		*ret_json = arena_span(arena, buf_span(&answer));
		rc = arena_done(arena, diag);
	}
	curl_easy_cleanup(curl);
	buf_free(&answer);
	free(url.text);
	return rc;
}
#else
enum err
mq_policies(const struct mq *mq, struct arena *arena, struct span *ret_json,
    struct diag *diag)
{
	(void)arena;
	*ret_json = SPAN_NONE;
	if (mq->settings->rabbitmq_management[0] == '\0')
		return E_OK;
	return diag_set(diag, E_MQ_CONNECT, "rabbitmq_management: this program"
	    " was built without libcurl");
}
#endif

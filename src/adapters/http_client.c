#include "adapters/http_client.h"

#ifdef HAVE_CURL
#include <stdlib.h>

#include <curl/curl.h>

#include "base/buf.h"

#define ANSWER_MAX (1u << 20)

struct slot {
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;
	char trouble[CURL_ERROR_SIZE];
	void *context;
	bool busy;
};

struct http_client {
	CURLM *multi;
	struct slot *slots;
	size_t count;
	long timeout;
};

/* What comes beyond the buffer's cap is dropped, not refused. */
static size_t
on_body(char *bytes, size_t size, size_t count, void *answer)
{
	struct buf *buf = answer;

	if (buf->len + size * count <= ANSWER_MAX)
		buf_add(buf, bytes, size * count);
	return size * count;
}

enum err
http_client_new(size_t slots, long timeout, struct http_client **ret_client,
    struct diag *diag)
{
	struct http_client *client = calloc(1, sizeof(*client));

	if (client == NULL || curl_global_init(CURL_GLOBAL_DEFAULT) != 0) {
		free(client);
		return diag_set(diag, E_NO_MEMORY, "an HTTP client");
	}
	client->timeout = timeout;
	client->multi = curl_multi_init();
	client->slots = calloc(slots, sizeof(*client->slots));
	if (client->multi == NULL || client->slots == NULL) {
		http_client_free(client);
		return diag_set(diag, E_NO_MEMORY, "an HTTP client");
	}
	client->count = slots;
	for (size_t i = 0; i < slots; i++)
		buf_init(&client->slots[i].answer, ANSWER_MAX + 1);
	*ret_client = client;
	return E_OK;
}

void
http_client_free(struct http_client *client)
{
	if (client == NULL)
		return;
	for (size_t i = 0; i < client->count; i++) {
		struct slot *slot = &client->slots[i];

		if (slot->busy)
			(void)curl_multi_remove_handle(client->multi,
			    slot->easy);
		curl_easy_cleanup(slot->easy);
		curl_slist_free_all(slot->headers);
		buf_free(&slot->answer);
	}
	free(client->slots);
	(void)curl_multi_cleanup(client->multi);
	curl_global_cleanup();
	free(client);
}

size_t
http_client_free_slots(const struct http_client *client)
{
	size_t count = 0;

	for (size_t i = 0; i < client->count; i++)
		count += !client->slots[i].busy;
	return count;
}

static struct slot *
find_slot(struct http_client *client, const CURL *easy)
{
	for (size_t i = 0; i < client->count; i++)
		if (easy == NULL ? !client->slots[i].busy :
		    client->slots[i].easy == easy)
			return &client->slots[i];
	return NULL;
}

/* Fill the handle in. */
static CURLcode
prepare(struct http_client *client, struct slot *slot,
    const struct http_client_request *request)
{
	CURL *easy = slot->easy;
	CURLcode rc;

	curl_easy_reset(easy); /* the connection is kept */
	curl_slist_free_all(slot->headers);
	slot->headers = NULL;
	for (size_t i = 0; request->headers[i] != NULL; i++) {
		struct curl_slist *longer = curl_slist_append(slot->headers,
		    request->headers[i]);

		if (longer == NULL)
			return CURLE_OUT_OF_MEMORY;
		slot->headers = longer;
	}
	rc = curl_easy_setopt(easy, CURLOPT_URL, request->url);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_POST, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		    request->body.at);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)request->body.len);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_TIMEOUT, client->timeout);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->trouble);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	if (rc == CURLE_OK)
		rc = curl_easy_setopt(easy, CURLOPT_WRITEDATA, &slot->answer);
	return rc;
}

enum err
http_client_post(struct http_client *client,
    const struct http_client_request *request, struct diag *diag)
{
	struct slot *slot = find_slot(client, NULL);
	CURLcode rc;

	if (slot != NULL && slot->easy == NULL)
		slot->easy = curl_easy_init();
	if (slot == NULL || slot->easy == NULL)
		return diag_set(diag, E_NO_MEMORY, "an HTTP request");
	buf_reset(&slot->answer, ANSWER_MAX);
	slot->trouble[0] = '\0';
	slot->context = request->context;
	rc = prepare(client, slot, request);
	if (rc != CURLE_OK)
		return diag_set(diag, E_SYSTEM, "an HTTP request: %s",
		    curl_easy_strerror(rc));
	if (curl_multi_add_handle(client->multi, slot->easy) != CURLM_OK)
		return diag_set(diag, E_SYSTEM, "an HTTP request");
	slot->busy = true;
	return E_OK;
}

/* Take a finished request out. */
static bool
take(struct http_client *client, struct http_client_answer *ret)
{
	CURLMsg *message;
	struct slot *slot;
	int left;

	do {
		message = curl_multi_info_read(client->multi, &left);
		if (message == NULL)
			return false;
	} while (message->msg != CURLMSG_DONE);
	slot = find_slot(client, message->easy_handle);
	if (slot == NULL)
		return false;
	ret->status = 0;
	if (message->data.result == CURLE_OK)
		(void)curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE,
		    &ret->status);
	ret->trouble = slot->trouble[0] != '\0' ? slot->trouble :
	    curl_easy_strerror(message->data.result);
	ret->context = slot->context;
	ret->body = buf_span(&slot->answer);
	(void)curl_multi_remove_handle(client->multi, slot->easy);
	slot->busy = false;
	return true;
}

enum err
http_client_wait(struct http_client *client, int timeout, bool *ret_got,
    struct http_client_answer *ret_answer, struct diag *diag)
{
	CURLMcode rc;
	int running;

	rc = curl_multi_perform(client->multi, &running);
	*ret_got = take(client, ret_answer);
	if (rc != CURLM_OK || *ret_got)
		goto out;
	rc = curl_multi_poll(client->multi, NULL, 0, timeout, NULL);
	if (rc == CURLM_OK)
		rc = curl_multi_perform(client->multi, &running);
	*ret_got = take(client, ret_answer);
out:
	return rc == CURLM_OK ? E_OK : diag_set(diag, E_SYSTEM, "HTTP: %s",
	    curl_multi_strerror(rc));
}
#else
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

size_t
http_client_free_slots(const struct http_client *client)
{
	(void)client;
	return 0;
}

enum err
http_client_post(struct http_client *client,
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

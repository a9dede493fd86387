/* SPDX-License-Identifier: MIT */
#include "adapters/http_client.h"

#ifdef HAVE_CURL
#include <stdlib.h>
#include <sys/socket.h>

#include <curl/curl.h>

#define ANSWER_MAX (1u << 20)
#define TOO_LARGE "the answer has more than 1 MB"
/* What stays allocated for the next answer, bytes. */
#define KEEP_BYTES 65536

struct slot {
	CURL *easy;
	struct curl_slist *headers;
	struct buf answer;
	struct buf *into; /* the answer's, or the caller's */
	size_t begin;	  /* of the body in it */
	struct guarded {
		const struct http_guard *guard;
		bool refused; /* an address */
	} guarded;
	char trouble[CURL_ERROR_SIZE];
	void *context;
	bool busy;
};

struct http_client {
	CURLM *multi;
	struct slot *slots;
	size_t count;
	long timeout;
	const struct http_guard *guard; /* NULL: none */
};

bool
http_client_is_built(void)
{
	return true;
}

/* libcurl's write callback: what is beyond the buffer's cap ends it all. */
static size_t
keep(char *bytes, size_t size, size_t count, void *answer)
{
	struct buf *buf = answer;

	buf_add(buf, bytes, size * count);
	return buf_done(buf) == E_OK ? size * count : 0;
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
		buf_init(&client->slots[i].answer, ANSWER_MAX);
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

void
http_client_set_guard(struct http_client *client,
    const struct http_guard *guard)
{
	client->guard = guard;
}

void
http_client_set_timeout(struct http_client *client, long timeout)
{
	client->timeout = timeout;
}

const char *
http_client_header(const struct http_client_answer *answer, const char *name)
{
	struct curl_header *header;

	return answer->handle != NULL &&
		curl_easy_header((CURL *)(uintptr_t)answer->handle, name, 0,
		    CURLH_HEADER, -1, &header) == CURLHE_OK ?
	    header->value :
	    NULL;
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

static bool
add_headers(struct slot *slot, const char *const *headers)
{
	curl_slist_free_all(slot->headers);
	slot->headers = NULL;
	for (; headers != NULL && *headers != NULL; headers++) {
		struct curl_slist *longer = curl_slist_append(slot->headers,
		    *headers);

		if (longer == NULL)
			return false;
		slot->headers = longer;
	}
	return true;
}

/* libcurl's callback for a new connection: is the address allowed? */
static curl_socket_t
open_socket(void *client_slot, curlsocktype purpose,
    struct curl_sockaddr *address)
{
	struct guarded *guarded = client_slot;

	(void)purpose;
	if (http_guard_allows(guarded->guard, &address->addr))
		return socket(address->family, address->socktype | SOCK_CLOEXEC,
		    address->protocol);
	guarded->refused = true;
	return CURL_SOCKET_BAD;
}

/* What a guard is for. */
static bool
set_guard(const struct http_guard *guard, struct slot *slot)
{
	CURL *easy = slot->easy;

	return curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
		   guard->plain_http ? "http,https" : "https") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROXY, "") == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "") == CURLE_OK &&
	    (guard->ca_file[0] == '\0' ||
		curl_easy_setopt(easy, CURLOPT_CAINFO, guard->ca_file) ==
		    CURLE_OK) &&
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &slot->guarded) ==
	    CURLE_OK;
}

/* What holds for all requests: limits, and where the answer goes. */
static bool
prepare(const struct http_client *client, struct slot *slot)
{
	CURL *easy = slot->easy;

	return curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https") ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, client->timeout) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_USERAGENT,
		"pulse-etl/" PACKAGE_VERSION) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, slot->trouble) ==
	    CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_WRITEDATA, slot->into) == CURLE_OK &&
	    (client->guard == NULL || set_guard(client->guard, slot));
}

/* What is asked. */
static bool
fill_in(struct slot *slot, const struct http_client_request *request)
{
	CURL *easy = slot->easy;
	bool ok = curl_easy_setopt(easy, CURLOPT_URL, request->url) ==
		CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, slot->headers) ==
		CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_USERNAME, request->user) ==
		CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_PASSWORD, request->password) ==
		CURLE_OK;

	if (!ok || !request->post)
		return ok;
	return curl_easy_setopt(easy, CURLOPT_POST, 1L) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
		request->body.len == 0 ? "" : request->body.at) == CURLE_OK &&
	    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
		(curl_off_t)request->body.len) == CURLE_OK;
}

enum err
http_client_start(struct http_client *client,
    const struct http_client_request *request, struct diag *diag)
{
	struct slot *slot = find_slot(client, NULL);

	if (slot != NULL && slot->easy == NULL)
		slot->easy = curl_easy_init();
	if (slot == NULL || slot->easy == NULL)
		return diag_set(diag, E_NO_MEMORY, "an HTTP request");
	curl_easy_reset(slot->easy); /* the connection is kept */
	buf_reset(&slot->answer, KEEP_BYTES);
	slot->into = request->into != NULL ? request->into : &slot->answer;
	slot->begin = slot->into->len;
	slot->guarded = (struct guarded){ client->guard, false };
	slot->trouble[0] = '\0';
	slot->context = request->context;
	if (!add_headers(slot, request->headers) || !prepare(client, slot) ||
	    !fill_in(slot, request) ||
	    curl_multi_add_handle(client->multi, slot->easy) != CURLM_OK)
		return diag_set(diag, E_SYSTEM, "libcurl cannot be set up");
	slot->busy = true;
	return E_OK;
}

static enum http_client_outcome
outcome_of(CURLcode code)
{
	if (code == CURLE_OK)
		return HTTP_CLIENT_WHOLE;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return HTTP_CLIENT_SLOW;
	return code == CURLE_WRITE_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
		code == CURLE_UNSUPPORTED_PROTOCOL ?
	    HTTP_CLIENT_STRANGE :
	    HTTP_CLIENT_AWAY;
}

static struct http_client_answer
answer_of(struct slot *slot, CURLcode code)
{
	struct http_client_answer answer = {
		.outcome = outcome_of(code),
		.context = slot->context,
		.trouble = curl_easy_strerror(code),
	};
	bool is_cut = buf_done(slot->into) != E_OK;

	answer.is_cut = buf_done(slot->into) == E_TOO_LARGE;
	answer.handle = slot->easy;
	if (is_cut)
		answer.trouble = !answer.is_cut ?
		    "there is no memory for the answer" :
		    slot->into == &slot->answer ?
		    TOO_LARGE :
		    "the answer is larger than it may be";
	if (slot->guarded.refused && code != CURLE_OK) {
		answer.outcome = HTTP_CLIENT_STRANGE;
		answer.trouble = HTTP_GUARD_REFUSAL;
	}
	answer.detail = is_cut || slot->guarded.refused ||
		slot->trouble[0] == '\0' ?
	    answer.trouble :
	    slot->trouble;
	if (code == CURLE_OK || is_cut)
		(void)curl_easy_getinfo(slot->easy, CURLINFO_RESPONSE_CODE,
		    &answer.status);
	if (code == CURLE_OK)
		answer.body = (struct span){ slot->into->len == 0 ?
			    "" :
			    slot->into->data + slot->begin,
			slot->into->len - slot->begin };
	if (curl_easy_getinfo(slot->easy, CURLINFO_REDIRECT_URL,
		&answer.redirect) != CURLE_OK)
		answer.redirect = NULL;
	return answer;
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
	*ret = answer_of(slot, message->data.result);
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
	return rc == CURLM_OK ?
	    E_OK :
	    diag_set(diag, E_SYSTEM, "HTTP: %s", curl_multi_strerror(rc));
}
#endif

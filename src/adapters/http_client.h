/*
 * Requests to an HTTP service, several at once, by libcurl. Nothing is sent
 * again here, and no redirect is followed: the caller decides.
 */
#ifndef ADAPTERS_HTTP_CLIENT_H
#define ADAPTERS_HTTP_CLIENT_H

#include "base/diag.h"
#include "base/str.h"

struct http_client;

struct http_client_request {
	const char *url;
	const char *const *headers; /* "Name: value", ends with NULL */
	struct span body;	    /* lives until the answer */
	void *context;		    /* handed back with the answer */
};

struct http_client_answer {
	void *context;
	long status;	     /* 0: there was none */
	struct span body;    /* its first megabyte */
	const char *trouble; /* why there was none */
};

/*
 * A client for so many requests at once. timeout: seconds for each.
 * Fails: E_SYSTEM when it was left out of the build; E_NO_MEMORY.
 * Owns: you http_client_free() it.
 */
enum err http_client_new(size_t slots, long timeout,
    struct http_client **ret_client, struct diag *diag) MUST_CHECK;
void http_client_free(struct http_client *client);

/* How many more requests may be started now. */
size_t http_client_free_slots(const struct http_client *client);

/* Start a POST. Needs: a free slot. Fails: E_NO_MEMORY, E_SYSTEM. */
enum err http_client_post(struct http_client *client,
    const struct http_client_request *request, struct diag *diag) MUST_CHECK;

/*
 * Wait for any answer, at most that many milliseconds.
 * Gives: *ret_got; *ret_answer lives until the next call.
 */
enum err http_client_wait(struct http_client *client, int timeout,
    bool *ret_got, struct http_client_answer *ret_answer, struct diag *diag)
    MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Requests to an HTTP service, several at once, by libcurl, which nobody else
 * knows. http and https only, the server's certificate being checked. Nothing
 * is sent again here, and no redirect is followed: the caller decides. An
 * answer is whole, or it says why it is not.
 */
#ifndef ADAPTERS_HTTP_CLIENT_H
#define ADAPTERS_HTTP_CLIENT_H

#include "adapters/http_guard.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "base/str.h"

struct http_client;

struct http_client_request {
	const char *url;
	const char *const *headers;  /* "Name: value", ends with NULL */
	const char *user, *password; /* NULL: none */
	bool post;		     /* with the body, else it is a GET */
	struct span body;	     /* lives until the answer */
	struct buf *into; /* where the answer's body is added; or NULL */
	void *context;	  /* handed back with the answer */
};

enum http_client_outcome {
	HTTP_CLIENT_WHOLE,   /* a status and the whole body */
	HTTP_CLIENT_AWAY,    /* nobody was reached, or was lost */
	HTTP_CLIENT_SLOW,    /* it took too long */
	HTTP_CLIENT_STRANGE, /* no HTTP, or more than a megabyte */
};

struct http_client_answer {
	enum http_client_outcome outcome;
	void *context;
	long status;	      /* 0: there was none */
	bool is_cut;	      /* the body was larger than its buffer */
	struct span body;     /* at NULL: none, or it was not whole */
	const char *redirect; /* where a 3xx leads to, absolute; or NULL */
	const void *handle;   /* for http_client_header() */
	const char *trouble;  /* why it is not whole; names no address */
	const char *detail;   /* the same in more words, and may name one */
};

/* Does this build have libcurl? */
bool http_client_is_built(void);

/*
 * A client for so many requests at once. timeout: ms for each, connecting
 * included.
 * Fails: E_SYSTEM when it was left out of the build; E_NO_MEMORY.
 * Owns: you http_client_free() it.
 */
enum err http_client_new(size_t slots, long timeout,
    struct http_client **ret_client, struct diag *diag) MUST_CHECK;
void http_client_free(struct http_client *client);

/*
 * From now on, ask only where the guard allows it, take compressed answers, and
 * trust the certificates of its file. The guard outlives the client.
 */
void http_client_set_guard(struct http_client *client,
    const struct http_guard *guard);

/* From now on, requests that are started may take so long, ms. */
void http_client_set_timeout(struct http_client *client, long timeout);

/* A header of an answer, its last one of that name; NULL: it has none. */
const char *http_client_header(const struct http_client_answer *answer,
    const char *name);

/* How many more requests may be started now. */
size_t http_client_free_slots(const struct http_client *client);

/* Start a request. Needs: a free slot. Fails: E_NO_MEMORY, E_SYSTEM. */
enum err http_client_start(struct http_client *client,
    const struct http_client_request *request, struct diag *diag) MUST_CHECK;

/*
 * Wait for any answer, at most that many milliseconds.
 * Gives: *ret_got; *ret_answer lives until the next call.
 */
enum err http_client_wait(struct http_client *client, int timeout,
    bool *ret_got, struct http_client_answer *ret_answer, struct diag *diag)
    MUST_CHECK;

/*
 * Start a request and wait for its answer.
 * Needs: no other one is under way.
 * Gives: *ret_answer lives until the next call.
 * Fails: as the two above; the client can then only be freed.
 */
enum err http_client_ask(struct http_client *client,
    const struct http_client_request *request,
    struct http_client_answer *ret_answer, struct diag *diag) MUST_CHECK;

/* Add a text as a part of a path or as a value of a query. */
void http_client_escape(struct buf *out, const char *text);

/*
 * An address for the log: without a name and password before its host.
 * Gives: the address itself, or a copy in the arena.
 */
const char *http_client_shown(const char *url, struct arena *arena);

#endif

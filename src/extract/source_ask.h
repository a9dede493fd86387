/* SPDX-License-Identifier: MIT */
/*
 * One question to a source, asked until there is an answer or it is clear that
 * there will be none: 408, 429, 5xx and lost connections are tried again, seven
 * times in all, after pauses that grow or that the source names (RFC 9110,
 * 10.2.3; X-RateLimit-Reset of Jira and GitHub). Redirects are followed to the
 * same host only, so credentials go nowhere else.
 */
#ifndef EXTRACT_SOURCE_ASK_H
#define EXTRACT_SOURCE_ASK_H

#include "adapters/http_client.h"
#include "extract/extract_conf.h"

/* A question. Its texts outlive it. */
struct source_question {
	const char *url;
	struct span body; /* JSON; SPAN_NONE: it is a GET */
	const char *user; /* NULL: the password is a token */
	const char *password;
	const char *const *headers; /* ends with NULL */
	bool is_conditional;	    /* 304 is an answer */
	bool can_be_less; /* a second 502, 504 or silence asks for less */
};

enum source_fate {
	SOURCE_ANSWERED,  /* 2xx, and the body is whole; or 304 */
	SOURCE_WAIT,	  /* ask again after wait_ms */
	SOURCE_TOO_LARGE, /* ask for less */
	SOURCE_REFUSED,	  /* 401: the credentials */
	SOURCE_FAILED,	  /* this question has no answer: text says why */
	SOURCE_AWAY,	  /* no question has one now */
	SOURCE_ENDING,	  /* the program is to end */
};

struct source_answer {
	enum source_fate fate;
	int64_t status;	   /* 0: there was none */
	struct span body;  /* of the asker's buffer, which may be written */
	const char *link;  /* the header, or NULL */
	const char *etag;  /* the same; of status 304, too */
	const char *text;  /* why there is no answer */
	int64_t limit_ms;  /* what an answer tells of a limit; -1: nothing */
	int64_t reset_ms;  /* until the budget is renewed; -1: not told */
	int64_t wait_ms;   /* also of an answer: the budget is used up */
	int64_t requests;  /* so many were sent */
	int64_t waited_ms; /* in between */
};

/* Who asks; `turn` waits so many ms and is false when it is to end. */
struct source_asker {
	const struct extract_settings *settings;
	struct http_client *http;
	struct buf body; /* begins with one byte that is free to use */
	bool (*turn)(void *context, int ms);
	void *context;
};

/* Fails: E_NO_MEMORY, E_SYSTEM. *ret_answer lives until the next question. */
enum err source_ask(struct source_asker *asker,
    const struct source_question *question, struct arena *arena,
    struct source_answer *ret_answer, struct diag *diag) MUST_CHECK;

/* Wait so many ms. Gives: false when the program is to end. */
bool source_pause(struct source_asker *asker, int64_t ms);

/*
 * What a source's headers say of waiting, at a time (ms since 1970): ms, or -1.
 * retry_after: seconds or an HTTP date; reset: seconds since 1970 or ISO 8601.
 * NULL: there is no such header.
 */
int64_t source_wait(const char *retry_after, const char *reset, int64_t now);

/* Are two addresses of one scheme, host and port? */
bool source_is_same_host(const char *one, const char *other);

/* The sentence of an answer that is an error: Jira's, GitHub's, or none. */
const char *source_sentence(struct span body, struct arena *arena);

#endif

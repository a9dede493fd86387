/* SPDX-License-Identifier: MIT */
#include "extract/source_ask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/daemon.h"

#define TRIES 7
#define REDIRECTS 5
#define PAUSE_MAX_MS 60000
/* How long a limit lasts that names no end (GitHub's secondary ones). */
#define LIMIT_MS 60000
/* No source's window is longer. */
#define WAIT_MAX_MS (24 * 3600 * 1000)
#define TURN_MS 200

static int64_t
day_at_most(int64_t ms)
{
	return ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
}

/* One request and its answer, while the program's other duties go on. */
static enum err
ask_once(struct source_asker *asker, const struct http_client_request *request,
    bool *ret_ending, struct http_client_answer *ret_answer, struct diag *diag)
{
	bool got = false;
	enum err rc;

	buf_cut(&asker->body, 0);
	buf_add_char(&asker->body, ' ');
	rc = http_client_start(asker->http, request, diag);
	while (rc == E_OK && !got && !*ret_ending) {
		rc = http_client_wait(asker->http, TURN_MS, &got, ret_answer,
		    diag);
		*ret_ending = !got && !asker->turn(asker->context, 0);
	}
	return rc;
}

/* Is it a limit that has been reached? GitHub has 403 for this, too. */
static bool
is_limited(const struct http_client_answer *got, const char *text)
{
	const char *left = http_client_header(got, "x-ratelimit-remaining");

	return got->status == 429 ||
	    (got->status == 403 &&
		((left != NULL && strcmp(left, "0") == 0) ||
		    http_client_header(got, "retry-after") != NULL ||
		    strcasestr(text, "rate limit") != NULL));
}

/* Has the source given up, so that less may be what it manages? */
static bool
is_overtaxed(const struct http_client_answer *got)
{
	return got->outcome == HTTP_CLIENT_SLOW ||
	    (got->outcome == HTTP_CLIENT_WHOLE &&
		(got->status == 502 || got->status == 504));
}

static bool
is_passing(const struct http_client_answer *got)
{
	if (got->outcome == HTTP_CLIENT_AWAY ||
	    got->outcome == HTTP_CLIENT_SLOW)
		return true;
	return got->outcome == HTTP_CLIENT_WHOLE &&
	    (got->status == 408 || got->status >= 500);
}

/* How long to wait before the next try, ms. */
static int64_t
pause_of(const struct source_asker *asker, const struct http_client_answer *got,
    int tries, bool limited)
{
	const char *after = http_client_header(got, "retry-after");
	const char *left = http_client_header(got, "x-ratelimit-remaining");
	/* Of a secondary limit it says nothing: requests remain. */
	const char *reset = limited &&
		(left == NULL || strcmp(left, "0") == 0) ?
	    http_client_header(got, "x-ratelimit-reset") :
	    NULL;
	int64_t told = source_wait(after, reset, clock_wall_ms());
	int64_t pause = asker->settings->extract_pause << (tries - 1);

	if (told >= 0)
		return told + daemon_jitter(100);
	/* GitHub: a minute at least, and more each time. */
	if (limited && got->status == 403)
		return ((int64_t)LIMIT_MS << (tries - 1)) + daemon_jitter(100);
	if (pause > PAUSE_MAX_MS)
		pause = PAUSE_MAX_MS;
	return pause / 2 + daemon_jitter((unsigned)pause / 2 + 1);
}

bool
source_pause(struct source_asker *asker, int64_t ms)
{
	int64_t until = clock_ms() + ms;

	while (clock_left(until) > 0) {
		int left = clock_left(until);

		daemon_feed_watchdog();
		if (!asker->turn(asker->context,
			left < TURN_MS ? left : TURN_MS))
			return false;
	}
	return true;
}

/* Wait here, if it is not for too long. */
static enum source_fate
wait_here(struct source_asker *asker, int64_t ms, struct source_answer *answer)
{
	if (ms > asker->settings->extract_wait * 1000) {
		answer->wait_ms = day_at_most(ms);
		return SOURCE_WAIT;
	}
	answer->waited_ms += ms;
	return source_pause(asker, ms) ? SOURCE_ANSWERED : SOURCE_ENDING;
}

/* An answer that is none of use: what it means. */
static enum source_fate
judge(const struct http_client_answer *got, struct arena *arena,
    struct source_answer *answer)
{
	const char *sentence = got->outcome == HTTP_CLIENT_WHOLE ?
	    source_sentence(got->body, arena) :
	    "";

	answer->status = got->status;
	if (got->is_cut) {
		answer->text = "the answer is larger than extract_max_body";
		return SOURCE_TOO_LARGE;
	}
	if (got->outcome != HTTP_CLIENT_WHOLE) {
		answer->text = arena_text(arena, str_span(got->trouble));
		return got->outcome == HTTP_CLIENT_STRANGE ?
		    SOURCE_FAILED :
		    SOURCE_AWAY;
	}
	answer->text = arena_printf(arena, "status %ld%s%s", got->status,
	    sentence[0] == '\0' ? "" : ": ", sentence);
	if (got->status == 401)
		return SOURCE_REFUSED;
	if (got->status == 410)
		answer->text = arena_printf(arena,
		    "status 410: the source has removed this interface%s%s",
		    sentence[0] == '\0' ? "" : ": ", sentence);
	return got->status >= 500 || got->status == 408 || got->status == 429 ?
	    SOURCE_AWAY :
	    SOURCE_FAILED;
}

/* What is left of the budget, where others are to have a share of it. */
static int64_t
budget_wait(const struct source_asker *asker,
    const struct http_client_answer *got)
{
	const char *limit = http_client_header(got, "x-ratelimit-limit");
	const char *left = http_client_header(got, "x-ratelimit-remaining");
	const char *reset = http_client_header(got, "x-ratelimit-reset");
	int64_t all, rest;

	/* Only GitHub's headers can be relied on. */
	if (http_client_header(got, "x-ratelimit-resource") == NULL ||
	    limit == NULL || left == NULL || reset == NULL ||
	    !span_int64(str_span(limit), &all) ||
	    !span_int64(str_span(left), &rest) || all < 0 ||
	    all > INT64_MAX / 100 || rest < 0 || rest > all ||
	    rest * 100 > all * asker->settings->extract_reserve)
		return 0;
	return source_wait(NULL, reset, clock_wall_ms());
}

/* How long a limit lasts that the answer's text may tell of, ms, or -1. */
static int64_t
limit_told(const struct http_client_answer *got)
{
	const char *left = http_client_header(got, "x-ratelimit-remaining");

	return source_wait(http_client_header(got, "retry-after"),
	    left != NULL && strcmp(left, "0") == 0 ?
		http_client_header(got, "x-ratelimit-reset") :
		NULL,
	    clock_wall_ms());
}

/* Where a redirect leads to, if it may be followed; else NULL. */
static const char *
redirected(const struct http_client_request *request,
    const struct http_client_answer *got, int *redirects, struct arena *arena)
{
	bool keeps = got->status == 307 || got->status == 308;

	if (got->outcome != HTTP_CLIENT_WHOLE || got->redirect == NULL ||
	    (request->post && !keeps) || (*redirects)++ >= REDIRECTS ||
	    !source_is_same_host(request->url, got->redirect))
		return NULL;
	return arena_text(arena, str_span(got->redirect));
}

static bool
is_answer(const struct source_question *question,
    const struct http_client_answer *got)
{
	return got->outcome == HTTP_CLIENT_WHOLE &&
	    ((got->status >= 200 && got->status < 300) ||
		(got->status == 304 && question->is_conditional));
}

/* A header that outlives the answer, or NULL. */
static const char *
text_of(const struct http_client_answer *got, const char *name,
    struct arena *arena)
{
	const char *value = http_client_header(got, name);

	return value == NULL ? NULL : arena_text(arena, str_span(value));
}

enum err
source_ask(struct source_asker *asker, const struct source_question *question,
    struct arena *arena, struct source_answer *ret_answer, struct diag *diag)
{
	struct http_client_request request = {
		.url = question->url,
		.headers = question->headers,
		.user = question->user,
		.password = question->user == NULL ? NULL : question->password,
		.post = question->body.at != NULL,
		.body = question->body,
		.into = &asker->body,
	};
	struct source_answer answer = { 0 };
	struct http_client_answer got = { 0 };
	bool ending = false;
	int redirects = 0;
	int tries = 1;

	for (;;) {
		enum err rc = ask_once(asker, &request, &ending, &got, diag);
		const char *next;
		bool limited;

		if (rc != E_OK)
			return rc;
		answer.requests++;
		if (ending) {
			answer.fate = SOURCE_ENDING;
			break;
		}
		next = redirected(&request, &got, &redirects, arena);
		if (next != NULL) {
			request.url = next;
			continue;
		}
		if (is_answer(question, &got)) {
			answer.fate = SOURCE_ANSWERED;
			answer.status = got.status;
			answer.body = got.body;
			answer.link = text_of(&got, "link", arena);
			answer.etag = text_of(&got, "etag", arena);
			answer.limit_ms = day_at_most(limit_told(&got));
			answer.reset_ms = day_at_most(source_wait(NULL,
			    http_client_header(&got, "x-ratelimit-reset"),
			    clock_wall_ms()));
			answer.wait_ms = day_at_most(budget_wait(asker, &got));
			break;
		}
		answer.fate = judge(&got, arena, &answer);
		limited = got.outcome == HTTP_CLIENT_WHOLE &&
		    is_limited(&got, answer.text);
		if (!limited && !is_passing(&got))
			break;
		if (tries > 1 && question->can_be_less && is_overtaxed(&got)) {
			answer.fate = SOURCE_TOO_LARGE;
			break;
		}
		if (tries == TRIES) {
			answer.wait_ms = LIMIT_MS;
			answer.fate = limited ? SOURCE_WAIT : SOURCE_AWAY;
			break;
		}
		answer.fate = wait_here(asker,
		    pause_of(asker, &got, tries++, limited), &answer);
		if (answer.fate != SOURCE_ANSWERED)
			break;
	}
	*ret_answer = answer;
	return arena_done(arena, diag);
}

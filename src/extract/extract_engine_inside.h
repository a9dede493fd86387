/* SPDX-License-Identifier: MIT */
/* What the files of the engine share: a round on its way. */
#ifndef EXTRACT_EXTRACT_ENGINE_INSIDE_H
#define EXTRACT_EXTRACT_ENGINE_INSIDE_H

#include "extract/extract_engine.h"
#include "extract/github_app.h"
#include "models/extract/extract_run.h"
#include "models/extract/extract_tag.h"

struct round {
	struct extract_engine *engine;
	struct extract_run run;
	enum extract_product product;
	const struct extractor *extractor; /* of the stream */
	const struct extractor *asked;	   /* it, or what completes it */
	struct page_wish wish;
	struct extract_step step; /* what is to be written */
	const char *address;	  /* of a page with a version; or NULL */
	struct extract_tag tag;	  /* what is known of it */
	struct span etag;	  /* the answer's */
	enum extract_fate fate;
	bool has_kept_token; /* of an app, from an earlier round */
	struct diag *diag;
};

/* What is wrong, as a JSON object for the run's errors. */
struct span round_error(struct round *round, int64_t status, const char *text);

/*
 * End the run, with an error (a JSON object) or SPAN_NONE; unless it is at
 * another step by now: then its row says how it goes on.
 */
enum err round_end(struct round *round, struct span error) MUST_CHECK;

/* End the run: it failed, and why. */
enum err round_fail(struct round *round, int64_t status, const char *text)
    MUST_CHECK;

/* Write the step alone; the run is at the next one then. */
enum err round_advance(struct round *round) MUST_CHECK;

/* What was asked for cannot be had: note it and go on with the next one. */
enum err round_skip(struct round *round, int64_t status, const char *text)
    MUST_CHECK;

/* Ask for half of it the next time; for one item: skip it. */
enum err round_halve(struct round *round, int64_t status, const char *text)
    MUST_CHECK;

/* Wait so many ms for a limit: here, or as a state of the run. */
enum err round_wait(struct round *round, int64_t ms) MUST_CHECK;

/* The source refuses the credentials: that ends the run. */
enum err round_refuse(struct round *round, int64_t status, const char *text)
    MUST_CHECK;

/*
 * Put the token of a GitHub App into the first header, the Authorization.
 * Gives: *ret_has; else the round has come to its fate.
 */
enum err round_token(struct round *round, const struct github_app *app,
    const char **headers, bool *ret_has) MUST_CHECK;

/*
 * Ask for a page only if it is another one than before, where that helps: a
 * header more, for which there is room behind the last one.
 */
enum err round_condition(struct round *round,
    const struct page_question *question, const char **headers) MUST_CHECK;

/* Note the page's version, in the transaction that stores it. */
enum err round_note_version(struct round *round, const struct page *page)
    MUST_CHECK;

/* Keep a page: its batch and the run's next state, then the message. */
enum err round_keep(struct round *round, struct span body,
    const struct page *page) MUST_CHECK;

/* Ask the source for a page and do what its answer calls for. */
enum err round_ask(struct round *round) MUST_CHECK;

#endif

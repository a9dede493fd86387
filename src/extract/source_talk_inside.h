/* SPDX-License-Identifier: MIT */
/* What source_test.c asks with. */
#ifndef EXTRACT_SOURCE_TALK_INSIDE_H
#define EXTRACT_SOURCE_TALK_INSIDE_H

#include "adapters/http_client.h"
#include "extract/github_app.h"
#include "extract/source_test.h"

/* A source that is being asked. */
struct talk {
	const struct source_tester *tester;
	enum extract_product product;
	struct http_client *http;
	struct http_guard guard;
	struct http_client_request request;
	struct http_client_answer answer;
	struct github_app app;
	bool is_app;	 /* and there is no token yet */
	struct buf body; /* begins with one byte that is free to use */
	const char *base;
	const char *trouble;
};

/* Fails: as source_test(). Owns: you talk_end() it, also after a failure. */
enum err talk_begin(struct talk *talk, const struct source_tester *tester,
    const struct extract_source *source, struct diag *diag) MUST_CHECK;
void talk_end(struct talk *talk);

/* Ask for what the request names, or a path. Gives: an answer, or trouble. */
enum err talk_ask(struct talk *talk, struct diag *diag) MUST_CHECK;
enum err talk_get(struct talk *talk, const char *path, struct diag *diag)
    MUST_CHECK;

/* A text of the answer, by its path; a header. They live in the arena. */
struct span talk_told(const struct talk *talk, const char *path);
struct span talk_header(const struct talk *talk, const char *name);

#endif

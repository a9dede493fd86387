/* SPDX-License-Identifier: MIT */
/*
 * Why something failed, filled where the error is born and passed up
 * unchanged. `text` is for the operator's log; `client` is a sentence a caller
 * can act on, or empty. A server's words belong in `text` only.
 * Both are cut at their size; nothing parses them.
 */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "base/err.h"

struct diag {
	enum err code;
	char sqlstate[6]; /* of PostgreSQL, else empty */
	char text[512];
	char client[512];
};

/* Forget what was noted. */
void diag_clear(struct diag *diag);

/*
 * Note an error's code and text for the operator.
 * Gives: the code, so that a caller can return it at once.
 */
enum err diag_set(struct diag *diag, enum err code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* The same, and the sentence goes to the client as well. */
enum err diag_tell(struct diag *diag, enum err code, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

#endif

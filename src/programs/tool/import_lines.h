/* SPDX-License-Identifier: MIT */
/*
 * Standard input as lines, each a batch for pulse-etl import (newline-delimited
 * JSON); read as they come, so that no more than one line is held here.
 */
#ifndef PROGRAMS_TOOL_IMPORT_LINES_H
#define PROGRAMS_TOOL_IMPORT_LINES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/diag.h"

struct import_lines {
	struct buf buf;
	size_t at;	/* of the line that begins */
	size_t scanned; /* so far there is no end of it */
	int64_t number; /* of the last line that was given, from 1 */
	bool ended;	/* there is nothing more to read */
};

/* line_max: the bytes that a line may have. */
void import_lines_init(struct import_lines *lines, size_t line_max);
void import_lines_done(struct import_lines *lines);

/*
 * The next line that is not blank, if it is there already or comes within that
 * many milliseconds; a signal ends the wait.
 *
 * Gives: *ret_got; then the line is added to *out. With *ret_got false and
 *        lines->ended there is none any more.
 * Fails: E_INVALID: it cannot be read; E_TOO_LARGE: a line is too long.
 */
enum err import_lines_next(struct import_lines *lines, int timeout,
    struct buf *out, bool *ret_got, struct diag *diag) MUST_CHECK;

#endif

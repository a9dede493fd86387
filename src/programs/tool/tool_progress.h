/* SPDX-License-Identifier: MIT */
/*
 * What a command that may take long shows of its work, and how it is stopped: a
 * bar on a terminal, at most ten times a second; a line at each tenth of the
 * work, or each half a minute, where standard error is not one; nothing with
 * --quiet. Ctrl-C (SIGINT) and SIGTERM ask for the end, which comes between two
 * steps; a second one ends the program at once.
 */
#ifndef PROGRAMS_TOOL_TOOL_PROGRESS_H
#define PROGRAMS_TOOL_TOOL_PROGRESS_H

#include <stdbool.h>

#include "base/progress.h"
#include "programs/tool/tool.h"

/* The exit code of a command that was stopped: 128 and SIGINT, as shells do. */
#define TOOL_STOPPED 130

struct tool_progress {
	struct tool *tool;
	struct progress progress;
	bool bar;	  /* standard error is a terminal */
	size_t drawn;	  /* characters of the bar that stands there */
	int64_t begun_at; /* of clock_ms(), as the others */
	int64_t shown_at;
	int64_t tenth; /* the last one that was told */
};

/*
 * Begin; from here on stops are noted and do not end the program.
 * Needs: noun outlives it. total below 0: nobody knows.
 */
void tool_progress_begin(struct tool_progress *progress, struct tool *tool,
    const char *noun, int64_t total);

/* So much is done; note: what else there is to say, or "". */
void tool_progress_set(struct tool_progress *progress, int64_t done,
    const char *note);

/* Take the bar away, so that other lines can be printed; set() draws it again. */
void tool_progress_clear(struct tool_progress *progress);

/* The end: the bar stays as it is in the end, with what is below it. */
void tool_progress_end(struct tool_progress *progress);

/* Was the end asked for? */
bool tool_progress_stopped(void);

/*
 * Tell on standard error that the command was stopped, and what to do, and make
 * its exit code TOOL_STOPPED.
 */
void tool_progress_tell_stop(struct tool *tool, const char *format, ...)
    PRINTF_LIKE(2, 3);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * An import on its way: what is to be sent, and what has come of it. A file is
 * read when it is its turn, and again for another try; a line of standard input
 * stays until it has come to its end.
 */
#ifndef PROGRAMS_TOOL_IMPORT_H
#define PROGRAMS_TOOL_IMPORT_H

#include "adapters/http_client.h"
#include "programs/tool/import_files.h"
#include "programs/tool/import_lines.h"
#include "programs/tool/import_options.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_progress.h"

#define IMPORT_BODY_MAX (256u << 20)

enum import_outcome {
	IMPORT_OPEN,
	IMPORT_RUNNING,
	IMPORT_STORED,
	IMPORT_KNOWN, /* it was there */
	IMPORT_REFUSED,
	IMPORT_AWAY /* nobody answered */
};

struct import_item {
	const char *path;
	char line[32]; /* what a line is called: its path is this */
	enum import_outcome outcome;
	int tries;
	int64_t again_at;	   /* of clock_ms() */
	unsigned round;		   /* of the last try */
	struct buf body, address;  /* of a file only while it is sent */
	char key[IMPORT_KEY_SIZE]; /* the header */
};

struct import {
	struct tool *tool;
	struct import_files files;
	struct import_lines lines; /* of standard input, where it is read */
	bool reads_lines;
	/* The files, or as many lines as are sent at once. */
	struct import_item *items;
	size_t count;
	size_t low;   /* all before it have come to their end */
	size_t taken; /* files, or the lines so far */
	size_t running;
	size_t counts[IMPORT_AWAY + 1];
	bool denied;	/* the service refuses the token */
	unsigned round; /* counts up with each pause of all */
	int failures;	/* pauses since the last answer */
	int64_t again_at;
	struct http_client *client;
	struct import_options options;
	struct import_warned *warned; /* what was shown */
	struct tool_output *output;   /* NULL: lines for people */
	struct tool_progress progress;
	char note[80];
};

/*
 * Send all items until each has come to its end, or a stop was asked for and
 * those that are under way have.
 *
 * Needs: client; progress, begun.
 * Gives: counts.
 * Fails: as http_client_start(); E_INVALID, E_TOO_LARGE: standard input.
 */
enum err import_send(struct import *import, struct diag *diag) MUST_CHECK;

/* How many have come to their end. */
size_t import_finished(const struct import *import);

/* Have all, so that there is nothing left to be sent? */
bool import_is_whole(const struct import *import);

/* What is told of an item that came to its end. */
struct import_told {
	struct span id;		  /* of its batch; SPAN_NONE: it has none */
	long status;		  /* of HTTP; 0: there was no answer */
	struct span code, detail; /* why it failed, in a word and in words */
};

/* What an answer that is no success says. Lives: in the tool's arena. */
struct import_told import_told_answer(const struct import *import,
    const struct http_client_answer *answer);
/* The same of a failure of our own; text "": the code's. */
struct import_told import_told_failure(const struct import *import,
    enum err code, const char *text);

/*
 * Begin to tell in the format of --output; tell of an item; end. The counts
 * have it already. Fails: as tool_output_end().
 */
void import_tell_begin(struct import *import);
void import_tell(struct import *import, const struct import_item *item,
    enum import_outcome outcome, const struct import_told *told);
enum err import_tell_end(struct import *import, struct diag *diag) MUST_CHECK;

/* Give the item's memory back. */
void import_item_done(struct import_item *item);

#endif

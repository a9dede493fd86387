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

/* Give the item's memory back. */
void import_item_done(struct import_item *item);

#endif

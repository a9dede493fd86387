/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl import is told on its command line.
 */
#ifndef PROGRAMS_TOOL_IMPORT_OPTIONS_H
#define PROGRAMS_TOOL_IMPORT_OPTIONS_H

#include "programs/tool/tool.h"

struct import_options {
	const char *url;
	const char *authorization; /* the header */
	const char *entity_type;   /* NULL: files are whole requests */
	const char *nul;	   /* --nul, or NULL */
	int64_t tenant_id;	   /* 0: the token's */
	int64_t integration_id;
	int64_t jobs;
	bool queue;
	bool strict; /* a warning is a failure in the end */
};

/* Read the options; what is wrong ends the program with how it is used. */
void import_options_read(struct tool *tool, struct import_options *ret);

/*
 * Where a file goes, or (path NULL) a line: with --type it is the payload, and the rest is here.
 * Owns: the caller frees *out, which is begun here.
 */
enum err import_options_address(const struct import_options *options,
    const char *path, struct buf *out) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What --help prints, made of tool_rows.h and tool_help_rows.h. No line is
 * wider than 80 columns.
 */
#ifndef PROGRAMS_TOOL_TOOL_HELP_H
#define PROGRAMS_TOOL_TOOL_HELP_H

#include <stdio.h>

#include "programs/tool/tool.h"

/* "usage: pulse-etl raw list --tenant N ...". */
void tool_help_usage(FILE *out, const struct tool_row *row);

/* A command: what it does, its options, an example. */
void tool_help_command(const struct tool_row *row);

/* The commands, of one group or (NULL) of all. */
void tool_help_all(const struct tool_row *rows, size_t count,
    const char *group);

#endif

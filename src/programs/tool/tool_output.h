/* SPDX-License-Identifier: MIT */
/*
 * How the commands of pulse-etl print lists and single rows: as a table for
 * people, or as JSON, newline-delimited JSON or tab-separated values for
 * programs. Members have the names that the API gives them.
 */
#ifndef PROGRAMS_TOOL_TOOL_OUTPUT_H
#define PROGRAMS_TOOL_TOOL_OUTPUT_H

#include "models/tables/column.h"
#include "programs/tool/tool.h"

/* For a command's usage, and for its rows of options. */
#define TOOL_OUTPUT_USAGE "[--output table|json|ndjson|tsv]"
#define TOOL_OUTPUT_OPTION \
	{ \
		"output", required_argument, NULL, 'O' \
	}

/* The format of this name, --output's; there is none: it ends the program. */
enum tool_format tool_output_format(const struct tool *tool, const char *name);

struct tool_column {
	const char *member;
	const char *heading; /* in a table; NULL: it is left out there */
	enum column_kind kind;
};

struct tool_output;

/*
 * Begin a list. A table waits for the end, to know its widths; all else is
 * printed row by row.
 *
 * Needs: columns outlive the list.
 * Lives: in the tool's arena.
 */
struct tool_output *tool_output_begin(struct tool *tool,
    const struct tool_column *columns, size_t count);

/*
 * The next cell of a row, in the order of the columns; SPAN_NONE: no value. A
 * text has to live until the end. What is true begins with t.
 */
void tool_output_cell(struct tool_output *output, struct span text);

/* The next cell, a whole number. */
void tool_output_int(struct tool_output *output, int64_t number);

/* Print what is left. Fails: E_NO_MEMORY. */
enum err tool_output_end(struct tool_output *output, struct diag *diag)
    MUST_CHECK;

/* Print the first columns of all rows as a list. Fails: E_NO_MEMORY. */
enum err tool_output_rows(struct tool *tool, const struct tool_column *columns,
    size_t count, const struct db_rows *rows, struct diag *diag) MUST_CHECK;

/*
 * Print the first columns of the first row alone: a line for each member,
 * or one object. Fails: E_NO_MEMORY.
 */
enum err tool_output_row(struct tool *tool, const struct tool_column *columns,
    size_t count, const struct db_rows *rows, struct diag *diag) MUST_CHECK;

#endif

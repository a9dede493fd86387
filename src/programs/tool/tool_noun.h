/* SPDX-License-Identifier: MIT */
/*
 * What the commands of the catalogue are about: a row for each group of
 * tool_rows.h, whose options are the fields of its routes. A new resource is a
 * row of tool_noun.c and its commands in tool_rows.h.
 */
#ifndef PROGRAMS_TOOL_TOOL_NOUN_H
#define PROGRAMS_TOOL_TOOL_NOUN_H

#include "etl/resource.h"
#include "programs/tool/tool_output.h"

struct tool_noun {
	const char *group; /* of the command */
	const struct resource *resource;
	/* of its routes; NULL: it has no such command */
	const struct field_set *create, *update, *remove;
	const struct shape *depends; /* NULL: nothing tells it */
	const char *headings;	     /* what a table shows, MEMBER=HEADING */
};

/* The one of the tool's command. */
const struct tool_noun *tool_noun_of(const struct tool *tool);

/* The members of a row, and what a table shows of them; then its version. */
const struct tool_column *tool_noun_columns(const struct tool *tool,
    const struct tool_noun *noun);

/* What the option of a field has. */
struct tool_value {
	const char *text; /* NULL: it was not given */
	bool is_null;	  /* it is empty, and the column may be NULL */
	int64_t number;
};

#define TOOL_FIELDS_MAX 16
struct tool_given {
	int64_t tenant_id;
	const char *if_match;
	bool dry_run;
	struct tool_value values[TOOL_FIELDS_MAX]; /* of the fields */
	size_t count; /* of those that were given */
};

/*
 * Read the options of a command, those of its fields among them; --tenant is
 * not optional, and what is wrong ends the program. Needs: a set of
 * TOOL_FIELDS_MAX rows at most.
 */
void tool_noun_options(struct tool *tool, const struct tool_noun *noun,
    const struct field_set *set, struct tool_given *ret);

/* A route, and what goes into its request besides the options. */
struct tool_step {
	const char *method;
	route_handler *handler;
	const struct field_set *input;
	const char *active; /* "true" or "false" for this field, or NULL */
};

/*
 * Do it to the row of this id, or (0) make one. Gives, fails: as
 * tool_route_run().
 */
enum err tool_noun_run(struct tool *tool, const struct tool_noun *noun,
    const struct tool_step *step, const struct tool_given *given, int64_t id,
    struct span *ret_answer, struct diag *diag) MUST_CHECK;

#endif

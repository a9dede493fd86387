/* SPDX-License-Identifier: MIT */
/*
 * What the commands of pulse-etl share. One command, one function, one row of
 * tool_rows.h; a group of commands is a file tool_GROUP.c.
 */
#ifndef PROGRAMS_TOOL_TOOL_H
#define PROGRAMS_TOOL_TOOL_H

#include <getopt.h>

#include "programs/settings.h"

/* How lists are printed; see tool_output.h. */
enum tool_format { TOOL_TABLE, TOOL_JSON, TOOL_NDJSON, TOOL_TSV };

struct tool;

/*
 * Run one command.
 * Fails: as it says; the diag is printed, the class decides the exit code.
 */
typedef enum err tool_command(struct tool *tool, struct diag *diag);

/* A row of tool_rows.h. */
struct tool_row {
	const char *group;
	const char *command; /* "": the group is itself one */
	tool_command *run;
	const char *takes; /* options, then arguments */
	const char *sentence;
};

struct tool {
	const struct settings *settings;
	const char *settings_file; /* NULL: none was read */
	struct db *db;		   /* not opened yet; for every tenant */
	struct arena *arena;
	const struct tool_row *row;
	enum tool_format format; /* as --output says */
	bool quiet;		 /* --quiet: no progress */
	bool yes;		 /* --yes: no question */
	int exit_code;		 /* of a command that did its work; 0 */
	/* Behind the command's own words; [0] is for getopt_long(3). */
	int argc;
	char **argv;
};

/* For the rows of options of what takes long or changes much. */
#define TOOL_QUIET_OPTION \
	{ \
		"quiet", no_argument, NULL, 'Q' \
	}
#define TOOL_YES_OPTION \
	{ \
		"yes", no_argument, NULL, 'Y' \
	}

#define TOOL(group, command, function, takes, sentence) tool_command function;
#include "programs/tool/tool_rows.h"
#undef TOOL

/*
 * The next option of the command, as getopt_long(3) gives it; -1 at the end.
 * --help prints the usage and ends the program, a wrong option too.
 */
int tool_option(struct tool *tool, const struct option *options);

/*
 * Note in audit_log what is about to be done by hand: with the row of this id,
 * or (0) with several. tenant_id 0: of every tenant.
 */
enum err tool_audit(struct tool *tool, int64_t tenant_id, const char *action,
    int64_t row_id, struct diag *diag) MUST_CHECK;

/*
 * Give what failed for the want of a right a sentence that says whom to connect
 * as; `what` is what was to be changed.
 */
enum err tool_explain(enum err rc, const char *what, struct diag *diag);

/*
 * May as many as `count` be changed? Up to 100 they may, and with --yes, and
 * where nobody sits at a terminal; else the person there is asked, and told
 * what will be done by `format`: "1200 batches are processed again".
 */
bool tool_may(const struct tool *tool, int64_t count, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* End the program where there are arguments behind the options. */
void tool_no_arguments(const struct tool *tool);

/* The one argument behind the options, an id; else the program ends. */
int64_t tool_id(const struct tool *tool);

/* End the program: the command line is wrong, and how. */
_Noreturn void tool_usage(const struct tool *tool, const char *format, ...)
    PRINTF_LIKE(2, 3);

/* A whole number of an option; anything else ends the program. */
int64_t tool_number(const struct tool *tool, const char *option, int64_t min,
    int64_t max);

/*
 * Text of others for a terminal: control characters, which would act on it,
 * become '?'. Lives in the arena.
 */
struct span tool_plain(const struct tool *tool, struct span text);

/*
 * "90d", "12h", "30m" or "45s" as seconds; anything else ends the program.
 */
int64_t tool_duration(const struct tool *tool, const char *option);

#endif

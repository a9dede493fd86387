/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl: what operators do by hand. Its commands are rows of tool_rows.h.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/option.h"
#include "base/suggest.h"
#include "json/json_write.h"
#include "programs/tool/tool_help.h"
#include "programs/tool/tool_output.h"

#define PROGRAM "pulse-etl"
#define ARENA_BYTES (256u << 20)
#define FAILURE_BYTES 65536

static const struct tool_row commands[] = {
#define TOOL(group, command, function, takes, sentence) \
	{ group, command, function, takes, sentence },
#include "programs/tool/tool_rows.h"
#undef TOOL
};

static struct settings settings;
static struct conf_set sets[SETTINGS_SETS];

static void
print_help(const char *group)
{
	tool_help_all(commands, COUNT(commands), group);
}

_Noreturn static void
fail_usage(const char *text, const char *detail)
{
	(void)fprintf(stderr, PROGRAM ": %s%s\nTry: " PROGRAM " --help\n", text,
	    detail);
	exit(err_exit_code(E_USAGE));
}

/* There is no such thing; near: what was probably meant, or NULL. */
_Noreturn static void
fail_name(const char *what, const char *name, const char *near)
{
	(void)fprintf(stderr,
	    PROGRAM ": there is no %s %s%s%s%s\nTry: " PROGRAM " --help\n",
	    what, name, near == NULL ? "" : "; did you mean ",
	    near == NULL ? "" : near, near == NULL ? "" : "?");
	exit(err_exit_code(E_USAGE));
}

_Noreturn void
tool_usage(const struct tool *tool, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs(PROGRAM ": ", stderr);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
	tool_help_usage(stderr, tool->row);
	exit(err_exit_code(E_USAGE));
}

/* Commands share their rows of options: does this one take it? */
static bool
takes(const struct tool *tool, const char *name)
{
	const size_t len = strlen(name);
	const char *at = tool->row->takes;

	while ((at = strstr(at, "--")) != NULL) {
		at += 2;
		if (strncmp(at, name, len) == 0 &&
		    strchr(" ]|", at[len]) != NULL) /* or at the end */
			return true;
	}
	return false;
}

/* The next option, whatever it is. */
static int
next_option(struct tool *tool, const struct option *options)
{
	int index,
	    option = option_next(tool->argc, tool->argv, "+h", options, &index);

	if (index >= 0 && option != '?' && option != 'h' &&
	    !takes(tool, options[index].name))
		tool_usage(tool, "--%s is not for this command",
		    options[index].name);
	if (option == 'h') {
		tool_help_command(tool->row);
		exit(err_exit_code(E_OK));
	}
	if (option == '?') {
		tool_help_usage(stderr, tool->row);
		exit(err_exit_code(E_USAGE));
	}
	return option;
}

int
tool_option(struct tool *tool, const struct option *options)
{
	for (;;) {
		const int option = next_option(tool, options);

		switch (option) {
		case 'O':
			tool->format = tool_output_format(tool, optarg);
			break;
		case 'Q':
			tool->quiet = true;
			break;
		case 'Y':
			tool->yes = true;
			break;
		default:
			return option;
		}
	}
}

void
tool_no_arguments(const struct tool *tool)
{
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
}

int64_t
tool_id(const struct tool *tool)
{
	int64_t id;

	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one ID");
	if (!span_int64(str_span(tool->argv[optind]), &id) || id < 1)
		tool_usage(tool, "%s is not an ID", tool->argv[optind]);
	return id;
}

int64_t
tool_number(const struct tool *tool, const char *option, int64_t min,
    int64_t max)
{
	int64_t number;

	if (!span_int64(str_span(optarg), &number) || number < min ||
	    number > max)
		tool_usage(tool,
		    "%s takes a whole number from %" PRId64 " to %" PRId64,
		    option, min, max);
	return number;
}

static void
print_setting(struct tool_output *output, const struct conf_row *row,
    const void *values)
{
	char number[CONF_NUMBER_SIZE];

	tool_output_cell(output, str_span(row->name));
	tool_output_cell(output, str_span(conf_value(row, values, number)));
	tool_output_cell(output, str_span(row->environment));
	tool_output_cell(output, str_span(row->help));
}

/* Print all settings, secrets masked. */
enum err
tool_settings_show(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct tool_column columns[] = {
		{ "name", "NAME", COLUMN_TEXT },
		{ "value", "VALUE", COLUMN_TEXT },
		{ "environment", NULL, COLUMN_TEXT },
		{ "help", NULL, COLUMN_TEXT },
	};
	struct tool_output *output;

	while (tool_option(tool, options) != -1)
		continue;
	tool_no_arguments(tool);
	if (tool->format == TOOL_TABLE) { /* a file of settings */
		conf_dump(sets, COUNT(sets), stdout);
		return E_OK;
	}
	output = tool_output_begin(tool, columns, COUNT(columns));
	for (size_t i = 0; i < COUNT(sets); i++)
		for (size_t j = 0; j < sets[i].count; j++)
			print_setting(output, &sets[i].rows[j], sets[i].values);
	return tool_output_end(output, diag);
}

/*
 * The row of two words, or of one where a group is itself a command; ends
 * the program when there is none.
 */
static const struct tool_row *
find_command(const char *group, const char *command)
{
	struct suggestion groups = { 0 }, near = { 0 };
	bool known = false;

	for (size_t i = 0; i < COUNT(commands); i++) {
		suggest(&groups, str_span(group), commands[i].group);
		if (strcmp(commands[i].group, group) != 0)
			continue;
		known = true;
		if (command != NULL)
			suggest(&near, str_span(command), commands[i].command);
		if (commands[i].command[0] == '\0')
			return &commands[i];
		if (command != NULL &&
		    strcmp(commands[i].command, command) == 0)
			return &commands[i];
	}
	if (!known)
		fail_name("group", group, groups.name);
	if (command == NULL || strcmp(command, "--help") == 0 ||
	    strcmp(command, "-h") == 0) {
		print_help(group);
		exit(err_exit_code(command == NULL ? E_USAGE : E_OK));
	}
	fail_name("command", command, near.name);
}

/* Read the options before the command's words; gives where these begin. */
static int
read_options(int argc, char **argv, const char **ret_path)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = option_next(argc, argv, "+c:hV", options, NULL)) !=
	    -1) {
		switch (option) {
		case 'c':
			*ret_path = optarg;
			break;
		case 'h':
			print_help(NULL);
			exit(err_exit_code(E_OK));
		case 'V':
			(void)puts(PROGRAM
			    " " PACKAGE_VERSION "\nFeatures: " ETL_FEATURES);
			exit(err_exit_code(E_OK));
		default:
			(void)fprintf(stderr, "Try: " PROGRAM " --help\n");
			exit(err_exit_code(E_USAGE));
		}
	}
	return optind;
}

/*
 * Does the database lack a table, a column or a function that a statement of
 * ours names? Then it is of an older version (PostgreSQL's appendix A).
 */
static bool
is_older(const struct diag *diag)
{
	static const char *const states[] = { "42P01", "42703", "42883" };

	for (size_t i = 0; i < COUNT(states); i++)
		if (strcmp(diag->sqlstate, states[i]) == 0)
			return true;
	return false;
}

/* In words; for programs, that asked for JSON, as the service says it. */
static void
print_failure(const struct tool *tool, enum err rc, const char *text)
{
	char word[ERR_WORD_SIZE];
	struct json json;
	struct buf out;

	if (tool->format != TOOL_JSON && tool->format != TOOL_NDJSON) {
		(void)fprintf(stderr, PROGRAM ": %s\n", text);
		return;
	}
	err_word(rc, word);
	buf_init(&out, FAILURE_BYTES);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_text(&json, "code", word);
	json_text(&json, "detail", text);
	json_end(&json);
	(void)fprintf(stderr, "%.*s\n", SPAN_ARG(buf_span(&out)));
	buf_free(&out);
}

/* Run the command and tell how it failed. */
static enum err
run_command(const struct tool_row *row, struct tool *tool)
{
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = row->run(tool, &diag);
	if (rc == E_OK)
		rc = arena_done(tool->arena, &diag);
	if (fflush(stdout) != 0 && rc == E_OK)
		rc = diag_set(&diag, E_SYSTEM, "cannot write to stdout");
	if (rc != E_OK && is_older(&diag))
		rc = diag_set(&diag, E_SETTING,
		    "the tables are older than this program:"
		    " pulse-etl-migrate --apply-all");
	if (rc != E_OK)
		print_failure(tool, rc,
		    diag.text[0] != '\0' ? diag.text : err_text(rc));
	return rc;
}

int
main(int argc, char **argv)
{
	const char *path = NULL;
	const struct tool_row *row;
	struct tool tool = { .settings = &settings };
	struct diag diag;
	enum err rc = E_NO_MEMORY;
	int first;

	log_set_program(PROGRAM);
	log_set_level(LOG_LEVEL_WARN);
	first = read_options(argc, argv, &path);
	if (first >= argc)
		fail_usage("a command is missing", "");
	row = find_command(argv[first],
	    first + 1 < argc ? argv[first + 1] : NULL);
	settings_init(&settings, sets);
	diag_clear(&diag);
	path = conf_path(path);
	if (conf_read(sets, COUNT(sets), path, &diag) != E_OK) {
		(void)fprintf(stderr, PROGRAM ": %s\n", diag.text);
		return err_exit_code(E_SETTING);
	}
	log_set_json(strcmp(settings.daemon.log_format, "json") == 0);
	if (path != NULL && !file_is_private(path))
		(void)fprintf(stderr,
		    PROGRAM
		    ": warning: everybody can read"
		    " %s, which may hold passwords: chmod 0640 %s\n",
		    path, path);
	if (row->command[0] != '\0')
		first++;
	tool.argc = argc - first;
	tool.argv = argv + first;
	optind = 1;
	tool.arena = arena_new(ARENA_BYTES);
	tool.db = db_new(&settings.db, PROGRAM);
	if (tool.arena != NULL && tool.db != NULL) {
		tool.row = row;
		tool.settings_file = path;
		db_tenant(tool.db, DB_EVERY_TENANT);
		rc = run_command(row, &tool);
	}
	db_free(tool.db);
	arena_free(tool.arena);
	conf_free(sets, COUNT(sets));
	return rc == E_OK ? tool.exit_code : err_exit_code(rc);
}

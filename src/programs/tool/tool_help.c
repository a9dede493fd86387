/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_help.h"

#include <string.h>

#define PROGRAM "pulse-etl"
#define WIDTH 78
#define USAGE "usage: "
#define OPTION_COLUMN 25 /* where the sentences of options begin */

static const struct {
	const char *text; /* "--tenant N" */
	const char *sentence;
} option_rows[] = {
#define OPTION(text, sentence) { text, sentence },
#include "programs/tool/tool_help_rows.h"
};

static const struct {
	const char *words; /* "raw list" */
	const char *example;
} example_rows[] = {
#define EXAMPLE(words, example) { words, example },
#include "programs/tool/tool_help_rows.h"
};

/* The next part that stays on one line: a word, or all within brackets. */
static size_t
part_len(const char *text)
{
	size_t len = 0;
	int depth = 0;

	while (text[len] != '\0' && (text[len] != ' ' || depth > 0)) {
		depth += text[len] == '[';
		depth -= text[len] == ']';
		len++;
	}
	/* An option stays with its value. */
	if (strncmp(text, "--", 2) == 0 && text[len] == ' ' &&
	    text[len + 1] >= 'A' && text[len + 1] <= 'Z')
		len += 1 + part_len(text + len + 1);
	return len;
}

/* Print a text behind column `at`; further lines begin at `indent`. */
static void
print_wrapped(FILE *out, const char *text, size_t at, size_t indent)
{
	bool begins = true;

	while (*text != '\0') {
		const size_t len = part_len(text);

		if (!begins && at + 1 + len > WIDTH) {
			(void)fprintf(out, "\n%*s", (int)indent, "");
			at = indent;
			begins = true;
		}
		(void)fprintf(out, "%s%.*s", begins ? "" : " ", (int)len, text);
		at += len + !begins;
		begins = false;
		text += len;
		text += strspn(text, " ");
	}
	(void)fputc('\n', out);
}

/* The command's words, and how wide they are. */
static size_t
print_words(FILE *out, const struct tool_row *row)
{
	const bool one = row->command[0] == '\0';

	return (size_t)fprintf(out, PROGRAM " %s%s%s", row->group,
	    one ? "" : " ", row->command);
}

void
tool_help_usage(FILE *out, const struct tool_row *row)
{
	size_t at = sizeof(USAGE) - 1;

	(void)fputs(USAGE, out);
	at += print_words(out, row);
	if (row->takes[0] == '\0') {
		(void)fputc('\n', out);
		return;
	}
	(void)fputc(' ', out);
	print_wrapped(out, row->takes, at + 1, at + 1);
}

/* An option's row, which has its value in it, or none. */
static const char *
option_sentence(const char *text, size_t *ret_len)
{
	const char *found = "";

	*ret_len = 0;
	for (size_t i = 0; i < COUNT(option_rows); i++) {
		const size_t len = strlen(option_rows[i].text);

		if (len > *ret_len &&
		    strncmp(text, option_rows[i].text, len) == 0 &&
		    (text[len] == '\0' || strchr(" ]|", text[len]) != NULL)) {
			found = option_rows[i].sentence;
			*ret_len = len;
		}
	}
	return found;
}

static void
print_options(const char *takes)
{
	while ((takes = strstr(takes, "--")) != NULL) {
		size_t len;
		const char *sentence = option_sentence(takes, &len);

		if (len == 0) /* not told; the usage has it */
			len = strcspn(takes, " ]|");
		(void)printf("  %.*s", (int)len, takes);
		if (len + 4 > OPTION_COLUMN)
			(void)printf("\n%*s", OPTION_COLUMN, "");
		else
			(void)printf("%*s", (int)(OPTION_COLUMN - 2 - len), "");
		print_wrapped(stdout, sentence, OPTION_COLUMN, OPTION_COLUMN);
		takes += len;
	}
}

static void
print_examples(const struct tool_row *row)
{
	char words[64];
	bool begun = false;

	(void)snprintf(words, sizeof(words), "%s%s%s", row->group,
	    row->command[0] == '\0' ? "" : " ", row->command);
	for (size_t i = 0; i < COUNT(example_rows); i++) {
		if (strcmp(example_rows[i].words, words) != 0)
			continue;
		(void)printf("%s  %s\n", begun ? "" : "\nFor example:\n",
		    example_rows[i].example);
		begun = true;
	}
}

void
tool_help_command(const struct tool_row *row)
{
	tool_help_usage(stdout, row);
	(void)putchar('\n');
	print_wrapped(stdout, row->sentence, 0, 0);
	(void)putchar('\n');
	print_options(row->takes);
	print_options("--help");
	print_examples(row);
}

void
tool_help_all(const struct tool_row *rows, size_t count, const char *group)
{
	(void)puts("usage: " PROGRAM
		   " [--config FILE] GROUP [COMMAND]"
		   " [OPTION]...\n");
	for (size_t i = 0; i < count; i++) {
		if (group != NULL && strcmp(group, rows[i].group) != 0)
			continue;
		(void)fputs("  ", stdout);
		(void)print_words(stdout, &rows[i]);
		(void)printf("\n%*s", 6, "");
		print_wrapped(stdout, rows[i].sentence, 6, 6);
	}
	(void)puts(
	    "\n"
	    "  -c, --config FILE  read settings from FILE, the other programs'"
	    " file;\n"
	    "                     without it ETL_CONFIG, then\n"
	    "                     " ETL_SYSCONFDIR
	    "/pulse-etl/etl.conf\n"
	    "  -h, --help         this text; behind a GROUP its commands, behind"
	    " a COMMAND\n"
	    "                     its options and an example\n"
	    "  -V, --version      the version\n"
	    "\n"
	    "Settings come from FILE, and from the environment, which wins:"
	    " DATABASE_URL\n"
	    "names the database, as whom.\n"
	    "\n"
	    "Exit codes: 0 done; 1 refused or not found; 64 wrong options; 65"
	    " wrong\n"
	    "input; 69 a server is unreachable; 70 our fault; 78 wrong"
	    " settings; 130\n"
	    "stopped by Ctrl-C.");
}

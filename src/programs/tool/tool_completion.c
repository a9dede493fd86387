/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl completion: what a shell needs to complete its commands, made from
 * their rows, so that it cannot be another than what they take.
 */
#include <stdio.h>
#include <string.h>

#include "programs/tool/tool.h"

struct row {
	const char *group, *command, *takes;
};

static const struct row rows[] = {
#define TOOL(group, command, function, takes, sentence) \
	{ group, command, takes },
#include "programs/tool/tool_rows.h"
#undef TOOL
};

static const char bash_begin[] =
    "# bash completion for pulse-etl; made by pulse-etl completion bash\n"
    "# Each row: the command's words, a colon, its options; an option's choices\n"
    "# stand behind it, after =, with bars between them.\n"
    "_pulse_etl_rows='\n";
static const char bash_end[] =
    "'\n"
    "_pulse_etl() {\n"
    "\tlocal current=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
    "\tlocal row words options option place=1 group command\n"
    "\tCOMPREPLY=()\n"
    "\twhile [[ ${COMP_WORDS[place]} == -* && $place -lt $COMP_CWORD ]]; do\n"
    "\t\tcase ${COMP_WORDS[place]} in\n"
    "\t\t-c | --config) place=$((place + 2)) ;;\n"
    "\t\t*) place=$((place + 1)) ;;\n"
    "\t\tesac\n"
    "\tdone\n"
    "\tgroup=${COMP_WORDS[place]} command=${COMP_WORDS[place+1]}\n"
    "\tif [[ $last == -c || $last == --config ]]; then\n"
    "\t\tCOMPREPLY=($(compgen -f -- \"$current\"))\n"
    "\t\treturn\n"
    "\tfi\n"
    "\tif [[ $COMP_CWORD -le $place ]]; then\n"
    "\t\twords=$(cut -d : -f 1 <<<\"$_pulse_etl_rows\" | cut -d ' ' -f 1 | sort -u)\n"
    "\t\tCOMPREPLY=($(compgen -W \"$words --config --help --version\" -- \"$current\"))\n"
    "\t\treturn\n"
    "\tfi\n"
    "\twhile read -r row; do\n"
    "\t\twords=${row%%:*}\n"
    "\t\tif [[ $words == \"$group\" || $words == \"$group $command\" ]]; then\n"
    "\t\t\toptions=${row#*:}\n"
    "\t\telif [[ $words == \"$group \"* && $COMP_CWORD -eq $((place + 1)) ]]; then\n"
    "\t\t\tCOMPREPLY+=($(compgen -W \"${words#* }\" -- \"$current\"))\n"
    "\t\tfi\n"
    "\tdone <<<\"$_pulse_etl_rows\"\n"
    "\t[[ ${#COMPREPLY[@]} -eq 0 ]] || return\n"
    "\tfor option in $options; do\n"
    "\t\tif [[ $option == \"$last=\"* ]]; then\n"
    "\t\t\toption=${option#*=}\n"
    "\t\t\tCOMPREPLY=($(compgen -W \"${option//|/ }\" -- \"$current\"))\n"
    "\t\t\treturn\n"
    "\t\tfi\n"
    "\t\tif [[ $option == \"$last\" && $option == *-file || $option == \"$last\" && $option == *folder ]]; then\n"
    "\t\t\tCOMPREPLY=($(compgen -f -- \"$current\"))\n"
    "\t\t\treturn\n"
    "\t\tfi\n"
    "\tdone\n"
    "\tif [[ $current == -* ]]; then\n"
    "\t\tCOMPREPLY=($(compgen -W \"$(printf '%s\\n' $options | cut -d = -f 1) --help\" -- \"$current\"))\n"
    "\telse\n"
    "\t\tCOMPREPLY=($(compgen -f -- \"$current\"))\n"
    "\tfi\n"
    "}\n"
    "complete -o filenames -F _pulse_etl pulse-etl\n";

/* An option's choices: small words with bars between them, or nothing. */
static struct span
choices_at(const char *text)
{
	const size_t len = strspn(text, "abcdefghijklmnopqrstuvwxyz|");

	if (len == 0 || memchr(text, '|', len) == NULL)
		return SPAN_NONE;
	return (struct span){ text, len };
}

static void
print_options(const char *takes)
{
	while ((takes = strstr(takes, "--")) != NULL) {
		const size_t len = strcspn(takes, " ]|");
		struct span choices = SPAN_NONE;

		if (takes[len] == ' ')
			choices = choices_at(takes + len + 1);
		(void)printf(" %.*s", (int)len, takes);
		if (choices.at != NULL)
			(void)printf("=%.*s", SPAN_ARG(choices));
		takes += len;
	}
}

static void
print_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		(void)printf("%s%s%s:", rows[i].group,
		    rows[i].command[0] == '\0' ? "" : " ", rows[i].command);
		print_options(rows[i].takes);
		(void)putchar('\n');
	}
}

/* Print the completion for a shell. */
enum err
tool_completion(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *shell;

	(void)diag;
	while (tool_option(tool, options) != -1)
		continue;
	shell = optind + 1 == tool->argc ? tool->argv[optind] : "";
	if (strcmp(shell, "bash") != 0 && strcmp(shell, "zsh") != 0)
		tool_usage(tool, "give bash or zsh");
	/*
	 * zsh takes bash's, once it was asked to (zshcompsys(1)). It loads the
	 * file as a function when it first has to complete: do that, too.
	 */
	if (strcmp(shell, "zsh") == 0)
		(void)puts(
		    "#compdef pulse-etl\n"
		    "autoload -U +X bashcompinit && bashcompinit");
	(void)fputs(bash_begin, stdout);
	print_rows();
	(void)fputs(bash_end, stdout);
	if (strcmp(shell, "zsh") == 0)
		(void)puts("_bash_complete -o filenames -F _pulse_etl");
	return E_OK;
}

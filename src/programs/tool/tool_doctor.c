/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl doctor: what is wrong, or will be, and what mends it.
 */
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "programs/tool/doctor.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_user.h"

#define TEXT_BYTES 1024

struct doctor {
	struct tool *tool;
	struct tool_output *output; /* NULL: lines for a person */
	enum doctor_level worst;
	uid_t user;
};

static const char *const level_names[] = { [DOCTOR_OK] = "ok",
	[DOCTOR_WARN] = "warn",
	[DOCTOR_WRONG] = "wrong" };

void
doctor_tell(struct doctor *doctor, enum doctor_level level, const char *about,
    const char *cure, const char *format, ...)
{
	struct arena *arena = doctor->tool->arena;
	char text[TEXT_BYTES];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (level > doctor->worst)
		doctor->worst = level;
	if (doctor->output == NULL) {
		(void)printf("%-5s %s: %s\n", level_names[level], about, text);
		if (cure != NULL)
			(void)printf("      -> %s\n", cure);
		return;
	}
	tool_output_cell(doctor->output, str_span(level_names[level]));
	tool_output_cell(doctor->output, str_span(about));
	tool_output_cell(doctor->output,
	    str_span(arena_text(arena, str_span(text))));
	tool_output_cell(doctor->output,
	    cure == NULL ? SPAN_NONE :
			   str_span(arena_text(arena, str_span(cure))));
}

struct tool *
doctor_tool(const struct doctor *doctor)
{
	return doctor->tool;
}

uid_t
doctor_user(const struct doctor *doctor)
{
	return doctor->user;
}

/* Whose rights to files are looked at; others than root have their own only. */
static void
find_user(struct doctor *doctor, const char *name)
{
	const struct passwd *user =
	    getpwnam(name == NULL ? TOOL_SERVICE_USER : name);

	doctor->user = geteuid();
	if (name != NULL && user == NULL)
		tool_usage(doctor->tool, "there is no user %s", name);
	if (user != NULL && doctor->user != 0 && doctor->user != user->pw_uid &&
	    name != NULL)
		tool_usage(doctor->tool,
		    "root alone can look as another user does");
	if (doctor->user == 0 && user != NULL)
		doctor->user = user->pw_uid;
}

/* Look at all of it. The exit code is the worst finding's level. */
enum err
tool_doctor(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "user", required_argument, NULL, 'u' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct tool_column columns[] = {
		{ "level", "LEVEL", COLUMN_TEXT },
		{ "about", "ABOUT", COLUMN_TEXT },
		{ "finding", "FINDING", COLUMN_TEXT },
		{ "cure", "CURE", COLUMN_TEXT },
	};
	struct doctor doctor = { .tool = tool };

	const char *user = NULL;

	while (tool_option(tool, options) != -1)
		user = optarg;
	tool_no_arguments(tool);
	find_user(&doctor, user);
	if (tool->format != TOOL_TABLE)
		doctor.output = tool_output_begin(tool, columns,
		    COUNT(columns));
	doctor_database(&doctor);
	doctor_standby(&doctor);
	doctor_broker(&doctor);
	doctor_machine(&doctor);
	if (doctor.output != NULL) {
		enum err rc = tool_output_end(doctor.output, diag);

		if (rc != E_OK)
			return rc;
	}
	if (fflush(stdout) != 0)
		return diag_set(diag, E_SYSTEM, "cannot write to stdout");
	tool->exit_code = (int)doctor.worst;
	return E_OK;
}

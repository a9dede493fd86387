/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/tenant/audit_log.h"

enum err
tool_explain(enum err rc, const char *what, struct diag *diag)
{
	if (rc != E_OK && strcmp(diag->sqlstate, "42501") == 0)
		return diag_set(diag, E_FORBIDDEN,
		    "this role may not change"
		    " %s: connect as the owner of the tables (DATABASE_URL)",
		    what);
	return rc;
}

/* What is less than this is done without a question. */
#define MANY 100

bool
tool_may(const struct tool *tool, int64_t count, const char *format, ...)
{
	char line[16];
	va_list args;

	if (count <= MANY || tool->yes || isatty(STDIN_FILENO) != 1 ||
	    isatty(STDERR_FILENO) != 1)
		return true;
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputs(". Go on? [y/N] ", stderr);
	if (fgets(line, sizeof(line), stdin) != NULL &&
	    (line[0] == 'y' || line[0] == 'Y'))
		return true;
	(void)fputs("pulse-etl: nothing was done\n", stderr);
	return false;
}

enum err
tool_audit(struct tool *tool, int64_t tenant_id, const char *action,
    int64_t row_id, struct diag *diag)
{
	const struct audit_entry entry = { .tenant_id = tenant_id,
		.action = action,
		.row_id = row_id };

	return audit_log_insert(tool->db, &entry, tool->arena, diag);
}

struct span
tool_plain(const struct tool *tool, struct span text)
{
	char *copy = arena_text(tool->arena, text);

	if (text.at == NULL || arena_failed(tool->arena))
		return SPAN_LIT("-");
	for (size_t i = 0; i < text.len; i++)
		if ((unsigned char)copy[i] < ' ' || copy[i] == 127)
			copy[i] = '?';
	return (struct span){ copy, text.len };
}

int64_t
tool_duration(const struct tool *tool, const char *option)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 } };
	struct span text = str_span(optarg);
	int64_t number;

	for (size_t i = 0; i < COUNT(units) && text.len > 1; i++) {
		struct span digits = { text.at, text.len - 1 };

		if (text.at[text.len - 1] == units[i].unit &&
		    span_int64(digits, &number) && number >= 0 &&
		    number <= 36500 * 86400LL / units[i].seconds)
			return number * units[i].seconds;
	}
	tool_usage(tool, "%s takes a duration such as 90d, 12h, 30m or 45s",
	    option);
}

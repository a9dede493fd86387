/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_tell.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/daemon.h"
#include "base/log.h"

static bool is_log; /* lines of the log, not for people */
static const char *name_of_program;

enum err
migration_tell_begin(const char *program, struct diag *diag)
{
	struct daemon_settings settings = { 0 };
	struct conf_set set = { daemon_conf_rows, daemon_conf_count, &settings,
		NULL };
	const char *path = conf_path(NULL);
	enum err rc;

	name_of_program = program;
	if (path != NULL && access(path, R_OK) != 0)
		path = NULL; /* it is the service's, and we are the owner */
	rc = conf_read_some(&set, 1, path, diag);
	is_log = rc == E_OK && strcmp(settings.log_format, "json") == 0;
	conf_free(&set, 1);
	log_set_program(program);
	log_set_json(is_log);
	return rc;
}

void
migration_tell_done(bool up, const char *stem, int64_t ms)
{
	if (is_log)
		log_info(up ? "applied" : "rolled_back",
		    LOG_TEXT("migration", stem), LOG_INT("ms", ms));
	else
		(void)printf("%s %s (%" PRId64 " ms)\n",
		    up ? "applied" : "rolled back", stem, ms);
}

void
migration_tell_right(const char *statement)
{
	if (is_log)
		log_info("right", LOG_TEXT("statement", statement));
	else
		(void)printf("%s\n", statement);
}

void
migration_tell_note(const char *format, ...)
{
	char text[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (is_log)
		log_warn("note", LOG_TEXT("text", text));
	else
		(void)fprintf(stderr, "%s\n", text);
}

void
migration_tell_wrong(const char *text)
{
	if (is_log)
		log_error("wrong", LOG_TEXT("text", text));
	else
		(void)fprintf(stderr, "%s\n", text);
}

void
migration_tell_wrong_at(const char *path, unsigned line, const char *text)
{
	if (is_log)
		log_error("wrong", LOG_TEXT("file", path),
		    LOG_INT("line", line), LOG_TEXT("text", text));
	else
		(void)fprintf(stderr, "%s:%u: %s\n", path, line, text);
}

/* The level of what PostgreSQL calls NOTICE, WARNING, ERROR … */
static enum log_level
level_of(const char *severity)
{
	if (strcmp(severity, "WARNING") == 0)
		return LOG_LEVEL_WARN;
	return strcmp(severity, "ERROR") == 0 ||
		strcmp(severity, "FATAL") == 0 ||
		strcmp(severity, "PANIC") == 0 ?
	    LOG_LEVEL_ERROR :
	    LOG_LEVEL_INFO;
}

void
migration_tell_words(const char *path, unsigned line,
    const struct db_admin_words *words)
{
	/* Without a line its place is left out, as what has no text is. */
	const struct log_pair pairs[] = {
		LOG_TEXT("file", path),
		LOG_TEXT("severity", words->severity),
		LOG_TEXT("text", words->text),
		LOG_TEXT("sqlstate", words->sqlstate),
		LOG_TEXT("detail", words->detail),
		LOG_TEXT("hint", words->hint),
		LOG_TEXT("context", words->context),
		LOG_INT("line", line),
	};
	static const char *const parts[] = { "DETAIL", "HINT", "CONTEXT" };
	const char *const texts[] = { words->detail, words->hint,
		words->context };

	if (is_log) {
		log_write(level_of(words->severity), "server", pairs,
		    COUNT(pairs) - (line == 0));
		return;
	}
	if (line > 0)
		(void)fprintf(stderr, "%s:%u: ", path, line);
	else if (path != NULL)
		(void)fprintf(stderr, "%s: ", path);
	(void)fprintf(stderr, "%s: %s (%s)\n", words->severity, words->text,
	    words->sqlstate);
	for (size_t i = 0; i < COUNT(parts); i++) {
		if (texts[i] != NULL)
			(void)fprintf(stderr, "    %s: %s\n", parts[i],
			    texts[i]);
	}
}

void
migration_tell_failure(enum err code, const char *text)
{
	if (is_log)
		log_error("failed", LOG_TEXT("error", err_name(code)),
		    LOG_TEXT("text", text));
	else
		(void)fprintf(stderr, "%s: %s\n", name_of_program, text);
}

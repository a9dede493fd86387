/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_password.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>

#include "base/file.h"
#include "json/json_scan.h"

#define PASSWORD_BYTES_MAX 4096

/* The first line of a stream, without its end. */
static enum err
read_line(const struct tool *tool, FILE *in, const char *where,
    struct span *ret, struct diag *diag)
{
	char line[PASSWORD_BYTES_MAX + 2];
	size_t len;
	enum err rc = E_OK;

	if (fgets(line, sizeof(line), in) == NULL)
		line[0] = '\0';
	len = strcspn(line, "\r\n");
	if (len == 0)
		rc = diag_set(diag, E_INVALID, "%s: the first line is empty",
		    where);
	else if (len > PASSWORD_BYTES_MAX)
		rc = diag_set(diag, E_INVALID,
		    "%s: the first line has more"
		    " than %d bytes",
		    where, PASSWORD_BYTES_MAX);
	if (rc == E_OK)
		*ret = arena_span(tool->arena, (struct span){ line, len });
	explicit_bzero(line, sizeof(line));
	return rc;
}

/* Ask at the terminal. What stops the program waits until it shows again. */
static enum err
ask(const struct tool *tool, const char *prompt, struct span *ret,
    struct diag *diag)
{
	FILE *terminal = fopen("/dev/tty", "r+e");
	struct termios before, silent;
	sigset_t stops, mask;
	enum err rc;

	if (terminal == NULL || tcgetattr(fileno(terminal), &before) != 0) {
		if (terminal != NULL)
			(void)fclose(terminal);
		return diag_set(diag, E_USAGE,
		    "there is no terminal to ask"
		    " at: give the secret in a file");
	}
	(void)sigemptyset(&stops);
	(void)sigaddset(&stops, SIGINT);
	(void)sigaddset(&stops, SIGTERM);
	(void)sigaddset(&stops, SIGTSTP);
	(void)sigprocmask(SIG_BLOCK, &stops, &mask);
	silent = before;
	silent.c_lflag &= (tcflag_t)~ECHO;
	(void)tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
	(void)fprintf(terminal, "%s: ", prompt);
	(void)fflush(terminal);
	rc = read_line(tool, terminal, "the terminal", ret, diag);
	(void)tcsetattr(fileno(terminal), TCSAFLUSH, &before);
	(void)fputc('\n', terminal);
	(void)fclose(terminal);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	return rc;
}

enum err
tool_password(const struct tool *tool, const char *path, const char *prompt,
    struct span *ret, struct diag *diag)
{
	FILE *in;
	enum err rc;

	if (path == NULL)
		return ask(tool, prompt, ret, diag);
	if (strcmp(path, "-") == 0)
		return read_line(tool, stdin, "standard input", ret, diag);
	in = fopen(path, "re");
	if (in == NULL)
		return diag_set(diag, E_SYSTEM, "%s: %s", path,
		    strerror(errno));
	if (!file_is_private(path))
		(void)fprintf(stderr,
		    "pulse-etl: warning: everybody can read"
		    " %s: chmod 0600 %s\n",
		    path, path);
	rc = read_line(tool, in, path, ret, diag);
	(void)fclose(in);
	return rc;
}

enum err
tool_read_file(const struct tool *tool, const char *path, size_t most,
    struct span *ret, struct diag *diag)
{
	FILE *in = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	char *text = arena_ask(tool->arena, most + 1);
	enum err rc = E_OK;
	size_t len;

	if (in == NULL)
		return diag_set(diag, E_SYSTEM, "%s: %s", path,
		    strerror(errno));
	len = text == NULL ? 0 : fread(text, 1, most + 1, in);
	if (text == NULL)
		rc = arena_done(tool->arena, diag);
	else if (ferror(in))
		rc = diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
	else if (len > most)
		rc = diag_set(diag, E_INVALID, "%s has more than %zu bytes",
		    path, most);
	if (in != stdin)
		(void)fclose(in);
	*ret = (struct span){ text, len };
	return rc;
}

enum err
tool_read_object(const struct tool *tool, const char *path, size_t most,
    struct span *ret, struct diag *diag)
{
	struct json_refusal refusal;
	struct span text = { 0 };
	char *copy;
	enum err rc = tool_read_file(tool, path, most, &text, diag);

	if (rc != E_OK)
		return rc;
	copy = arena_printf(tool->arena, " %.*s", SPAN_ARG(text));
	rc = arena_done(tool->arena, diag);
	if (rc != E_OK)
		return rc;
	text = str_span(copy + 1);
	if (!json_scan_object(text, &json_limits_default, NULL, 0, &refusal))
		return diag_set(diag, E_INVALID, "%s: %s (at byte %zu)", path,
		    json_flaw_text(refusal.flaw), refusal.at);
	*ret = text;
	return E_OK;
}

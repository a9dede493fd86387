/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_progress.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"

#define BAR_MS 100
#define LINE_MS 30000

static volatile sig_atomic_t stop_asked;

static void
on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

void
tool_progress_begin(struct tool_progress *progress, struct tool *tool,
    const char *noun, int64_t total)
{
	/* The second one finds the default again. */
	struct sigaction action = { .sa_handler = on_stop,
		.sa_flags = (int)SA_RESETHAND };

	*progress = (struct tool_progress){ .tool = tool,
		.progress = { .noun = noun, .total = total, .note = "" },
		.bar = isatty(STDERR_FILENO) == 1,
		.begun_at = clock_ms() };
	progress->shown_at = progress->begun_at;
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
}

static size_t
columns_of_terminal(void)
{
	struct winsize size;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

static void
draw(struct tool_progress *progress)
{
	char line[PROGRESS_SIZE];
	size_t len;

	progress_bar(&progress->progress, columns_of_terminal(), line);
	len = strlen(line);
	(void)fprintf(stderr, "\r%s%*s", line,
	    (int)(progress->drawn > len ? progress->drawn - len : 0), "");
	progress->drawn = len;
}

/* A line where there is no terminal; not for the end, which is told anyway. */
static void
print_line(struct tool_progress *progress, int64_t now)
{
	const struct progress *of = &progress->progress;
	int64_t tenth = of->total > 0 ? of->done * 10 / of->total : 0;
	char line[PROGRESS_SIZE];

	if ((tenth == progress->tenth && now - progress->shown_at < LINE_MS) ||
	    of->done == of->total)
		return;
	progress->tenth = tenth;
	progress->shown_at = now;
	progress_words(of, line);
	(void)fprintf(stderr, "%s\n", line);
}

void
tool_progress_set(struct tool_progress *progress, int64_t done,
    const char *note)
{
	const int64_t now = clock_ms();

	progress->progress.done = done;
	progress->progress.note = note;
	progress->progress.ms = now - progress->begun_at;
	if (progress->tool->quiet)
		return;
	if (!progress->bar) {
		print_line(progress, now);
	} else if (now - progress->shown_at >= BAR_MS) {
		progress->shown_at = now;
		draw(progress);
	}
}

void
tool_progress_clear(struct tool_progress *progress)
{
	if (progress->drawn > 0)
		(void)fprintf(stderr, "\r%*s\r", (int)progress->drawn, "");
	progress->drawn = 0;
}

void
tool_progress_end(struct tool_progress *progress)
{
	if (progress->drawn == 0)
		return; /* it took no time */
	draw(progress);
	(void)fputc('\n', stderr);
	progress->drawn = 0;
}

bool
tool_progress_stopped(void)
{
	return stop_asked != 0;
}

void
tool_progress_tell_stop(struct tool *tool, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)fputs("pulse-etl: stopped: ", stderr);
	(void)vfprintf(stderr, format, args);
	(void)fputc('\n', stderr);
	va_end(args);
	tool->exit_code = TOOL_STOPPED;
}

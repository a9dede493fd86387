/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define LINE_MAX_BYTES 8192
/* Of a pipe so many are written in one piece: PIPE_BUF, pipe(7). */
#define GATHER_BYTES 4096

static struct {
	enum log_level level;
	const char *program;
	char key[16];
	char value[160];
	bool gathers;
	char lines[GATHER_BYTES];
	size_t len;
} log_to = { .level = LOG_LEVEL_INFO, .program = "pulse-etl" };

void
log_set_level(enum log_level level)
{
	log_to.level = level;
}

void
log_set_program(const char *name)
{
	log_to.program = name;
}

/* A copy that fits; the context is ours and bounded. */
static void
copy_cut(char *to, size_t size, const char *from)
{
	size_t len = strnlen(from, size - 1);

	memcpy(to, from, len);
	to[len] = '\0';
}

void
log_set_context(const char *key, const char *value)
{
	copy_cut(log_to.key, sizeof(log_to.key), value == NULL ? "" : key);
	copy_cut(log_to.value, sizeof(log_to.value),
	    value == NULL ? "" : value);
}

/* A value as it is, or quoted where it would break the line apart. */
static void
add_value(struct buf *line, struct span text)
{
	bool plain = text.len > 0;

	for (size_t i = 0; i < text.len && plain; i++) {
		unsigned char c = (unsigned char)text.at[i];

		plain = c > ' ' && c != '"' && c != '\\' && c != '=' &&
		    c < 0x7f;
	}
	if (plain) {
		if (text.len > line->cap - line->len)
			text.len = line->cap - line->len;
		buf_add_span(line, text);
		return;
	}
	buf_add_char(line, '"');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.at[i];

		if (c == '"' || c == '\\')
			buf_printf(line, "\\%c", c);
		else if (c == '\n')
			buf_add_text(line, "\\n");
		else if (c < ' ' || c == 0x7f)
			buf_printf(line, "\\x%02x", c);
		else
			buf_add_char(line, (char)c);
	}
	buf_add_char(line, '"');
}

static void
add_pair(struct buf *line, const struct log_pair *pair)
{
	if (pair->kind == LOG_PAIR_TEXT && pair->text.at == NULL)
		return;
	buf_add_char(line, ' ');
	buf_add_text(line, pair->key);
	buf_add_char(line, '=');
	if (pair->kind == LOG_PAIR_INT)
		buf_printf(line, "%" PRId64, pair->number);
	else
		add_value(line, pair->text);
}

static void
write_out(const char *bytes, size_t len)
{
	if (len > 0 && write(STDERR_FILENO, bytes, len) < 0) {
		/* Nobody is left to be told. */
	}
}

static void
flush(void)
{
	write_out(log_to.lines, log_to.len);
	log_to.len = 0;
}

void
log_gather(bool gathers)
{
	flush();
	log_to.gathers = gathers;
}

/* What is not well is told at once: it may be the last that we say. */
static void
end_line(const struct buf *line, enum log_level level)
{
	if (line->len > sizeof(log_to.lines) - log_to.len)
		flush();
	if (!log_to.gathers || line->len > sizeof(log_to.lines)) {
		write_out(line->data, line->len);
		return;
	}
	memcpy(log_to.lines + log_to.len, line->data, line->len);
	log_to.len += line->len;
	if (level >= LOG_LEVEL_WARN)
		flush();
}

void
log_write(enum log_level level, const char *event, const struct log_pair *pairs,
    size_t count)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	char stamp[CLOCK_STAMP_SIZE];
	struct buf line;

	if (level < log_to.level)
		return;
	clock_stamp(stamp);
	buf_init(&line, LINE_MAX_BYTES);
	buf_printf(&line, "%s %s %s[%d] event=%s", stamp, names[level],
	    log_to.program, (int)getpid(), event);
	if (log_to.key[0] != '\0')
		add_pair(&line, &LOG_TEXT(log_to.key, log_to.value));
	for (size_t i = 0; i < count; i++)
		add_pair(&line, &pairs[i]);
	buf_add_char(&line, '\n');
	/* A line that is too long loses its tail, not its existence. */
	if (line.len > 0 && line.data[line.len - 1] != '\n')
		line.data[line.len - 1] = '\n';
	end_line(&line, level);
	buf_free(&line);
}

/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"

#define LINE_MAX_BYTES 8192
/* Of a pipe so many are written in one piece: PIPE_BUF, pipe(7). */
#define GATHER_BYTES 4096
/* So much of a long JSON line is kept for each pair that is still to come. */
#define PAIR_BYTES 128

static struct {
	enum log_level level;
	const char *program;
	bool is_json;
	bool is_journal; /* what reads our standard error */
	char trace_id[33];
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
log_set_json(bool json)
{
	log_to.is_json = json;
}

/*
 * Is standard error the stream that systemd has made for us? JOURNAL_STREAM
 * names its device and inode (systemd.exec(5)); of another one it says nothing.
 */
static bool
is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	char own[64];
	struct stat file;

	if (stream == NULL || fstat(STDERR_FILENO, &file) != 0)
		return false;
	(void)snprintf(own, sizeof(own), "%ju:%ju", (uintmax_t)file.st_dev,
	    (uintmax_t)file.st_ino);
	return strcmp(stream, own) == 0;
}

void
log_set_program(const char *name)
{
	log_to.program = name;
	log_to.is_journal = is_journal();
}

void
log_set_trace(const char *traceparent)
{
	size_t len = sizeof(log_to.trace_id) - 1;

	log_to.trace_id[0] = '\0';
	if (traceparent == NULL || strlen(traceparent) < 3 + len)
		return;
	memcpy(log_to.trace_id, traceparent + 3, len); /* behind "00-" */
	log_to.trace_id[len] = '\0';
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

/* A character of a JSON string. Gives: how many bytes of the text it was. */
static size_t
add_character(struct buf *line, const unsigned char *at,
    const unsigned char *end)
{
	size_t len = utf8_sequence(at, end);

	if (*at == '"' || *at == '\\')
		buf_printf(line, "\\%c", *at);
	else if (*at == '\n')
		buf_add_text(line, "\\n");
	else if (*at < ' ' || *at == 0x7f)
		buf_printf(line, "\\u%04x", *at);
	else if (len == 0)
		buf_add_text(line, "\\ufffd");
	else
		buf_add(line, at, len);
	return len == 0 ? 1 : len;
}

/* The same as a member of an object; of a text what leaves `rest` bytes. */
static void
add_member(struct buf *line, const struct log_pair *pair, size_t rest)
{
	const unsigned char *at = (const unsigned char *)pair->text.at;
	const unsigned char *end = at == NULL ? NULL : at + pair->text.len;

	if (pair->kind == LOG_PAIR_TEXT && at == NULL)
		return;
	buf_printf(line, ",\"%s\":", pair->key);
	if (pair->kind == LOG_PAIR_INT) {
		buf_printf(line, "%" PRId64, pair->number);
		return;
	}
	buf_add_char(line, '"');
	/* The longest character, and the string's end. */
	while (at < end && line->cap - line->len > rest + 8)
		at += add_character(line, at, end);
	buf_add_char(line, '"');
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

/* All that a line has: what every line has, then its own. */
static void
add_text_line(struct buf *line, const char *level, const char *stamp,
    const char *event, const struct log_pair *pairs, size_t count)
{
	buf_printf(line, "%s %s %s[%d] event=%s", stamp, level, log_to.program,
	    (int)getpid(), event);
	if (log_to.key[0] != '\0')
		add_pair(line, &LOG_TEXT(log_to.key, log_to.value));
	if (log_to.trace_id[0] != '\0')
		add_pair(line, &LOG_TEXT("trace_id", log_to.trace_id));
	for (size_t i = 0; i < count; i++)
		add_pair(line, &pairs[i]);
	buf_add_char(line, '\n');
	/* A line that is too long loses its tail, not its existence. */
	if (line->len > 0 && line->data[line->len - 1] != '\n')
		line->data[line->len - 1] = '\n';
}

static void
add_json_line(struct buf *line, const char *level, const char *stamp,
    const char *event, const struct log_pair *pairs, size_t count)
{
	size_t rest = (count + 2) * PAIR_BYTES;

	buf_printf(line,
	    "{\"time\":\"%s\",\"level\":\"%s\",\"program\":\"%s\","
	    "\"pid\":%d,\"event\":\"%s\"",
	    stamp, level, log_to.program, (int)getpid(), event);
	if (log_to.key[0] != '\0')
		add_member(line, &LOG_TEXT(log_to.key, log_to.value), rest);
	if (log_to.trace_id[0] != '\0')
		add_member(line, &LOG_TEXT("trace_id", log_to.trace_id), rest);
	/* Each pair is there; a long text loses its tail. */
	for (size_t i = 0; i < count; i++)
		add_member(line, &pairs[i], (count - i) * PAIR_BYTES);
	buf_add_text(line, "}\n");
}

/* The priorities of syslog(3), as the journal takes them. */
static const struct {
	const char *name;
	char priority;
} levels[] = { { "debug", '7' }, { "info", '6' }, { "warn", '4' },
	{ "error", '3' } };

void
log_write(enum log_level level, const char *event, const struct log_pair *pairs,
    size_t count)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct buf line;

	if (level < log_to.level)
		return;
	clock_stamp(stamp);
	buf_init(&line, LINE_MAX_BYTES);
	if (log_to.is_journal)
		buf_printf(&line, "<%c>", levels[level].priority);
	if (log_to.is_json)
		add_json_line(&line, levels[level].name, stamp, event, pairs,
		    count);
	else
		add_text_line(&line, levels[level].name, stamp, event, pairs,
		    count);
	end_line(&line, level);
	buf_free(&line);
}

void
log_last_words(const char *event, const char *text)
{
	const bool json = log_to.is_json;
	const char *const parts[] = {
		log_to.is_journal ? "<3>" : "",
		json ? "{\"level\":\"error\",\"program\":\"" : "error",
		json ? log_to.program : "",
		json ? "\",\"event\":\"" : " event=",
		event,
		log_to.trace_id[0] == '\0' ? "" :
		    json		   ? "\",\"trace_id\":\"" :
					     " trace_id=",
		log_to.trace_id,
		json ? "\",\"text\":\"" : " text=\"",
		text,
		json ? "\"}\n" : "\"\n",
	};
	char line[512];
	size_t len = 0;

	/* Only what a handler may call: no memory, no stdio. */
	for (size_t i = 0; i < COUNT(parts); i++) {
		size_t more = strlen(parts[i]);

		if (more > sizeof(line) - len)
			return;
		memcpy(line + len, parts[i], more);
		len += more;
	}
	write_out(line, len);
}

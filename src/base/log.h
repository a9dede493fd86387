/* SPDX-License-Identifier: MIT */
/*
 * The log: one line per event on standard error, `time level event key=value`,
 * or the same as one JSON object. UTC; a value with blanks, quotes or control
 * characters is quoted and escaped, so that a line stays a line; in JSON what
 * is no UTF-8 becomes U+FFFD.
 *
 * Where systemd's journal reads standard error, each line begins with its
 * priority, <3> to <7> (sd-daemon(3)).
 *
 *	log_info("store", LOG_INT("id", id), LOG_TEXT("why", diag.text));
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/cc.h"
#include "base/str.h"

enum log_level {
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_INFO,
	LOG_LEVEL_WARN,
	LOG_LEVEL_ERROR,
};

struct log_pair {
	const char *key;
	enum { LOG_PAIR_TEXT, LOG_PAIR_INT } kind;
	struct span text;
	int64_t number;
};

#define LOG_SPAN(name, span) \
	((struct log_pair){ .key = (name), .text = (span) })
#define LOG_TEXT(name, value) LOG_SPAN(name, str_span(value))
#define LOG_INT(name, value) \
	((struct log_pair){ .key = (name), \
	    .kind = LOG_PAIR_INT, \
	    .number = (value) })

/* Lines below this level are left out; info at first. */
void log_set_level(enum log_level level);

/* Lines as JSON, or as logfmt, as at first. */
void log_set_json(bool json);

/*
 * The program's short name, in every line, and whether the journal reads them.
 * Lives: as long as the process.
 */
void log_set_program(const char *name);

/*
 * The trace that lines belong to until the next call, by its traceparent (see
 * trace.h): trace_id in each of them. NULL or an empty text for none.
 */
void log_set_trace(const char *traceparent);

/*
 * From a signal's handler: one line that is ready beforehand, without a time.
 * text: ours, without quotes.
 */
void log_last_words(const char *event, const char *text);

/*
 * The request's or job's id in every line until the next call; NULL for none.
 */
void log_set_context(const char *key, const char *value);

/*
 * true: keep lines until there are 4 KB of them, and write them at once, which
 * spares a system call for each; false: write them, and go on line by line.
 * Both write what was kept before, and so does a warning. What is kept is lost
 * with a process that is killed.
 */
void log_gather(bool gathers);

/* Write one line. Pairs with an absent text are left out. */
void log_write(enum log_level level, const char *event,
    const struct log_pair *pairs, size_t count);

#define LOG_PAIRS(...) \
	(const struct log_pair[]){ __VA_ARGS__ }, \
	    COUNT(((const struct log_pair[]){ __VA_ARGS__ }))
#define log_debug(event, ...) \
	log_write(LOG_LEVEL_DEBUG, event, LOG_PAIRS(__VA_ARGS__))
#define log_info(event, ...) \
	log_write(LOG_LEVEL_INFO, event, LOG_PAIRS(__VA_ARGS__))
#define log_warn(event, ...) \
	log_write(LOG_LEVEL_WARN, event, LOG_PAIRS(__VA_ARGS__))
#define log_error(event, ...) \
	log_write(LOG_LEVEL_ERROR, event, LOG_PAIRS(__VA_ARGS__))

#endif

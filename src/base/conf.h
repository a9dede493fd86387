/* SPDX-License-Identifier: MIT */
/*
 * Settings. Each is a row beside its owner (src/.../..._conf_rows.h) with the
 * fields that its kind needs. A program reads them from a file of
 * `name = value` lines; the environment wins over the file, the file over the
 * default. An unknown name is an error.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/diag.h"

enum conf_kind {
	CONF_TEXT,
	CONF_SECRET, /* a text that is masked when shown */
	CONF_CHOICE, /* a text of a few */
	CONF_NUMBER,
	CONF_FLAG, /* on or off */
};

struct conf_row {
	const char *name;
	enum conf_kind kind;
	const char *default_text;
	int64_t default_number;
	int64_t least, most; /* of a number */
	const char *choices; /* "a|b|c" */
	bool default_flag;
	bool is_live; /* conf_reread() takes a new value */
	const char *environment;
	const char *help;
	size_t offset; /* of the value in the owner */
};

/* The rows of one owner and where its values are. */
struct conf_set {
	const struct conf_row *rows;
	size_t count;
	void *values;
	/* What no row can tell: E_SETTING with a sentence; NULL: nothing. */
	enum err (*check)(const void *values, struct diag *diag);
};

/*
 * What rows are written, and what they are in their owner:
 *
 *	SETTING(TEXT, name, default, environment, help)             char *
 *	SETTING(SECRET, name, default, environment, help)           char *
 *	SETTING(CHOICE, name, default, choices, environment, help)  char *
 *	SETTING(NUMBER, name, default, least, most, environment,
 *	    help)                                                   int64_t
 *	SETTING(FLAG, name, default, environment, help)             bool
 *
 *	SETTING(LIVE_CHOICE, …), SETTING(LIVE_NUMBER, …): the same; SIGHUP
 *	    rereads them, so the owner looks at the value each time
 *
 * The owner expands them with CONF_MEMBER_kind for the members of its struct,
 * with CONF_ROW_kind for its table. Rows with the fields of another kind, or
 * a default that is not of theirs, do not compile.
 */
#define CONF_MEMBER_TEXT(field, initial, env, text) char *field;
#define CONF_MEMBER_SECRET(field, initial, env, text) char *field;
#define CONF_MEMBER_CHOICE(field, initial, among, env, text) char *field;
#define CONF_MEMBER_NUMBER(field, initial, min, max, env, text) \
	int64_t field; \
	_Static_assert((min) <= (initial) && (initial) <= (max), \
	    #field ": its default is beyond its limits");
#define CONF_MEMBER_LIVE_CHOICE CONF_MEMBER_CHOICE
#define CONF_MEMBER_LIVE_NUMBER CONF_MEMBER_NUMBER
#define CONF_MEMBER_FLAG(field, initial, env, text) \
	bool field; \
	_Static_assert((initial) == true || (initial) == false, \
	    #field ": its default is true or false");

/* `""` before a text: it has to be a literal. */
#define CONF_ROW(owner, kind_, field, env, text, ...) \
	{ .name = #field, \
		.kind = CONF_##kind_, \
		.environment = "" env, \
		.help = "" text, \
		.offset = offsetof(owner, field), \
		__VA_ARGS__ },
#define CONF_ROW_TEXT(owner, field, initial, env, text) \
	CONF_ROW(owner, TEXT, field, env, text, .default_text = "" initial)
#define CONF_ROW_SECRET(owner, field, initial, env, text) \
	CONF_ROW(owner, SECRET, field, env, text, .default_text = "" initial)
#define CONF_ROW_CHOICE(owner, field, initial, among, env, text) \
	CONF_ROW(owner, CHOICE, field, env, text, .default_text = "" initial, \
	    .choices = "" among)
#define CONF_ROW_NUMBER(owner, field, initial, min, max, env, text) \
	CONF_ROW(owner, NUMBER, field, env, text, .default_number = initial, \
	    .least = min, .most = max)
#define CONF_ROW_LIVE_CHOICE(owner, field, initial, among, env, text) \
	CONF_ROW(owner, CHOICE, field, env, text, .default_text = "" initial, \
	    .choices = "" among, .is_live = true)
#define CONF_ROW_LIVE_NUMBER(owner, field, initial, min, max, env, text) \
	CONF_ROW(owner, NUMBER, field, env, text, .default_number = initial, \
	    .least = min, .most = max, .is_live = true)
#define CONF_ROW_FLAG(owner, field, initial, env, text) \
	CONF_ROW(owner, FLAG, field, env, text, .default_flag = initial)

/*
 * Read the settings.
 *
 * Needs: sets whose values are zeroed; path NULL for no file.
 * Gives: every value set; texts belong to the sets: conf_free().
 * Fails: E_SETTING; diag names the file, the line and the setting.
 */
enum err conf_read(struct conf_set *sets, size_t count, const char *path,
    struct diag *diag) MUST_CHECK;

/*
 * The same for a program that has some of the rows only: names that are none of
 * them are passed over.
 */
enum err conf_read_some(struct conf_set *sets, size_t count, const char *path,
    struct diag *diag) MUST_CHECK;

/*
 * The file that a program reads: given (its --config), else the environment's
 * ETL_CONFIG, else $(sysconfdir)/pulse-etl/etl.conf where there is one.
 * Gives: NULL where there is none; an empty ETL_CONFIG says so.
 */
const char *conf_path(const char *given);

/*
 * Memory of their own for the values of the same rows, zeroed.
 * Owns: you conf_copy_free() it. NULL: there is no memory.
 */
struct conf_set *conf_copy_new(const struct conf_set *sets, size_t count)
    MUST_CHECK;
void conf_copy_free(struct conf_set *copy, size_t count);

/*
 * Read the settings again, and take the new values of live rows.
 *
 * Needs: last: a copy that was read when the sets were, and is given each time.
 * Gives: the names of live settings that have changed since, in `taken`, and of
 *        others that differ from the first ones, in `left`, apart by blanks.
 * Fails: as conf_read(): all values stay as they were; E_NO_MEMORY.
 */
enum err conf_reread(struct conf_set *sets, struct conf_set *last, size_t count,
    const char *path, struct buf *taken, struct buf *left, struct diag *diag)
    MUST_CHECK;

/* Give the texts back. */
void conf_free(struct conf_set *sets, size_t count);

/*
 * A setting as text, in `number` unless it is one; a secret is masked.
 * Lives: as long as the settings, and `number`, do.
 */
#define CONF_NUMBER_SIZE 24
const char *conf_value(const struct conf_row *row, const void *values,
    char number[CONF_NUMBER_SIZE]);

/* Print all settings as a file that conf_read() takes, secrets masked. */
void conf_dump(const struct conf_set *sets, size_t count, FILE *out);

#endif

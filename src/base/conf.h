/*
 * Settings. Each is a row beside its owner (src/.../..._conf_rows.h): name,
 * kind, default, limits, environment name, one sentence. A program reads them
 * from a file of `name = value` lines; the environment wins over the file,
 * the file over the default. An unknown name is an error.
 */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/diag.h"

enum conf_kind {
	CONF_TEXT,
	CONF_SECRET, /* masked when shown */
	CONF_NUMBER,
	CONF_BOOL,
};

struct conf_row {
	const char *name;
	enum conf_kind kind;
	const char *standard; /* the default, as text */
	int64_t min, max;     /* of a number */
	const char *choices;  /* of a text: "a|b|c", or NULL for any */
	const char *environment;
	const char *sentence;
	/* of the char * or int64_t (number, bool) in the owner */
	size_t offset;
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
 * Rows are written SETTING(field, KIND, default, min, max, choices,
 * environment, sentence); these make the owner's struct members and table of
 * them.
 */
#define CONF_TYPE_TEXT char *
#define CONF_TYPE_SECRET char *
#define CONF_TYPE_NUMBER int64_t
#define CONF_TYPE_BOOL int64_t
#define CONF_MEMBER(field, kind) CONF_TYPE_##kind field;
#define CONF_ROW(type, field, kind, standard, min, max, choices, env, text) \
	{ #field, CONF_##kind, standard, min, max, choices, env, text, \
	    offsetof(type, field) },

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
 * The file that a program reads: given (its --config), else the environment's
 * ETL_CONFIG, else $(sysconfdir)/pulse-etl/etl.conf where there is one.
 * Gives: NULL where there is none; an empty ETL_CONFIG says so.
 */
const char *conf_path(const char *given);

/* Give the texts back. */
void conf_free(struct conf_set *sets, size_t count);

/* Print all settings as a file that conf_read() takes, secrets masked. */
void conf_dump(const struct conf_set *sets, size_t count, FILE *out);

#endif

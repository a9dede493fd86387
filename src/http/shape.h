/* SPDX-License-Identifier: MIT */
/*
 * What an answer's JSON looks like, as rows: openapi.json describes the routes
 * by them. Nothing is written by them; with --enable-debug an answer that is
 * not as its rows say is an error, and tests/openapi checks what was sent.
 */
#ifndef HTTP_SHAPE_H
#define HTTP_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cc.h"
#include "base/diag.h"
#include "base/str.h"

struct shape;

enum shape_kind {
	SHAPE_INT,
	SHAPE_NUMBER,
	SHAPE_TEXT,
	SHAPE_BOOL,
	SHAPE_TRUE,   /* always true */
	SHAPE_STAMP,  /* a text, ISO 8601 */
	SHAPE_JSON,   /* an object or array of somebody else's */
	SHAPE_MAP,    /* such an object */
	SHAPE_TEXTS,  /* an array of texts */
	SHAPE_OBJECT, /* one `of` */
	SHAPE_LIST,   /* an array of `of` */
};

/* How a member may be missing. */
#define SHAPE_NOT_NULL 0u
#define SHAPE_NULLABLE 1u /* it may be null */
#define SHAPE_OPTIONAL 2u /* it may be absent */

struct shape_row {
	const char *name;
	enum shape_kind kind;
	unsigned flags;
	const char *sentence;	/* or NULL */
	const struct shape *of; /* of an object, of a list's objects */
};

/*
 * An object of these members and no others, of any without rows; is_list: an
 * array of such; line: it is also had as lines of JSON, each of this shape, and
 * as CSV where that one is a list.
 */
struct shape {
	const char *name; /* its schema's, unique; see shape_is_json() */
	const char *sentence;
	const struct shape_row *rows;
	size_t count;
	bool is_list;
	const struct shape *line; /* or NULL */
};

/* Is it? Else its name is its media type, such as text/plain. */
bool shape_is_json(const struct shape *shape) MUST_CHECK;

/*
 * Is a JSON text as its shape says: its members and no others, each of its
 * kind? What is inside a SHAPE_JSON or SHAPE_MAP is not looked at.
 *
 * Needs: a byte that is 0 follows the text.
 * Fails: E_MISTAKE, diag says where; E_NO_MEMORY.
 */
enum err shape_check(const struct shape *shape, struct span json,
    struct diag *diag) MUST_CHECK;

/* Of an answer, of a page of such, and of a part of one, named as it is. */
#define SHAPE(id, name, sentence, rows) \
	const struct shape id = { name, sentence, rows, COUNT(rows), false, \
		NULL };
#define SHAPE_PAGE(id, name, sentence, rows) \
	const struct shape id = { name, sentence, rows, COUNT(rows), true, \
		NULL };
#define SHAPE_TABLE(id, name, sentence, rows) \
	const struct shape id = { name, sentence, rows, COUNT(rows), true, \
		&id };
#define SHAPE_PART(id, sentence, rows) \
	static const struct shape id = { #id, sentence, rows, COUNT(rows), \
		false, NULL };

/* Rows from those that write the members: SHOWN of models/tables/column.h. */
#define SHAPE_ROW(member, kind, null, sql) \
	{ #member, SHAPE_##kind, SHAPE_##null, NULL, NULL },

#endif

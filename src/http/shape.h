/*
 * What an answer's JSON looks like, as rows: for the description of the routes
 * (openapi.json) only. Nothing is written by them; that answers are as their
 * rows say is what tests/openapi checks.
 */
#ifndef HTTP_SHAPE_H
#define HTTP_SHAPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cc.h"
#include "models/tables/column.h"

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
 * array of such.
 */
struct shape {
	const char *name; /* its schema's, unique; NULL: plain text, no JSON */
	const char *sentence;
	const struct shape_row *rows;
	size_t count;
	bool is_list;
};

#define SHAPE(id, name, sentence, rows) \
	const struct shape id = { name, sentence, rows, COUNT(rows), false };

/*
 * Rows from those that write the members: MEMBER of
 * models/tables/row_words.h.
 */
#define SHAPE_MEMBER(member, type, null, sql) \
	{ #member, COLUMN_KIND(SHAPE_, type), SHAPE_##null, NULL, NULL },

#endif

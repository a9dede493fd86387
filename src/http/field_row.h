/* SPDX-License-Identifier: MIT */
/*
 * The rows of a route's input: what a field is, and what is wrong with one.
 * Only types: http/field.h reads requests by them.
 */
#ifndef HTTP_FIELD_ROW_H
#define HTTP_FIELD_ROW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A header's row only describes it: its handler reads it. */
enum field_place { FIELD_PATH, FIELD_QUERY, FIELD_HEADER, FIELD_BODY };

enum field_kind {
	FIELD_INT,	/* int64_t */
	FIELD_TEXT,	/* struct span, decoded */
	FIELD_BOOL,	/* bool */
	FIELD_STAMP,	/* struct span, see stamp_read() */
	FIELD_OBJECT,	/* struct span, JSON as it came */
	FIELD_DOCUMENT, /* struct span, JSON as it came: an object or array */
	FIELD_FILE,	/* struct span, a part of a form as it came */
};

/* What a text must be like. */
enum field_form {
	FORM_ANY,
	FORM_WORDS, /* not of blanks only */
	FORM_WORD,  /* one, of small letters and digits: span_is_word() */
	FORM_LOGO,  /* the name of a file that nginx serves as a logo */
};

struct field {
	enum field_place place;
	const char *name;
	const char *older_name; /* also taken, or NULL */
	enum field_kind kind;
	bool required;
	bool deprecated; /* clients of an earlier interface give it */
	/*
	 * Of the query: with it the body is the payload alone, the value of the
	 * row that is a FIELD_DOCUMENT, and its other rows are in the query.
	 */
	bool beside_payload;
	/* A number's value, a text's characters, a file's bytes. */
	int64_t min, max;
	enum field_form form;	  /* of a text */
	const char *choices;	  /* of a text: "a|b", or NULL */
	const char *const *items; /* see json_scan.h, or NULL */
	size_t offset;		  /* of the value; absent and null leave it */
	const char *sentence;
};

struct field_set {
	const struct field *rows;
	size_t count;
};

/* What is wrong with one field. */
struct field_error {
	struct field_error *next;
	enum field_place place;
	const char *name;
	const char *text;
	const char *type; /* machine name */
};

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The tables as the migrations are to leave them, all rows of schema_table.h
 * as an array: what a live database is compared with.
 */
#ifndef MODELS_TABLES_SCHEMA_DECLARED_H
#define MODELS_TABLES_SCHEMA_DECLARED_H

#include <stdbool.h>
#include <stddef.h>

enum schema_kind {
	SCHEMA_TABLE,
	SCHEMA_COLUMN,
	SCHEMA_DEFAULT,
	SCHEMA_KEY,
	SCHEMA_CHECK,
	SCHEMA_INDEX,
	SCHEMA_POLICY,
	SCHEMA_TRIGGER,
	SCHEMA_GRANT,
};

/* The rows of a table follow its own. */
struct schema_row {
	enum schema_kind kind;
	const char *name; /* a table's, a column's, or the definition */
	const char *type; /* of a column */
	bool needed;	  /* a column: NOT NULL */
};

extern const struct schema_row schema_rows[];
extern const size_t schema_rows_count;

#endif

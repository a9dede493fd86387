/* SPDX-License-Identifier: MIT */
/*
 * What an answer shows of a row: columns of its table, and what is computed
 * beside them. A list of them is a file of rows beside its user,
 * *_shown_rows.h:
 *
 *	SHOWN(member, kind, null, SQL)
 *
 * in the order of the members. kind is what JSON has: INT, NUMBER, TEXT, STAMP,
 * BOOL, JSON or MAP; no other type is shown. null: NOT_NULL or NULLABLE. In the
 * SQL t is the table; a column of it is "t.NAME", and has to be what its row in
 * *_table.h says (tests/unit/models/catalogue/check_catalogue.c), a report's what
 * its view has (625_reports.sh).
 */
#ifndef MODELS_TABLES_COLUMN_H
#define MODELS_TABLES_COLUMN_H

#include "adapters/db/db.h"
#include "json/json_write.h"

struct sql;
struct column_rows;

enum column_kind {
	COLUMN_INT,
	COLUMN_TEXT,
	COLUMN_STAMP, /* a text, ISO 8601 */
	COLUMN_BOOL,
	COLUMN_JSON,		  /* as PostgreSQL prints it */
#define COLUMN_MAP COLUMN_JSON	  /* an object always */
#define COLUMN_NUMBER COLUMN_JSON /* with a fraction */
	COLUMN_ROWS, /* an array of another table's objects; see below */
};

struct column {
	const char *member;
	enum column_kind kind;
	const char *sql;
	const struct column_rows *rows; /* of COLUMN_ROWS */
};

/* Another table's rows, in the order of `sort` and of their ids. */
struct column_rows {
	const struct column *columns;
	size_t count;
	const char *sort;
	const char *from; /* gives them the name t, beside the outer t */
};

/* SHOWN as a struct column. */
#define COLUMN_ROW(member, kind, null, sql) \
	{ #member, COLUMN_##kind, COLUMN_READ(kind, sql), NULL },

/* Add the columns, separated by commas, to a SELECT from their table AS t. */
void columns_add(struct sql *sql, const struct column *columns, size_t count);

/* Write a result's row, which begins with them, as members. */
void columns_write(struct json *json, const struct column *columns,
    size_t count, const struct db_rows *rows, int row);

/* How a kind is read; a stamp is ISO 8601, whatever the session says. */
#define COLUMN_READ(kind, sql) COLUMN_READ_##kind(sql)
#define COLUMN_READ_INT(sql) sql
#define COLUMN_READ_NUMBER(sql) sql
#define COLUMN_READ_TEXT(sql) sql
#define COLUMN_READ_BOOL(sql) sql
#define COLUMN_READ_JSON(sql) sql
#define COLUMN_READ_MAP(sql) sql
#define COLUMN_READ_STAMP(sql) \
	"to_char(" sql ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

#endif

/*
 * What an answer shows of a row: columns of its table, and what is computed
 * beside them. They are the rows of a *_table.h (see row_words.h), each of
 * a type of PostgreSQL and of the kind in JSON that follows from it.
 */
#ifndef MODELS_TABLES_COLUMN_H
#define MODELS_TABLES_COLUMN_H

#include "adapters/db/db.h"
#include "json/json_write.h"

struct sql;
struct catalogue;

enum column_kind {
	COLUMN_INT,
	COLUMN_TEXT,
	COLUMN_STAMP, /* a text, ISO 8601 */
	COLUMN_BOOL,
	COLUMN_JSON, /* as PostgreSQL prints it */
#define COLUMN_MAP COLUMN_JSON /* an object always */
	COLUMN_ROWS, /* an array of another table's objects; see below */
};

/* Another table's rows; `from` gives them the name t, beside the outer t. */
struct column_rows {
	const struct catalogue *of;
	const char *from;
};

struct column {
	const char *member;
	enum column_kind kind;
	const char *sql;
	const struct column_rows *rows; /* of COLUMN_ROWS */
};

/* MEMBER of a table's rows as a struct column. */
#define COLUMN_ROW(member, type, null, sql) \
	{ #member, COLUMN_KIND(COLUMN_, type), sql, NULL },

/* Add the columns, separated by commas, to a SELECT from their table AS t. */
void columns_add(struct sql *sql, const struct column *columns, size_t count);

/* Write a result's row, which begins with them, as members. */
void columns_write(struct json *json, const struct column *columns,
    size_t count, const struct db_rows *rows, int row);

/* A type in PostgreSQL's own words: those of format_type(). */
#define COLUMN_TYPE(type) COLUMN_TYPE_##type
#define COLUMN_TYPE_INTEGER "integer"
#define COLUMN_TYPE_BIGINT "bigint"
#define COLUMN_TYPE_BIGINT_ARRAY "bigint[]"
#define COLUMN_TYPE_NUMERIC "numeric"
#define COLUMN_TYPE_FLOAT "double precision"
#define COLUMN_TYPE_BOOLEAN "boolean"
#define COLUMN_TYPE_VARCHAR "character varying"
#define COLUMN_TYPE_CHARS(most) "character varying(" #most ")"
#define COLUMN_TYPE_VARCHAR_ARRAY "character varying[]"
#define COLUMN_TYPE_TEXT "text"
#define COLUMN_TYPE_STAMP "timestamp without time zone"
#define COLUMN_TYPE_STAMP_ZONED "timestamp with time zone"
#define COLUMN_TYPE_DATE "date"
#define COLUMN_TYPE_JSONB "jsonb"
#define COLUMN_TYPE_JSONB_OBJECT "jsonb"
#define COLUMN_TYPE_BYTEA "bytea"
#define COLUMN_TYPE_UUID "uuid"

#define COLUMN_NEEDED(null) COLUMN_NEEDED_##null
#define COLUMN_NEEDED_NOT_NULL true
#define COLUMN_NEEDED_NULLABLE false

/* The kind of a type behind a prefix: COLUMN_KIND(COLUMN_, BIGINT). */
#define COLUMN_KIND(prefix, type) COLUMN_JOIN(prefix, COLUMN_KIND_##type)
#define COLUMN_JOIN(prefix, kind) COLUMN_JOIN_(prefix, kind)
#define COLUMN_JOIN_(prefix, kind) prefix##kind
#define COLUMN_KIND_INTEGER INT
#define COLUMN_KIND_BIGINT INT
#define COLUMN_KIND_BOOLEAN BOOL
#define COLUMN_KIND_VARCHAR TEXT
#define COLUMN_KIND_CHARS(most) TEXT
#define COLUMN_KIND_TEXT TEXT
#define COLUMN_KIND_STAMP STAMP
#define COLUMN_KIND_JSONB JSON
#define COLUMN_KIND_JSONB_OBJECT MAP

/* How a column of a type is read. */
#define COLUMN_READ(type, name) COLUMN_READ_##type("t." #name)
#define COLUMN_READ_INTEGER(sql) sql
#define COLUMN_READ_BIGINT(sql) sql
#define COLUMN_READ_BOOLEAN(sql) sql
#define COLUMN_READ_VARCHAR(sql) sql
#define COLUMN_READ_CHARS(most) COLUMN_READ_TEXT
#define COLUMN_READ_TEXT(sql) sql
#define COLUMN_READ_STAMP(sql) STAMP_TEXT(sql)
#define COLUMN_READ_JSONB(sql) sql
#define COLUMN_READ_JSONB_OBJECT(sql) sql
#define STAMP_TEXT(sql) "to_char(" sql ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"

#endif

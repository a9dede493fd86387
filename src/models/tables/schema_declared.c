/* SPDX-License-Identifier: MIT */
#include "models/tables/schema_declared.h"

#include "base/cc.h"

/* A type in PostgreSQL's own words: those of format_type(). */
#define TYPE(type) TYPE_##type
#define TYPE_INTEGER "integer"
#define TYPE_BIGINT "bigint"
#define TYPE_BIGINT_ARRAY "bigint[]"
#define TYPE_NUMERIC "numeric"
#define TYPE_FLOAT "double precision"
#define TYPE_BOOLEAN "boolean"
#define TYPE_VARCHAR "character varying"
#define TYPE_CHARS(most) "character varying(" #most ")"
#define TYPE_VARCHAR_ARRAY "character varying[]"
#define TYPE_TEXT "text"
#define TYPE_STAMP "timestamp without time zone"
#define TYPE_STAMP_ZONED "timestamp with time zone"
#define TYPE_DATE "date"
#define TYPE_JSONB "jsonb"
#define TYPE_BYTEA "bytea"
#define TYPE_UUID "uuid"

#define NEEDED_NOT_NULL true
#define NEEDED_NULLABLE false

const struct schema_row schema_rows[] = {
#define TABLE(name) { SCHEMA_TABLE, #name, NULL, false },
#define COLUMN(name, type, null) \
	{ SCHEMA_COLUMN, #name, TYPE(type), NEEDED_##null },
#define DEFAULT(name, expression) \
	{ SCHEMA_DEFAULT, #name " = " expression, NULL, false },
#define KEY(definition) { SCHEMA_KEY, definition, NULL, false },
#define CHECK(definition) { SCHEMA_CHECK, definition, NULL, false },
#define INDEX(definition) { SCHEMA_INDEX, definition, NULL, false },
#define POLICY(definition) { SCHEMA_POLICY, definition, NULL, false },
#define TRIGGER(definition) { SCHEMA_TRIGGER, definition, NULL, false },
#define GRANT(definition) { SCHEMA_GRANT, definition, NULL, false },
#include "models/tables/schema_table.h"
};
const size_t schema_rows_count = COUNT(schema_rows);

/* SPDX-License-Identifier: MIT */
#include "models/tables/column.h"

#include "adapters/db/sql.h"

/* Another table's rows as one JSON array of objects, in their order. */
static void
add_rows(struct sql *sql, const struct column_rows *rows)
{
	sql_add(sql, "(SELECT COALESCE(json_agg(json_build_object(");
	for (size_t i = 0; i < rows->count; i++) {
		sql_add(sql, i == 0 ? "'" : ", '");
		sql_add(sql, rows->columns[i].member);
		sql_add(sql, "', ");
		sql_add(sql, rows->columns[i].sql);
	}
	sql_add(sql, ") ORDER BY ");
	sql_add(sql, rows->sort);
	sql_add(sql, ", t.id), '[]') FROM ");
	sql_add(sql, rows->from);
	sql_add(sql, ")");
}

void
columns_add(struct sql *sql, const struct column *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			sql_add(sql, ", ");
		if (columns[i].kind == COLUMN_ROWS)
			add_rows(sql, columns[i].rows);
		else
			sql_add(sql, columns[i].sql);
	}
}

void
columns_write(struct json *json, const struct column *columns, size_t count,
    const struct db_rows *rows, int row)
{
	for (size_t i = 0; i < count; i++) {
		const char *member = columns[i].member;
		int at = (int)i;

		if (db_is_null(rows, row, at)) {
			json_null(json, member);
			continue;
		}
		switch (columns[i].kind) {
		case COLUMN_INT:
			json_int(json, member, db_int(rows, row, at));
			break;
		case COLUMN_TEXT:
		case COLUMN_STAMP:
			json_span(json, member, db_text(rows, row, at));
			break;
		case COLUMN_BOOL:
			json_bool(json, member, db_bool(rows, row, at));
			break;
		case COLUMN_JSON:
		case COLUMN_ROWS:
			json_raw(json, member, db_text(rows, row, at));
			break;
		}
	}
}

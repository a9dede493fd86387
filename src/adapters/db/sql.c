/* SPDX-License-Identifier: MIT */
#include "adapters/db/sql.h"

#include <string.h>

#define SQL_MAX_BYTES 65536

void
sql_init(struct sql *sql)
{
	memset(sql, 0, sizeof(*sql));
	buf_init(&sql->text, SQL_MAX_BYTES);
}

void
sql_done(struct sql *sql)
{
	if (sql != NULL)
		buf_free(&sql->text);
}

void
sql_add(struct sql *sql, const char *text)
{
	buf_add_text(&sql->text, text);
}

/* Our text with the number of the newest parameter where "%d" stands. */
static void
add_numbered(struct sql *sql, const char *text)
{
	const char *mark = strstr(text, "%d");

	if (mark == NULL) {
		buf_add_text(&sql->text, text);
		return;
	}
	buf_add(&sql->text, text, (size_t)(mark - text));
	buf_printf(&sql->text, "%d", sql->params.count);
	buf_add_text(&sql->text, mark + 2);
}

void
sql_where(struct sql *sql, const char *condition)
{
	buf_add_text(&sql->text, sql->has_where ? " AND " : " WHERE ");
	sql->has_where = true;
	add_numbered(sql, condition);
}

void
sql_where_int(struct sql *sql, const char *condition, int64_t value)
{
	db_add_int(&sql->params, value);
	sql_where(sql, condition);
}

void
sql_where_text(struct sql *sql, const char *condition, struct span value)
{
	db_add_text(&sql->params, value);
	sql_where(sql, condition);
}

void
sql_add_int(struct sql *sql, const char *text, int64_t value)
{
	db_add_int(&sql->params, value);
	add_numbered(sql, text);
}

void
sql_add_text(struct sql *sql, const char *text, struct span value)
{
	db_add_text(&sql->params, value);
	add_numbered(sql, text);
}

enum err
sql_statement(struct sql *sql, struct db_statement *ret_statement,
    struct diag *diag)
{
	enum err rc = buf_done(&sql->text);

	if (rc != E_OK)
		return diag_set(diag, rc, "a statement is too long");
	memset(ret_statement, 0, sizeof(*ret_statement));
	ret_statement->sql = sql->text.data;
	return E_OK;
}

enum err
sql_run(struct sql *sql, struct db *db, bool changes, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct db_statement statement;
	enum err rc = sql_statement(sql, &statement, diag);

	if (rc == E_OK) {
		statement.changes = changes;
		rc = db_run(db, &statement, &sql->params, arena, ret_rows,
		    diag);
	}
	sql_done(sql);
	return rc;
}

enum err
sql_run_each(struct sql *sql, struct db *db, struct arena *arena,
    const struct db_each *each, struct diag *diag)
{
	struct db_statement statement;
	enum err rc = sql_statement(sql, &statement, diag);

	if (rc == E_OK)
		rc = db_run_each(db, &statement, &sql->params, arena, each,
		    diag);
	sql_done(sql);
	return rc;
}

enum err
sql_get_int(struct sql *sql, struct db *db, struct arena *arena,
    int64_t *ret_number, struct diag *diag)
{
	struct db_statement statement;
	enum err rc = sql_statement(sql, &statement, diag);

	if (rc == E_OK)
		rc = db_get_int(db, &statement, &sql->params, arena, ret_number,
		    diag);
	sql_done(sql);
	return rc;
}

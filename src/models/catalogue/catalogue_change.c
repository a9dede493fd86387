/* SPDX-License-Identifier: MIT */
/* Writing rows of the catalogue. */
#include <assert.h>
#include <string.h>

#include "adapters/db/sql.h"
#include "models/catalogue/catalogue.h"

void
catalogue_set(struct catalogue_change *change, struct catalogue_value value)
{
	size_t i = 0;

	while (i < change->count &&
	    strcmp(change->values[i].column, value.column) != 0)
		i++;
	assert(i < CATALOGUE_VALUES_MAX);
	change->values[i] = value;
	if (i == change->count)
		change->count++;
}

const struct catalogue_value *
catalogue_new_value(const struct catalogue_change *change, const char *column)
{
	for (size_t i = 0; i < change->count; i++)
		if (strcmp(change->values[i].column, column) == 0)
			return &change->values[i];
	return NULL;
}

bool
catalogue_writes(const struct catalogue *catalogue, const char *column,
    bool *ret_null)
{
	struct span rest = str_span(catalogue->writes);

	while (rest.at != NULL) {
		struct span name = span_cut(&rest, ' ');

		*ret_null = name.len > 0 && name.at[name.len - 1] == '?';
		if (*ret_null)
			name.len--;
		if (name.len > 0 && span_is(name, column))
			return true;
	}
	return false;
}

enum err
catalogue_begin(struct db *db, int64_t tenant_id, struct arena *arena,
    struct diag *diag)
{
	/* The first number is the purpose; it only has to be ours. */
	static const struct db_statement statement = {
		.name = "catalogue_begin",
		.sql = "SELECT pg_advisory_xact_lock(1886745449, $1::integer)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc = db_begin(db, diag);

	if (rc != E_OK)
		return rc;
	db_add_int(&params, tenant_id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		db_rollback(db);
	return rc;
}

/* What the server refused, in words for clients. */
static enum err
explain(const struct catalogue *catalogue, enum err rc, struct diag *diag)
{
	const char *state = diag->sqlstate;

	if (rc != E_DB)
		return rc;
	if (strcmp(state, "23505") == 0)
		return diag_tell(diag, E_EXISTS, "There is such a %s already",
		    catalogue->noun);
	if (strcmp(state, "23503") == 0)
		return diag_tell(diag, E_NO_INTEGRATION, "%s",
		    catalogue->absent);
	if (strncmp(state, "22", 2) == 0 || strncmp(state, "54", 2) == 0)
		return diag_tell(diag, E_INVALID,
		    "PostgreSQL cannot store one of the values");
	return rc;
}

static void
add_value(struct db_params *params, const struct catalogue_value *value)
{
	if (value->kind == COLUMN_INT && !value->is_null)
		db_add_int(params, value->number);
	else if (value->kind == COLUMN_BOOL && !value->is_null)
		db_add_bool(params, value->number != 0);
	else if (value->kind == COLUMN_JSON)
		db_add_jsonb(params, value->is_null ? SPAN_NONE : value->text);
	else
		db_add_text(params, value->is_null ? SPAN_NONE : value->text);
}

/* A NULL comes as text; what it is for decides its type. */
static const char *
cast_of(const struct catalogue_value *value)
{
	if (!value->is_null)
		return "";
	return value->kind == COLUMN_INT ?
	    "::integer" :
	    value->kind == COLUMN_BOOL ?
	    "::boolean" :
	    "";
}

enum err
catalogue_lock(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, bool is_removal, struct arena *arena,
    struct diag *diag)
{
	struct db_rows *rows;
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "SELECT FROM ");
	sql_add(&sql, catalogue->table);
	sql_where_int(&sql, "tenant_id = $%d", tenant_id);
	sql_where_int(&sql, "id = $%d", id);
	sql_add(&sql, is_removal ? " FOR UPDATE" : " FOR NO KEY UPDATE");
	rc = sql_run(&sql, db, true, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return catalogue_tell_absent(catalogue, diag);
	return rc;
}

enum err
catalogue_insert(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, const struct catalogue_change *change,
    struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	struct db_rows *rows;
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "INSERT INTO ");
	sql_add(&sql, catalogue->table);
	sql_add(&sql, " (tenant_id");
	for (size_t i = 0; i < change->count; i++) {
		sql_add(&sql, ", ");
		sql_add(&sql, change->values[i].column);
	}
	sql_add_int(&sql, ") VALUES ($%d", tenant_id);
	for (size_t i = 0; i < change->count; i++) {
		add_value(&sql.params, &change->values[i]);
		buf_printf(&sql.text, ", $%d%s", sql.params.count,
		    cast_of(&change->values[i]));
	}
	sql_add(&sql, ") RETURNING id");
	rc = sql_run(&sql, db, true, arena, &rows, diag);
	if (rc == E_OK)
		*ret_id = db_int(rows, 0, 0);
	return explain(catalogue, rc, diag);
}

enum err
catalogue_update(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const struct catalogue_change *change,
    struct arena *arena, bool *ret_changed, struct diag *diag)
{
	struct db_rows *rows;
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "UPDATE ");
	sql_add(&sql, catalogue->table);
	sql_add(&sql, " SET last_updated_at = now()");
	for (size_t i = 0; i < change->count; i++) {
		add_value(&sql.params, &change->values[i]);
		buf_printf(&sql.text, ", %s = $%d%s", change->values[i].column,
		    sql.params.count, cast_of(&change->values[i]));
	}
	sql_where_int(&sql, "tenant_id = $%d", tenant_id);
	sql_where_int(&sql, "id = $%d", id);
	sql_where(&sql, "(");
	for (size_t i = 0; i < change->count; i++)
		buf_printf(&sql.text, "%s%s IS DISTINCT FROM $%zu%s",
		    i == 0 ? "" : " OR ", change->values[i].column, i + 1,
		    cast_of(&change->values[i]));
	sql_add(&sql, ")");
	rc = sql_run(&sql, db, true, arena, &rows, diag);
	if (rc == E_OK)
		*ret_changed = db_rows_affected(rows) > 0;
	return explain(catalogue, rc, diag);
}

enum err
catalogue_delete(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena, struct diag *diag)
{
	struct db_rows *rows;
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "DELETE FROM ");
	sql_add(&sql, catalogue->table);
	sql_where_int(&sql, "tenant_id = $%d", tenant_id);
	sql_where_int(&sql, "id = $%d", id);
	rc = sql_run(&sql, db, true, arena, &rows, diag);
	if (rc == E_DB && strcmp(diag->sqlstate, "23503") == 0)
		return diag_tell(diag, E_IN_USE,
		    "Other rows still refer to this %s", catalogue->noun);
	return rc;
}

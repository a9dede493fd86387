/* SPDX-License-Identifier: MIT */
#include "models/catalogue/catalogue.h"

#include <assert.h>
#include <string.h>

#include "adapters/db/sql.h"

static void
add_columns(struct sql *sql, const struct catalogue *catalogue)
{
	sql_add(sql, "SELECT ");
	columns_add(sql, catalogue->columns, catalogue->count);
	/* Each commit that changes the row changes this. */
	sql_add(sql,
	    ", t.xmin::text || 'x' || COALESCE((extract(epoch"
	    " FROM t.last_updated_at) * 1000000)::bigint, 0), ");
	sql_add(sql, catalogue->sort);
}

static void
add_from(struct sql *sql, const struct catalogue *catalogue)
{
	sql_add(sql, " FROM ");
	sql_add(sql, catalogue->table);
	sql_add(sql, " AS t");
	sql_add(sql, catalogue->joins);
}

static void
add_tenant(struct sql *sql, const struct catalogue *catalogue,
    int64_t tenant_id)
{
	sql_where_int(sql,
	    catalogue->has_shared ?
		"(t.tenant_id = $%d OR t.tenant_id IS NULL)" :
		"t.tenant_id = $%d",
	    tenant_id);
}

static void
add_filter(struct sql *sql, const struct catalogue *catalogue,
    const struct catalogue_filter *filter)
{
	add_from(sql, catalogue);
	add_tenant(sql, catalogue, filter->tenant_id);
	if (filter->integration_id != 0) {
		sql_where(sql, catalogue->integration);
		sql_add_int(sql, " = $%d", filter->integration_id);
	}
	if (filter->product.at != NULL && catalogue->has_product)
		sql_where_text(sql, "t.product = $%d", filter->product);
	if (filter->has_active)
		sql_where(sql, filter->active ? "t.active" : "NOT t.active");
	if (catalogue->listed != NULL &&
	    (!filter->has_active || filter->active))
		sql_where(sql, catalogue->listed);
}

enum err
catalogue_list(struct db *db, const struct catalogue *catalogue,
    const struct catalogue_filter *filter, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct sql sql;
	int64_t key = 0;

	sql_init(&sql);
	add_columns(&sql, catalogue);
	add_filter(&sql, catalogue, filter);
	if (filter->after_key.at != NULL) {
		sql_where(&sql, "(");
		sql_add(&sql, catalogue->sort);
		if (catalogue->sort_is_text) {
			db_add_text(&sql.params, filter->after_key);
		} else {
			if (!span_int64(filter->after_key, &key))
				key = INT64_MAX;
			db_add_int(&sql.params, key);
		}
		buf_printf(&sql.text, ", t.id) > ($%d", sql.params.count);
		sql_add_int(&sql, ", $%d)", filter->after_id);
	}
	sql_add(&sql, " ORDER BY ");
	sql_add(&sql, catalogue->sort);
	sql_add_int(&sql, ", t.id LIMIT $%d", filter->limit);
	return sql_run(&sql, db, false, arena, ret_rows, diag);
}

enum err
catalogue_total(struct db *db, const struct catalogue *catalogue,
    const struct catalogue_filter *filter, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	struct sql sql;

	sql_init(&sql);
	sql_add(&sql, "SELECT count(*)");
	add_filter(&sql, catalogue, filter);
	return sql_get_int(&sql, db, arena, ret_count, diag);
}

enum err
catalogue_tell_absent(const struct catalogue *catalogue, struct diag *diag)
{
	return diag_tell(diag, E_NO_ROW, "There is no such %s",
	    catalogue->noun);
}

enum err
catalogue_get(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	add_columns(&sql, catalogue);
	add_from(&sql, catalogue);
	add_tenant(&sql, catalogue, tenant_id);
	sql_where_int(&sql, "t.id = $%d", id);
	rc = sql_run(&sql, db, false, arena, ret_rows, diag);
	if (rc == E_OK && db_rows_count(*ret_rows) == 0)
		return catalogue_tell_absent(catalogue, diag);
	return rc;
}

enum err
catalogue_run(struct db *db, const struct db_statement *statement,
    int64_t tenant_id, int64_t id, int64_t other, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	if (other != 0)
		db_add_int(&params, other);
	return db_run(db, statement, &params, arena, ret_rows, diag);
}

enum err
catalogue_document(struct db *db, const struct catalogue *catalogue,
    const struct db_statement *statement, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_json, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = catalogue_run(db, statement, tenant_id, id, 0, arena,
	    &rows, diag);

	if (rc == E_OK && db_rows_count(rows) == 0)
		return catalogue_tell_absent(catalogue, diag);
	if (rc == E_OK)
		*ret_json = db_text(rows, 0, 0);
	return rc;
}

void
catalogue_write(struct json *json, const char *key,
    const struct catalogue *catalogue, const struct db_rows *rows, int row)
{
	json_object(json, key);
	columns_write(json, catalogue->columns, catalogue->count, rows, row);
	json_end(json);
}

struct span
catalogue_version(const struct catalogue *catalogue, const struct db_rows *rows,
    int row)
{
	return db_text(rows, row, (int)catalogue->count);
}

struct span
catalogue_key(const struct catalogue *catalogue, const struct db_rows *rows,
    int row)
{
	return db_text(rows, row, (int)catalogue->count + 1);
}

static size_t
place_of(const struct catalogue *catalogue, const char *member)
{
	size_t i = 0;

	while (i < catalogue->count &&
	    strcmp(catalogue->columns[i].member, member) != 0)
		i++;
	assert(i < catalogue->count);
	return i;
}

int64_t
catalogue_int(const struct catalogue *catalogue, const struct db_rows *rows,
    const char *member)
{
	size_t i = place_of(catalogue, member);

	return catalogue->columns[i].kind == COLUMN_BOOL ?
	    db_bool(rows, 0, (int)i) :
	    db_int(rows, 0, (int)i);
}

struct span
catalogue_text(const struct catalogue *catalogue, const struct db_rows *rows,
    const char *member)
{
	return db_text(rows, 0, (int)place_of(catalogue, member));
}

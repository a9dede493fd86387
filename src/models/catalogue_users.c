#include "models/catalogue.h"

/* Run what was put together; NULL: there was no memory for it. */
static enum err
run(struct db *db, const char *sql, int64_t tenant_id, int64_t id,
    int64_t other, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	const struct db_statement statement = { .sql = sql, .changes = true };

	if (sql == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	return catalogue_run(db, &statement, tenant_id, id, other, arena,
	    ret_rows, diag);
}

enum err
catalogue_release(struct db *db, const struct catalogue *it, int64_t tenant_id,
    int64_t id, struct arena *arena, int64_t *ret_users, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = run(db, arena_printf(arena, "WITH released AS (UPDATE %s SET"
	    " %s = NULL, last_updated_at = now() WHERE tenant_id = $1"
	    " AND %s = $2 AND NOT active) SELECT count(*) FROM %s"
	    " WHERE tenant_id = $1 AND %s = $2 AND active", it->users,
	    it->link, it->link, it->users, it->link), tenant_id, id, 0, arena,
	    &rows, diag);
	if (rc == E_OK)
		*ret_users = db_int(rows, 0, 0);
	return rc;
}

enum err
catalogue_move(struct db *db, const struct catalogue *it, int64_t tenant_id,
    int64_t id, int64_t target_id, struct arena *arena, int64_t *ret_count,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = run(db, arena_printf(arena, "SELECT FROM %s WHERE tenant_id = $1"
	    " AND id = $3 AND id <> $2 AND active FOR UPDATE", it->table),
	    tenant_id, id, target_id, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_SYNTAX, "%s", it->target);
	if (rc == E_OK)
		rc = run(db, arena_printf(arena, "UPDATE %s AS u SET"
		    " %s = t.id, %slast_updated_at = now() FROM %s AS t"
		    " WHERE t.tenant_id = $1 AND t.id = $3"
		    " AND u.tenant_id = $1 AND u.%s = $2", it->users, it->link,
		    it->moved == NULL ? "" : it->moved, it->table, it->link),
		    tenant_id, id, target_id, arena, &rows, diag);
	if (rc == E_OK)
		*ret_count = db_rows_affected(rows);
	return rc;
}

#define FITS(mapping) \
	mapping ".integration_id = t.integration_id" \
	" AND lower(" mapping ".%s) = lower(t.original_name)"

enum err
catalogue_remap(struct db *db, const struct catalogue *it, int64_t tenant_id,
    int64_t id, struct arena *arena, struct diag *diag)
{
	struct db_rows *rows;

	return run(db, arena_printf(arena, "UPDATE %s AS t SET"
	    " last_updated_at = now(), %s = CASE WHEN " FITS("m") " THEN m.id"
	    " ELSE (SELECT min(o.id) FROM %s AS o WHERE o.tenant_id = $1"
	    " AND o.active AND " FITS("o") ") END FROM %s AS m"
	    " WHERE m.tenant_id = $1 AND m.id = $2 AND m.active"
	    " AND t.tenant_id = $1 AND (t.%s IS NOT DISTINCT FROM m.id)"
	    " <> (" FITS("m") ")", it->users, it->link, it->maps, it->table,
	    it->maps, it->table, it->link, it->maps), tenant_id, id, 0, arena,
	    &rows, diag);
}

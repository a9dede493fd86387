/* SPDX-License-Identifier: MIT */
/* Which rows refer to a row of the catalogue, and moving them to another. */
#include "models/catalogue/catalogue.h"

/* Run what was put together in the arena. */
static enum err
run(struct db *db, const char *sql, int64_t tenant_id, int64_t id,
    int64_t other, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	const struct db_statement statement = { .sql = sql, .changes = true };

	return catalogue_run(db, &statement, tenant_id, id, other, arena,
	    ret_rows, diag);
}

/*
 * The referrers of row $2, locked as `locked` in the order in which workers lock
 * them: the other way round the two would wait for each other.
 */
#define LOCKED \
	"WITH locked AS MATERIALIZED (SELECT u.id FROM %s AS u" \
	" WHERE u.tenant_id = $1 AND u.%s = $2%s ORDER BY %s" \
	" FOR NO KEY UPDATE)"

static const char *
order_of(const struct catalogue *catalogue)
{
	return catalogue->maps != NULL ?
	    "u.external_id COLLATE \"C\", u.id" :
	    "u.id";
}

enum err
catalogue_release(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct arena *arena, int64_t *ret_referrers,
    struct diag *diag)
{
	struct db_rows *rows;
	const char *sql;
	enum err rc;

	if (catalogue->keeps_inactive)
		sql = arena_printf(arena,
		    "SELECT count(*) FROM %s"
		    " WHERE tenant_id = $1 AND %s = $2",
		    catalogue->referrers, catalogue->link);
	else
		sql = arena_printf(arena,
		    LOCKED
		    ", released AS (UPDATE %s AS u"
		    " SET %s = NULL FROM locked WHERE u.tenant_id = $1"
		    " AND u.id = locked.id) SELECT count(*) FROM %s"
		    " WHERE tenant_id = $1 AND %s = $2 AND active",
		    catalogue->referrers, catalogue->link, " AND NOT u.active",
		    order_of(catalogue), catalogue->referrers, catalogue->link,
		    catalogue->referrers, catalogue->link);
	rc = run(db, sql, tenant_id, id, 0, arena, &rows, diag);
	if (rc == E_OK)
		*ret_referrers = db_int(rows, 0, 0);
	return rc;
}

/*
 * The rows with the name of a mapping whose column `key` is $2, or with the
 * mapping's former name $3, or linked to such a mapping, get what the function
 * `best` finds. Where it finds nothing, what somebody has moved to an active
 * mapping of another name stays there; what it had by its name goes.
 */
static enum err
remap(struct db *db, const struct catalogue *catalogue, const char *key,
    int64_t tenant_id, int64_t id, struct span name, struct arena *arena,
    struct diag *diag)
{
	struct db_statement statement = { .changes = true };
	struct db_params params = { 0 };
	struct db_rows *rows;

	statement.sql = arena_printf(arena,
	    "WITH named AS (SELECT id,"
	    " lower(%s) AS name FROM %s WHERE tenant_id = $1 AND %s = $2"
	    " UNION ALL SELECT NULL, lower($3)),"
	    " found AS MATERIALIZED (SELECT u.id, COALESCE(m.id, CASE"
	    " WHEN had.active AND lower(u.original_name) IS DISTINCT FROM"
	    " lower($3) THEN had.id END) AS mapping_id FROM %s AS u"
	    " LEFT JOIN LATERAL %s(u.tenant_id, u.integration_id,"
	    " u.original_name) AS m ON true LEFT JOIN %s AS had"
	    " ON had.tenant_id = $1 AND had.id = u.%s WHERE u.tenant_id = $1"
	    " AND (u.%s IN (SELECT id FROM named)"
	    " OR lower(u.original_name) IN (SELECT name FROM named))),"
	    " changed AS MATERIALIZED (SELECT u.id, found.mapping_id"
	    " FROM %s AS u JOIN found ON found.id = u.id WHERE u.tenant_id = $1"
	    " AND u.%s IS DISTINCT FROM found.mapping_id ORDER BY %s"
	    " FOR NO KEY UPDATE OF u)"
	    " UPDATE %s AS u SET %s = changed.mapping_id FROM changed"
	    " WHERE u.tenant_id = $1 AND u.id = changed.id",
	    catalogue->maps, catalogue->table, key, catalogue->referrers,
	    catalogue->best, catalogue->table, catalogue->link, catalogue->link,
	    catalogue->referrers, catalogue->link, order_of(catalogue),
	    catalogue->referrers, catalogue->link);
	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, name);
	return db_run(db, &statement, &params, arena, &rows, diag);
}

enum err
catalogue_remap(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct span old_name, struct arena *arena,
    struct diag *diag)
{
	return remap(db, catalogue, "id", tenant_id, id, old_name, arena, diag);
}

enum err
catalogue_target(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, int64_t target_id, struct arena *arena,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = run(db,
	    arena_printf(arena,
		"SELECT FROM %s WHERE tenant_id = $1"
		" AND id = $3 AND id <> $2 AND active FOR UPDATE",
		catalogue->table),
	    tenant_id, id, target_id, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_SYNTAX, "%s", catalogue->target);
	return rc;
}

enum err
catalogue_move(struct db *db, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, int64_t target_id, struct arena *arena,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_target(db, catalogue, tenant_id, id, target_id, arena,
	    diag);
	if (rc == E_OK)
		rc = run(db,
		    arena_printf(arena,
			LOCKED
			" UPDATE %s AS u SET"
			" %s = t.id%s FROM locked, %s AS t WHERE t.tenant_id = $1"
			" AND t.id = $3 AND u.tenant_id = $1 AND u.id = locked.id",
			catalogue->referrers, catalogue->link, "",
			order_of(catalogue), catalogue->referrers,
			catalogue->link,
			catalogue->moved == NULL ? "" : catalogue->moved,
			catalogue->table),
		    tenant_id, id, target_id, arena, &rows, diag);
	/* They are the mappings that were changed last now. */
	if (rc == E_OK && catalogue->mappings != NULL)
		rc = remap(db, catalogue->mappings, catalogue->link, tenant_id,
		    target_id, SPAN_NONE, arena, diag);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "models/catalogue/mapped_type.h"

#include <string.h>

#include "base/cc.h"
#include "models/batch/raw_batch.h"

static const struct column mapped_type_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/mapped_type_shown_rows.h"
#undef SHOWN
};
const struct catalogue mapped_type_catalogue = {
	.table = "entity_types",
	.noun = "entity type",
	.joins = "",
	.integration = "NULL::integer", /* they are of none */
	.has_shared = true,
	.sort = "t.name",
	.sort_is_text = true,
	.writes =
	    "name items_path key_path updated_path? target columns active",
	.absent = "There is no such tenant",
	.columns = mapped_type_columns,
	.count = COUNT(mapped_type_columns),
};

enum err
mapped_type_find(struct db *db, int64_t tenant_id, struct span name,
    struct arena *arena, const struct entity_type **ret_type, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_find",
		.sql = "SELECT etl_mapping($1, $2)->>'target'",
	};
	const struct entity_type *type = entity_type_find(name);
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc = E_OK;

	if (type == NULL) {
		db_add_int(&params, tenant_id);
		db_add_text(&params, name);
		rc = db_run(db, &statement, &params, arena, &rows, diag);
		if (rc == E_OK && !db_is_null(rows, 0, 0))
			type = entity_type_target(db_text(rows, 0, 0));
	}
	if (rc == E_OK)
		*ret_type = type;
	return rc;
}

/* The names of the service's own types, as a parameter. */
static void
add_own_names(struct db_params *params, struct arena *arena)
{
	struct span *names = arena_get(arena,
	    entity_type_count * sizeof(*names));

	for (size_t i = 0; names != NULL && i < entity_type_count; i++)
		names[i] = str_span(entity_types[i].name);
	db_add_array(params, DB_TEXTS, names,
	    names == NULL ? 0 : entity_type_count, arena);
}

#define OWN_NAME(name) \
	" UNION ALL SELECT 'name', 'is a type of the service''s own, which" \
	" nobody can change' WHERE " name " = ANY ("

enum err
mapped_type_flaws(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_flaws",
		.sql =
		    "WITH t AS (SELECT * FROM entity_types"
		    " WHERE tenant_id = $1 AND id = $2)"
		    " SELECT f.member, f.flaw FROM t"
		    " CROSS JOIN etl_type_flaws(to_jsonb(t)) AS f"
		    OWN_NAME("(SELECT name FROM t)") "$4)"
		    " UNION ALL SELECT 'name', 'is one too many: a tenant has '"
		    " || $3::bigint || ' types at most' WHERE $3 < (SELECT count(*)"
		    " FROM entity_types WHERE tenant_id = $1)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_int(&params, MAPPED_TYPES_MAX);
	add_own_names(&params, arena);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* A document that PostgreSQL cannot read is the client's mistake. */
static enum err
explain(enum err rc, struct diag *diag)
{
	if (rc == E_DB &&
	    (strncmp(diag->sqlstate, "22", 2) == 0 ||
		strncmp(diag->sqlstate, "54", 2) == 0))
		return diag_tell(diag, E_INVALID,
		    "PostgreSQL cannot read the mapping as JSON");
	return rc;
}

/* raw_data_id and limit are beside a mapping that is tried. */
enum err
mapped_type_document_flaws(struct db *db, struct span document,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_document_flaws",
		.sql =
		    "WITH d AS (SELECT $1::text::jsonb AS t)"
		    " SELECT f.member, f.flaw FROM d"
		    " CROSS JOIN etl_type_flaws(d.t) AS f"
		    " UNION ALL SELECT k, 'is not a member of a mapping' FROM d"
		    " CROSS JOIN jsonb_object_keys(CASE jsonb_typeof(d.t)"
		    " WHEN 'object' THEN d.t ELSE '{}' END) AS k"
		    " WHERE k NOT IN ('name', 'items_path', 'key_path',"
		    " 'updated_path', 'target', 'columns', 'active',"
		    " 'raw_data_id', 'limit')"
		    " UNION ALL SELECT 'active', 'must be true or false' FROM d"
		    " WHERE jsonb_typeof(d.t->'active') <> 'boolean'" OWN_NAME(
			"(SELECT t->>'name' FROM d)") "$2)",
	};
	struct db_params params = { 0 };

	db_add_text(&params, document);
	add_own_names(&params, arena);
	return explain(db_run(db, &statement, &params, arena, ret_rows, diag),
	    diag);
}

/* $1 the tenant or 0, $2 the document. */
#define WHOSE "t.tenant_id IS NOT DISTINCT FROM NULLIF($1::integer, 0)"

enum err
mapped_type_put(struct db *db, int64_t tenant_id, struct span document,
    struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_put",
		.changes = true,
		.sql =
		    "WITH d AS (SELECT j->>'name' AS name,"
		    " j->>'items_path' AS items_path,"
		    " j->>'key_path' AS key_path,"
		    " j->>'updated_path' AS updated_path,"
		    " COALESCE(j->>'target', 'records') AS target,"
		    " j->'columns' AS columns,"
		    " COALESCE((j->>'active')::boolean, true) AS active"
		    " FROM (SELECT $2::text::jsonb AS j) AS one),"
		    " changed AS (UPDATE entity_types AS t SET"
		    " items_path = d.items_path, key_path = d.key_path,"
		    " updated_path = d.updated_path, target = d.target,"
		    " columns = d.columns, active = d.active,"
		    " last_updated_at = now() FROM d"
		    " WHERE " WHOSE
		    " AND t.name = d.name"
		    " AND (t.items_path, t.key_path, t.updated_path, t.target,"
		    " t.columns, t.active) IS DISTINCT FROM (d.items_path,"
		    " d.key_path, d.updated_path, d.target, d.columns,"
		    " d.active)),"
		    " made AS (INSERT INTO entity_types (tenant_id, name,"
		    " items_path, key_path, updated_path, target, columns,"
		    " active) SELECT NULLIF($1::integer, 0), d.* FROM d"
		    " WHERE NOT EXISTS (SELECT FROM entity_types AS t"
		    " WHERE " WHOSE
		    " AND t.name = d.name) RETURNING id)"
		    " SELECT id FROM made UNION ALL SELECT t.id"
		    " FROM entity_types AS t JOIN d ON d.name = t.name"
		    " WHERE " WHOSE,
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_text(&params, document);
	return explain(db_get_int(db, &statement, &params, arena, ret_id, diag),
	    diag);
}

enum err
mapped_type_named(struct db *db, int64_t tenant_id, struct span document,
    struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_named",
		.sql =
		    "SELECT COALESCE((SELECT t.id FROM entity_types AS t"
		    " WHERE " WHOSE
		    " AND t.name = $2::text::jsonb->>'name'), 0)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_text(&params, document);
	return explain(db_get_int(db, &statement, &params, arena, ret_id, diag),
	    diag);
}

enum err
mapped_type_remove(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_remove",
		.changes = true,
		.sql = "DELETE FROM entity_types AS t WHERE " WHOSE
		       " AND t.id = $2",
	};
	struct db_params params = { 0 };
	int64_t count;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_change(db, &statement, &params, arena, &count, diag);
	if (rc == E_OK && count == 0)
		return catalogue_tell_absent(&mapped_type_catalogue, diag);
	return rc;
}

enum err
mapped_type_changed(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_name, struct span *ret_changed,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_changed",
		.sql =
		    "SELECT name, last_updated_at::text FROM entity_types"
		    " WHERE (tenant_id = $1 OR tenant_id IS NULL) AND id = $2",
	};
	struct db_rows *rows;
	enum err rc = catalogue_run(db, &statement, tenant_id, id, 0, arena,
	    &rows, diag);

	if (rc == E_OK && db_rows_count(rows) == 0)
		return catalogue_tell_absent(&mapped_type_catalogue, diag);
	if (rc == E_OK) {
		*ret_name = db_text(rows, 0, 0);
		*ret_changed = db_text(rows, 0, 1);
	}
	return rc;
}

enum err
mapped_type_infer(struct db *db, int64_t tenant_id, int64_t raw_data_id,
    struct arena *arena, struct span *ret_document, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_type_infer",
		.sql = "SELECT jsonb_pretty(etl_infer($1, $2))",
	};
	struct db_rows *rows;
	enum err rc = raw_batch_check_payload(db, tenant_id, raw_data_id, arena,
	    diag);

	if (rc == E_OK)
		rc = catalogue_run(db, &statement, tenant_id, raw_data_id, 0,
		    arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_NO_ROW,
		    "This batch has neither an object nor a list of"
		    " objects: write its mapping by hand");
	if (rc == E_OK)
		*ret_document = db_text(rows, 0, 0);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_identical.h"

/* A payload of which nothing was replaced, for that takes a setting as well. */
#define OWN \
	"own AS MATERIALIZED (SELECT id, integration_id, entity_type," \
	" processing_status, error_details, etl_payload_digest(" \
	"raw_data_sha256, extraction_metadata) AS digest" \
	" FROM raw_extraction_data WHERE tenant_id = $1 AND id = $2" \
	" AND replaced_characters = 0)"
#define OF_OWN(s) \
	s ".tenant_id = $1 AND " s \
	  ".integration_id = own.integration_id" \
	  " AND " s ".entity_type = own.entity_type AND " s \
	  ".digest = own.digest"
/* A version of a row has a number of 32 bits: none comes again in this time. */
#define AGE "interval '7 days'"

static void
add_name(const struct raw_batch_name *name, struct db_params *params)
{
	db_add_int(params, name->tenant_id);
	db_add_int(params, name->id);
}

enum err
raw_batch_twin_get(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct raw_batch_twin *ret_twin, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_twin_get",
		.sql =
		    "WITH " OWN " SELECT s.raw_data_id,"
		    " s.is_settled AND t.id IS NOT NULL, s.seen,"
		    " COALESCE(t.raw_data_items, -1) FROM own"
		    " JOIN settled_payloads AS s ON " OF_OWN("s")
		    " LEFT JOIN raw_extraction_data AS t ON t.tenant_id = $1"
		    " AND t.id = s.raw_data_id AND t.active"
		    " AND t.integration_id = own.integration_id"
		    " AND t.entity_type = own.entity_type"
		    " AND t.processing_status = 'completed'"
		    " AND t.error_details IS NULL"
		    " AND t.payload_gone_at IS NULL"
		    " WHERE s.raw_data_id < own.id"
		    " AND s.processed_at > now() - " AGE,
	};
	struct raw_batch_twin twin = { 0 };
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) > 0) {
		twin.id = db_int(rows, 0, 0);
		twin.is_settled = db_bool(rows, 0, 1);
		twin.seen = db_text(rows, 0, 2);
		twin.items = db_int(rows, 0, 3);
	}
	*ret_twin = twin;
	return E_OK;
}

enum err
raw_batch_twin_put(struct db *db, const struct raw_batch_name *name,
    struct span seen, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_twin_put",
		.changes = true,
		.sql =
		    "WITH " OWN
		    " INSERT INTO settled_payloads AS s (tenant_id,"
		    " integration_id, entity_type, digest, raw_data_id, seen)"
		    " SELECT $1, integration_id, entity_type, digest, id, $3"
		    " FROM own ON CONFLICT (tenant_id, integration_id,"
		    " entity_type, digest) DO UPDATE SET"
		    " raw_data_id = excluded.raw_data_id, seen = excluded.seen,"
		    " is_settled = FALSE, processed_at = now()"
		    " WHERE s.raw_data_id <= excluded.raw_data_id",
	};
	struct db_params params = { 0 };

	add_name(name, &params);
	db_add_text(&params, seen);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
raw_batch_twin_seen(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct span *ret_seen, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_twin_seen",
		.sql =
		    "WITH " OWN " SELECT s.seen FROM own"
		    " JOIN settled_payloads AS s ON " OF_OWN("s")
		    " WHERE s.raw_data_id = own.id AND NOT s.is_settled"
		    " AND s.seen IS NOT NULL AND own.error_details IS NULL"
		    " AND own.processing_status = 'completed'",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK)
		*ret_seen = db_rows_count(rows) == 0 ?
		    SPAN_NONE :
		    db_text(rows, 0, 0);
	return rc;
}

enum err
raw_batch_twin_settle(struct db *db, const struct raw_batch_name *name,
    struct span seen, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_twin_settle",
		.changes = true,
		.sql = "WITH " OWN
		       " UPDATE settled_payloads AS s"
		       " SET is_settled = TRUE FROM own WHERE " OF_OWN(
			   "s") " AND s.raw_data_id = own.id AND s.seen = $3",
	};
	struct db_params params = { 0 };

	add_name(name, &params);
	db_add_text(&params, seen);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
raw_batch_twins_forget(struct db *db, int64_t limit, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_twins_forget",
		.changes = true,
		.sql =
		    "DELETE FROM settled_payloads WHERE (tenant_id,"
		    " integration_id, entity_type, digest) IN (SELECT tenant_id,"
		    " integration_id, entity_type, digest FROM settled_payloads"
		    " WHERE processed_at <= now() - " AGE
		    " ORDER BY processed_at LIMIT $1 FOR UPDATE SKIP LOCKED)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, limit);
	return db_change(db, &statement, &params, arena, ret_count, diag);
}

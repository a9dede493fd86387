/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_purge.h"

#include "models/batch/raw_batch_inside.h"
#include "models/tables/column.h"

/* Of which batches: $1 tenant, $2 status, $3 age, $4 after which id. */
#define CONDITION \
	" FROM raw_extraction_data AS r" \
	" WHERE ($1 = 0 OR tenant_id = $1) AND id > $4" \
	" AND CASE WHEN $2 = 'deleted' THEN NOT active" \
	" ELSE active AND processing_status = $2 END" \
	" AND COALESCE(processed_at, created_at)" \
	" < now() - $3 * interval '1 second'" \
	" AND NOT " RAW_BATCH_IS_NEEDED("r") " AND NOT " RAW_BATCH_HAS_KEY( \
	    "r")

static void
add_purge(const struct raw_batch_purge *purge, struct db_params *params)
{
	db_add_int(params, purge->tenant_id);
	db_add_text(params, purge->status);
	db_add_int(params, purge->age);
	db_add_int(params, purge->after_id);
}

enum err
raw_batch_purge_step(struct db *db, struct raw_batch_purge *purge,
    int64_t limit, struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_purge_step",
		.changes = true,
		.sql =
		    "WITH picked AS (SELECT id, tenant_id" CONDITION
		    " ORDER BY id LIMIT $5 FOR UPDATE OF r SKIP LOCKED), " RAW_BATCH_PAGES_GO
		    " gone AS (DELETE FROM raw_extraction_data AS r"
		    " USING picked AS p WHERE r.tenant_id = p.tenant_id"
		    " AND r.id = p.id RETURNING r.id)"
		    " SELECT count(*), COALESCE(max(id), 0) FROM gone",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_purge(purge, &params);
	db_add_int(&params, limit);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_count = db_int(rows, 0, 0);
	if (*ret_count > 0)
		purge->after_id = db_int(rows, 0, 1);
	return E_OK;
}

enum err
raw_batch_purge_count(struct db *db, const struct raw_batch_purge *purge,
    struct arena *arena, int64_t *ret_count, int64_t *ret_bytes,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_purge_count",
		.sql =
		    "SELECT count(*), COALESCE(sum(raw_data_bytes), 0)" CONDITION,
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_purge(purge, &params);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_count = db_int(rows, 0, 0);
	*ret_bytes = db_int(rows, 0, 1);
	return E_OK;
}

enum err
raw_batch_purge_first(struct db *db, const struct raw_batch_purge *purge,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_purge_first",
		.sql =
		    "SELECT id, tenant_id, entity_type, processing_status, " COLUMN_READ_STAMP(
			"created_at") ", raw_data_bytes" CONDITION
				      " ORDER BY id LIMIT $5",
	};
	struct db_params params = { 0 };

	add_purge(purge, &params);
	db_add_int(&params, limit);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

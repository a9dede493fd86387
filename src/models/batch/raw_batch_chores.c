/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_chores.h"

#include "models/entity_type.h"
#include "models/tables/raw_batch_order.h"
#include "models/tenant/pause.h"

enum err
raw_batch_end_leases(struct db *db, int64_t lease, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_end_leases",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data SET"
		    " processing_status = 'pending', queued_at = NULL,"
		    " interruptions = interruptions + 1,"
		    " queue_transform = TRUE WHERE id IN (SELECT id"
		    " FROM raw_extraction_data"
		    " WHERE processing_status = 'processing' AND active"
		    " AND COALESCE(claimed_at, created_at)"
		    " < now() - $1 * interval '1 second'"
		    " ORDER BY id LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)"
		    " RETURNING id, tenant_id, attempts",
	};
	struct db_params params = { 0 };

	db_add_int(&params, lease);
	db_add_int(&params, limit);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
raw_batch_queue_again(struct db *db, int64_t age, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_queue_again",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data SET queued_at = NULL"
		    " WHERE id IN (SELECT id FROM raw_extraction_data"
		    " WHERE " RAW_BATCH_OF_STATUS("pending")
		    " AND queued_at < now() - $1 * interval '1 second'"
		    " AND tenant_id <> ALL (ARRAY(" PAUSED_TENANTS
		    "))"
		    " ORDER BY " RAW_BATCH_STATUS_ORDER
		    " LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, age);
	db_add_int(&params, limit);
	return db_change(db, &statement, &params, arena, ret_count, diag);
}

enum err
raw_batch_completed_since(struct db *db, int64_t age, int64_t after,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_completed_since",
		.sql =
		    "SELECT id, tenant_id, integration_id, entity_type,"
		    " traceparent"
		    " FROM raw_extraction_data"
		    " WHERE processing_status = 'completed' AND active"
		    " AND processed_at >= now() - $1 * interval '1 second'"
		    " AND id > $2 ORDER BY id LIMIT $3",
	};
	struct db_params params = { 0 };

	db_add_int(&params, age);
	db_add_int(&params, after);
	db_add_int(&params, limit);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
raw_batch_pending(struct db *db, struct arena *arena, int64_t *ret_count,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_pending",
		.sql =
		    "SELECT COALESCE(sum(n.batches), 0)::bigint FROM (SELECT"
		    " s.batches FROM tenants AS t CROSS JOIN LATERAL"
		    " (SELECT sum(batches) AS batches"
		    " FROM raw_extraction_series WHERE tenant_id = t.id"
		    " AND minutes = 1440 AND processing_status = 'pending')"
		    " AS s UNION ALL SELECT sum(batches)"
		    " FROM raw_extraction_changes"
		    " WHERE processing_status = 'pending') AS n",
	};
	struct db_params params = { 0 };

	return db_get_int(db, &statement, &params, arena, ret_count, diag);
}

enum err
raw_batch_loads_due(struct db *db, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_loads_due",
		.sql =
		    "SELECT r.id, due.tenant_id, due.integration_id,"
		    " r.entity_type, r.traceparent FROM (SELECT DISTINCT tenant_id,"
		    " integration_id FROM statuses WHERE metrics_due"
		    " AND tenant_id <> ALL (ARRAY(" PAUSED_TENANTS
		    "))"
		    " LIMIT $1)"
		    " AS due CROSS JOIN LATERAL (SELECT id, entity_type,"
		    " traceparent, processing_status FROM raw_extraction_data AS b"
		    " WHERE (b.tenant_id, b.integration_id)"
		    " >= (due.tenant_id, due.integration_id)"
		    " AND (b.tenant_id, b.integration_id)"
		    " <= (due.tenant_id, due.integration_id) AND b.active"
		    " AND (b.processing_status = 'completed'"
		    " OR b.error_details->>'stage' = 'load')"
		    " AND b.entity_type = ANY ($2)"
		    " ORDER BY b.tenant_id DESC, b.integration_id DESC,"
		    " b.id DESC LIMIT 1) AS r"
		    " WHERE r.processing_status = 'completed'",
	};
	struct span *types = arena_get(arena,
	    entity_type_count * sizeof(*types));
	struct db_params params = { 0 };

	if (types == NULL)
		return diag_set(diag, E_NO_MEMORY, "names of entity types");
	db_add_int(&params, limit);
	db_add_array(&params, DB_TEXTS, types,
	    entity_type_with_load("work_items", types), arena);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

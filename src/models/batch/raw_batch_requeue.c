/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_requeue.h"

#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_inside.h"
#include "models/batch/raw_batch_version.h"

/* Of the filter's batches those that may be processed again. */
static void
add_filter(struct sql *sql, const struct raw_batch_filter *filter)
{
	raw_batch_filter_add(sql, filter);
	sql_where(sql,
	    filter->id != 0 || filter->ids.at != NULL ||
		    filter->processing_status.at != NULL ?
		"processing_status <> 'processing'" :
		"processing_status IN ('completed', 'failed')");
	sql_where(sql, "payload_gone_at IS NULL");
}

enum err
raw_batch_requeue_count(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	struct sql sql;

	sql_init(&sql);
	sql_add(&sql, "SELECT count(*)");
	add_filter(&sql, filter);
	return sql_get_int(&sql, db, arena, ret_count, diag);
}

enum err
raw_batch_requeue_first(struct db *db, const struct raw_batch_filter *filter,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	struct sql sql;

	sql_init(&sql);
	sql_add(&sql, "SELECT ");
	columns_add(&sql, raw_batch_columns, RAW_BATCH_COLUMNS);
	add_filter(&sql, filter);
	raw_batch_filter_order(&sql, filter, false);
	sql_add_int(&sql, " LIMIT $%d", limit);
	return sql_run(&sql, db, false, arena, ret_rows, diag);
}

enum err
raw_batch_requeue(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "WITH picked AS (SELECT id, tenant_id");
	add_filter(&sql, filter);
	raw_batch_filter_order(&sql, filter, false);
	sql_add_int(&sql, " LIMIT $%d", filter->limit);
	sql_add(&sql, " FOR NO KEY UPDATE SKIP LOCKED), changed AS ("
	    "UPDATE raw_extraction_data AS r SET processing_status = 'pending',"
	    " processed_at = NULL, queued_at = NULL, queue_transform = TRUE,"
	    " attempts = 0, identical_to = NULL,"
	    " claimed_at = COALESCE(r.claimed_at, now()), error_details = "
	    RAW_BATCH_EARLIER("r.error_details")
	    " FROM picked AS p WHERE r.tenant_id = p.tenant_id AND r.id = p.id"
	    " RETURNING r.id, r.tenant_id, r.integration_id, r.entity_type,"
	    " r.traceparent)"
	    " SELECT id, tenant_id, integration_id, entity_type, traceparent,"
	    " pg_current_xact_id()::text FROM changed ORDER BY id");
	rc = sql_run(&sql, db, true, arena, ret_rows, diag);
	if (rc == E_OK && filter->cursor != NULL &&
	    db_rows_count(*ret_rows) > 0)
		*filter->cursor = db_int(*ret_rows,
		    db_rows_count(*ret_rows) - 1, RAW_BATCH_LOCKED_ID);
	return rc;
}

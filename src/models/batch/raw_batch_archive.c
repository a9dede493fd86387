/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_archive.h"

#include "models/batch/raw_batch_inside.h"

static void
add_range(struct sql *sql, const struct raw_batch_range *range)
{
	raw_batch_filter_add(sql, &range->filter);
	sql_where(sql, "payload_gone_at IS NULL");
	if (range->first_id != 0)
		sql_where_int(sql, "id >= $%d", range->first_id);
	if (range->last_id != 0)
		sql_where_int(sql, "id <= $%d", range->last_id);
}

enum err
raw_batch_archive_count(struct db *db, const struct raw_batch_range *range,
    struct arena *arena, int64_t *ret_count, int64_t *ret_bytes,
    struct diag *diag)
{
	struct db_rows *rows;
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql,
	    "SELECT count(*), COALESCE(sum(raw_data_bytes), 0)::bigint");
	add_range(&sql, range);
	rc = sql_run(&sql, db, false, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_count = db_int(rows, 0, 0);
	*ret_bytes = db_int(rows, 0, 1);
	return E_OK;
}

enum err
raw_batch_archive_ids(struct db *db, const struct raw_batch_range *range,
    int64_t after_id, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	struct raw_batch_range rest = *range;
	struct sql sql;

	rest.filter.cursor = &after_id;
	sql_init(&sql);
	sql_add(&sql, "SELECT id");
	add_range(&sql, &rest);
	raw_batch_filter_order(&sql, &rest.filter, false);
	sql_add_int(&sql, " LIMIT $%d", limit);
	return sql_run(&sql, db, false, arena, ret_rows, diag);
}

/*
 * ROW(column, type): what a row keeps besides its id, its payload and the digest
 * of what came.
 */
#define KEPT(ROW) \
	ROW(integration_id, "integer") \
	ROW(entity_type, "text") \
	ROW(external_id, "text") \
	ROW(extraction_metadata, "jsonb") \
	ROW(processing_status, "text") \
	ROW(created_at, "timestamp") \
	ROW(processed_at, "timestamp") \
	ROW(raw_data_items, "integer") \
	ROW(raw_data_bytes, "bigint") \
	ROW(replaced_characters, "integer") \
	ROW(queued_at, "timestamp") \
	ROW(attempts, "integer") \
	ROW(interruptions, "integer") \
	ROW(error_details, "jsonb") \
	ROW(active, "boolean") \
	ROW(queue_transform, "boolean") \
	ROW(identical_to, "bigint") \
	ROW(traceparent, "text")
#define AS_MEMBER(column, type) ", '" #column "', r." #column
#define AS_COLUMN(column, type) ", " #column " " type

enum err
raw_batch_archive_get(struct db *db, const struct raw_batch_filter *filter,
    int64_t id, struct arena *arena, struct span *ret_row,
    struct span *ret_payload, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_archive_get",
		.sql =
		    "SELECT jsonb_build_object('id', r.id, 'raw_data_sha256',"
		    " encode(r.raw_data_sha256, 'hex')" KEPT(AS_MEMBER)
		    ")::text, r.raw_data::text FROM raw_extraction_data AS r"
		    " WHERE r.tenant_id = $1 AND r.id = $2 AND r.active"
		    " AND r.processing_status = $3"
		    " AND r.payload_gone_at IS NULL",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, filter->tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, filter->processing_status);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_row = *ret_payload = SPAN_NONE;
	if (db_rows_count(rows) > 0) {
		*ret_row = db_text(rows, 0, 0);
		*ret_payload = db_text(rows, 0, 1);
	}
	return E_OK;
}

enum err
raw_batch_archive_remove(struct db *db, int64_t tenant_id, struct span rows,
    struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_archive_remove",
		.changes = true,
		.sql =
		    "WITH picked AS (SELECT r.id, r.tenant_id"
		    " FROM raw_extraction_data AS r JOIN jsonb_to_recordset($2)"
		    " AS a (id bigint, raw_data_sha256 text" KEPT(AS_COLUMN)
		    ") ON r.id = a.id WHERE r.tenant_id = $1"
		    " AND r.payload_gone_at IS NULL"
		    " AND (encode(r.raw_data_sha256, 'hex'),"
		    " r.processing_status, r.created_at, r.attempts, r.active)"
		    " = (a.raw_data_sha256, a.processing_status, a.created_at,"
		    " a.attempts, a.active) AND r.processed_at"
		    " IS NOT DISTINCT FROM a.processed_at"
		    " AND NOT " RAW_BATCH_IS_NEEDED("r")
		    " AND NOT " RAW_BATCH_HAS_KEY("r")
		    " AND (r.processing_status <> 'completed' OR EXISTS (SELECT"
		    " FROM raw_extraction_data AS n"
		    " WHERE n.tenant_id = r.tenant_id"
		    " AND n.entity_type = r.entity_type AND n.active"
		    " AND n.integration_id = r.integration_id"
		    " AND n.processing_status = 'completed' AND n.id > r.id))"
		    " FOR UPDATE OF r SKIP LOCKED), " RAW_BATCH_PAGES_GO
		    " gone AS (DELETE FROM raw_extraction_data AS r"
		    " USING picked AS p WHERE r.tenant_id = p.tenant_id"
		    " AND r.id = p.id RETURNING r.id) SELECT count(*) FROM gone",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_jsonb(&params, rows);
	return db_get_int(db, &statement, &params, arena, ret_count, diag);
}

/* Is the number from which new ones are counted below this one? */
#define IS_BELOW "last_value - CASE WHEN is_called THEN 0 ELSE 1 END < $1"

enum err
raw_batch_archive_reserve(struct db *db, int64_t last_id, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement look = {
		.name = "raw_batch_archive_look",
		.sql = "SELECT " IS_BELOW " FROM raw_extraction_data_id_seq",
	};
	static const struct db_statement move = {
		.name = "raw_batch_archive_move",
		.changes = true,
		.sql =
		    "SELECT setval('raw_extraction_data_id_seq', $1)"
		    " FROM raw_extraction_data_id_seq WHERE " IS_BELOW,
	};
	struct db_params params = { 0 };
	bool is_below;
	enum err rc;

	db_add_int(&params, last_id);
	rc = db_get_bool(db, &look, &params, arena, &is_below, diag);
	if (rc != E_OK || !is_below)
		return rc;
	rc = db_begin(db, diag);
	if (rc != E_OK)
		return rc;
	/*
	 * Nobody takes a number from here on to the end of the transaction:
	 * otherwise those that stores took between the look and the move would
	 * be given a second time.
	 */
	rc = db_do(db,
	    "ALTER SEQUENCE raw_extraction_data_id_seq"
	    " OWNED BY raw_extraction_data.id",
	    diag);
	if (rc == E_OK)
		rc = db_change(db, &move, &params, arena, NULL, diag);
	if (rc == E_OK)
		return db_commit(db, diag);
	db_rollback(db);
	return rc;
}

enum err
raw_batch_archive_return(struct db *db, int64_t tenant_id, int64_t id,
    struct span row, struct span payload, bool requeue, struct arena *arena,
    enum raw_batch_return *ret, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_archive_return",
		.changes = true,
		.sql =
		    "WITH a AS (SELECT * FROM jsonb_to_record($3) AS a"
		    " (raw_data_sha256 text" KEPT(AS_COLUMN) ")),"
		    " added AS (INSERT INTO raw_extraction_data (id, tenant_id,"
		    " raw_data, raw_data_sha256, integration_id, entity_type,"
		    " external_id, extraction_metadata, processing_status,"
		    " created_at, processed_at, raw_data_items, raw_data_bytes,"
		    " replaced_characters, queued_at, attempts, interruptions,"
		    " error_details, active, queue_transform, queue_due,"
		    " traceparent, identical_to, claimed_at) SELECT $2, $1, $4,"
		    " decode(a.raw_data_sha256, 'hex'), a.integration_id,"
		    " a.entity_type, a.external_id, a.extraction_metadata,"
		    " CASE WHEN $5 OR a.processing_status = 'processing'"
		    " THEN 'pending' ELSE a.processing_status END,"
		    " a.created_at, CASE WHEN NOT $5 THEN a.processed_at END,"
		    " a.raw_data_items, a.raw_data_bytes,"
		    " a.replaced_characters, CASE WHEN NOT $5"
		    " AND a.processing_status IN ('completed', 'failed')"
		    " THEN a.queued_at END, CASE WHEN $5 THEN 0 ELSE a.attempts"
		    " END, CASE WHEN $5 THEN 0 ELSE a.interruptions END,"
		    " CASE WHEN $5 THEN " RAW_BATCH_EARLIER("a.error_details")
		    " ELSE a.error_details END, a.active, $5 OR"
		    " (a.queue_transform AND a.processing_status"
		    " IN ('completed', 'failed')), $5 AND a.active,"
		    " a.traceparent, CASE WHEN NOT $5 THEN a.identical_to END,"
		    " CASE WHEN $5 THEN now() END FROM a"
		    " ON CONFLICT DO NOTHING RETURNING id),"
		    " filled AS (UPDATE raw_extraction_data AS r SET"
		    " raw_data = $4, payload_gone_at = NULL,"
		    " processing_status = CASE WHEN $5 THEN 'pending'"
		    " ELSE r.processing_status END,"
		    " processed_at = CASE WHEN NOT $5 THEN r.processed_at END,"
		    " queued_at = CASE WHEN NOT $5 THEN r.queued_at END,"
		    " attempts = CASE WHEN $5 THEN 0 ELSE r.attempts END,"
		    " claimed_at = COALESCE(r.claimed_at, CASE WHEN $5"
		    " THEN now() END), identical_to = CASE WHEN NOT $5"
		    " THEN r.identical_to END,"
		    " queue_transform = r.queue_transform OR $5 FROM a"
		    " WHERE r.tenant_id = $1 AND r.id = $2"
		    " AND r.payload_gone_at IS NOT NULL"
		    " AND r.integration_id = a.integration_id"
		    " AND r.entity_type = a.entity_type"
		    " AND encode(r.raw_data_sha256, 'hex') = a.raw_data_sha256"
		    " RETURNING r.id)"
		    " SELECT EXISTS (SELECT FROM added), EXISTS (SELECT"
		    " FROM filled), EXISTS (SELECT FROM a"
		    " JOIN raw_extraction_data AS r ON r.tenant_id = $1"
		    " AND r.id = $2 AND r.integration_id = a.integration_id"
		    " AND r.entity_type = a.entity_type"
		    " AND encode(r.raw_data_sha256, 'hex') = a.raw_data_sha256"
		    " AND r.raw_data = $4)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_jsonb(&params, row);
	db_add_jsonb(&params, payload);
	db_add_bool(&params, requeue);
	/* What a statement has waited for, only the next one sees. */
	for (int looks = 0; looks < 2; looks++) {
		rc = db_run(db, &statement, &params, arena, &rows, diag);
		if (rc != E_OK)
			return raw_batch_explain(rc, diag);
		*ret = db_bool(rows, 0, 0) ? RAW_BATCH_ADDED :
		    db_bool(rows, 0, 1)	   ? RAW_BATCH_FILLED :
		    db_bool(rows, 0, 2)	   ? RAW_BATCH_SAME :
					     RAW_BATCH_DIFFERENT;
		if (*ret != RAW_BATCH_DIFFERENT)
			break;
	}
	return E_OK;
}

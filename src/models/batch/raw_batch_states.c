/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_states.h"

#include "models/tables/raw_batch_order.h"

enum err
raw_batch_states(struct db *db, int64_t tenant_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_states",
		.sql =
		    "WITH states AS (SELECT s.place, s.status, c.batches,"
		    " c.oldest FROM (VALUES (1, 'pending'), (2, 'processing'),"
		    " (4, 'failed')) AS s (place, status), LATERAL"
		    " (SELECT count(*) AS batches, min(r.created_at) AS oldest"
		    " FROM raw_extraction_data AS r"
		    " WHERE r.processing_status = s.status AND r.active"
		    " AND $1::bigint IN (0, r.tenant_id)) AS c),"
		    " every AS (SELECT * FROM states UNION ALL"
		    " SELECT 3, 'completed', GREATEST(0,"
		    " (SELECT COALESCE(sum(batches), 0)"
		    " FROM raw_extraction_counts"
		    " WHERE $1::bigint IN (0, tenant_id))"
		    " - (SELECT sum(batches) FROM states))::bigint, NULL)"
		    " SELECT status, batches,"
		    " to_char(oldest, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'),"
		    " extract(epoch FROM (now() AT TIME ZONE 'UTC') - oldest)"
		    "::bigint FROM every ORDER BY place",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* The batches of a status. */
#define SOME(columns, status, order, most) \
	"(SELECT " columns \
	" FROM raw_extraction_data AS r WHERE " RAW_BATCH_OF_STATUS_AND_TENANT( \
	    status, "$1::integer", \
	    "0::bigint") " ORDER BY processing_status" order \
			 ", tenant_id" order ", id" order " LIMIT " most ")"
/* How many there are, and when the first was stored. */
#define STATE(place, status) \
	"SELECT " place " AS place, '" status \
	"' AS status, COALESCE((SELECT" \
	" batches FROM counts WHERE status = '" status \
	"'), 0) AS batches, " SOME("created_at", status, "", "1") " AS oldest"
#define MESSAGE "id, created_at, queued_at, queue_transform"

#define LATELY "interval '300 seconds'"
_Static_assert(RAW_BATCH_THROUGHPUT_SECONDS == 300, "LATELY is the same");

/* Whole days of the series, and what they do not have yet. */
enum err
raw_batch_standing(struct db *db, int64_t tenant_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_standing",
		/* clang-format off */
		.sql =
		    "WITH counts AS MATERIALIZED (SELECT processing_status"
		    " AS status, sum(batches)::bigint AS batches FROM (SELECT"
		    " processing_status, batches FROM raw_extraction_series"
		    " WHERE tenant_id = $1 AND minutes = 1440 UNION ALL"
		    " SELECT processing_status, batches"
		    " FROM raw_extraction_changes WHERE tenant_id = $1) AS c"
		    " GROUP BY 1), states AS (" STATE("1", "pending")
		    " UNION ALL " STATE("2", "processing") " UNION ALL "
		    STATE("4", "failed") " UNION ALL SELECT 3, 'completed',"
		    " COALESCE((SELECT batches FROM counts"
		    " WHERE status = 'completed'), 0), NULL),"
		    " unqueued AS (SELECT count(*) AS batches,"
		    " min(created_at) AS oldest FROM (SELECT * FROM "
		    SOME(MESSAGE, "pending", "", "2000")
		    " AS f UNION SELECT * FROM "
		    SOME(MESSAGE, "pending", " DESC", "2000")
		    " AS l) AS p WHERE queued_at IS NULL AND queue_transform)"
		    " SELECT status, batches, is_exact,"
		    " to_char(oldest, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
		    " FROM (SELECT *, true AS is_exact FROM states UNION ALL"
		    " SELECT 5, 'unqueued', u.batches, u.oldest, (SELECT"
		    " batches <= 4000 FROM states WHERE place = 1)"
		    " FROM unqueued AS u) AS every ORDER BY place",
		/* clang-format on */
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* When it was processed, as the index of 0043 says it. */
#define PROCESSED \
	"(CASE WHEN r.processed_at IS NULL THEN r.created_at" \
	" ELSE r.processed_at END)"
#define MOST "1000"

/*
 * Of each integration and type that ever had a batch, for they stand first in
 * that index: those of the time, or, where they are many, how long the newest of
 * them took.
 */
enum err
raw_batch_throughput(struct db *db, int64_t tenant_id, struct arena *arena,
    struct raw_batch_throughput *ret, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_throughput",
		/* clang-format off */
		.sql =
		    "WITH range AS MATERIALIZED (SELECT now()::timestamp AS till,"
		    " date_trunc('minute', now()::timestamp) AS minute),"
		    " change AS MATERIALIZED (SELECT start, integration_id,"
		    " entity_type, batches FROM raw_extraction_changes"
		    " WHERE tenant_id = $1),"
		    " lately AS (SELECT start, batches"
		    " FROM raw_extraction_series WHERE tenant_id = $1"
		    " AND minutes = 1 AND start >= date_trunc('minute',"
		    " now()::timestamp) - " LATELY
		    " UNION ALL SELECT start, batches FROM change),"
		    " came AS (SELECT integration_id, entity_type"
		    " FROM raw_extraction_series WHERE tenant_id = $1"
		    " AND minutes = 1440 UNION"
		    " SELECT integration_id, entity_type FROM change),"
		    " done AS (SELECT d.batches, CASE WHEN d.batches < " MOST
		    " THEN " LATELY " ELSE GREATEST(interval '1 ms',"
		    " range.till - d.since) END AS time"
		    " FROM range CROSS JOIN came AS c CROSS JOIN LATERAL"
		    " (SELECT count(*) AS batches, min(at) AS since FROM"
		    " (SELECT " PROCESSED " AS at FROM raw_extraction_data AS r"
		    " WHERE r.tenant_id = $1 AND r.active"
		    " AND r.integration_id = c.integration_id"
		    " AND r.entity_type = c.entity_type"
		    " AND r.processing_status = 'completed'"
		    " AND r.payload_gone_at IS NULL AND " PROCESSED
		    " > range.till - " LATELY
		    " ORDER BY " PROCESSED " DESC LIMIT " MOST ") AS n) AS d)"
		    " SELECT (SELECT COALESCE(sum(batches), 0)::bigint"
		    " FROM lately, range WHERE start < minute"
		    " AND start >= minute - " LATELY "),"
		    " (SELECT COALESCE(sum(batches * extract(epoch FROM " LATELY
		    ") / extract(epoch FROM time)), 0)::bigint FROM done),"
		    " (SELECT COALESCE(max(batches), 0) < " MOST " FROM done)",
		/* clang-format on */
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret = (struct raw_batch_throughput){ db_int(rows, 0, 0),
		db_int(rows, 0, 1), db_bool(rows, 0, 2) };
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_gauges.h"

#include "models/tables/raw_batch_order.h"
#include "models/tenant/pause.h"

#define MOST "2000"
_Static_assert(RAW_BATCH_GAUGE_MAX == 2000, "MOST is the same");

/* The first batches of a status, in the order of its index. */
#define SOME(columns, status) \
	"(SELECT " columns \
	" FROM raw_extraction_data" \
	" WHERE " RAW_BATCH_OF_STATUS( \
	    status) " ORDER BY " RAW_BATCH_STATUS_ORDER " LIMIT " MOST ")"
#define AGE_US(since) \
	"COALESCE((extract(epoch FROM now() - " since \
	")" \
	" * 1000000)::bigint, 0)"
#define IS_UNQUEUED "queued_at IS NULL AND queue_transform"

static const struct db_statement gauges = {
	.name = "raw_batch_gauges",
	.sql =
	    "WITH p AS (SELECT count(*) AS pending,"
	    " count(*) FILTER (WHERE " IS_UNQUEUED ") AS unqueued,"
	    " count(queued_at) AS queued,"
	    " count(*) FILTER (WHERE queued_at"
	    " < now() - $1 * interval '1 second') AS long,"
	    " min(created_at) FILTER (WHERE " IS_UNQUEUED ") AS unqueued_at,"
	    " min(COALESCE(queued_at, created_at))"
	    " FILTER (WHERE (queued_at IS NOT NULL OR queue_transform)"
	    " AND tenant_id NOT IN (" PAUSED_TENANTS ")) AS at FROM "
	    SOME("tenant_id, created_at, queued_at, queue_transform", "pending")
	    " AS s),"
	    " w AS (SELECT count(*) AS processing,"
	    " min(COALESCE(claimed_at, created_at)) AS at"
	    " FROM " SOME("claimed_at, created_at", "processing") " AS s)"
	    " SELECT p.pending, p.unqueued, p.queued, p.long, "
	    AGE_US("p.unqueued_at") ", " AGE_US("p.at")
	    ", w.processing, " AGE_US("w.at")
	    ", (SELECT count(*) FROM " SOME("id", "failed") " AS f),"
	    " (SELECT COALESCE(sum(batches), 0)::bigint"
	    " FROM raw_extraction_counts),"
	    " current_setting('transaction_read_only') = 'off'"
	    " FROM p, w",
};

/*
 * There are more: then each tenant's first batch tells the oldest that waits,
 * for a queue is worked off in its order, and the newest batches of all tell
 * what is not queued, for that is what came since the broker is unreachable.
 */
static const struct db_statement beyond = {
	.name = "raw_batch_gauges_beyond",
	.sql =
	    "WITH RECURSIVE first AS ((SELECT tenant_id, queued_at, created_at"
	    " FROM raw_extraction_data WHERE processing_status = 'pending'"
	    " AND active ORDER BY tenant_id, id LIMIT 1)"
	    " UNION ALL SELECT n.* FROM first AS f CROSS JOIN LATERAL"
	    " (SELECT tenant_id, queued_at, created_at"
	    " FROM raw_extraction_data AS r"
	    " WHERE processing_status = 'pending' AND active"
	    " AND r.tenant_id > f.tenant_id ORDER BY tenant_id, id LIMIT 1)"
	    " AS n), newest AS (SELECT count(*) AS unqueued,"
	    " min(created_at) AS at FROM (SELECT created_at, queued_at,"
	    " queue_transform, processing_status, active"
	    " FROM raw_extraction_data ORDER BY created_at DESC LIMIT " MOST
	    ") AS s WHERE processing_status = 'pending' AND active"
	    " AND " IS_UNQUEUED
	    ")"
	    " SELECT newest.unqueued, " AGE_US("newest.at") ", " AGE_US(
		"(SELECT min(COALESCE(queued_at, created_at))"
		" FROM (SELECT * FROM first LIMIT 1000) AS t"
		" WHERE tenant_id NOT IN (" PAUSED_TENANTS "))") " FROM newest",
};

static enum err
look_beyond(struct db *db, struct arena *arena, struct raw_batch_gauges *ret,
    struct diag *diag)
{
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc = db_run(db, &beyond, &params, arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	if (db_int(rows, 0, 0) > ret->unqueued)
		ret->unqueued = db_int(rows, 0, 0);
	if (db_int(rows, 0, 1) > ret->unqueued_us)
		ret->unqueued_us = db_int(rows, 0, 1);
	if (db_int(rows, 0, 2) > ret->pending_us)
		ret->pending_us = db_int(rows, 0, 2);
	return E_OK;
}

static enum err
look(struct db *db, int64_t age, struct arena *arena,
    struct raw_batch_gauges *ret, struct diag *diag)
{
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;
	int i = 0;

	db_add_int(&params, age);
	rc = db_run(db, &gauges, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	ret->pending = db_int(rows, 0, i++);
	ret->unqueued = db_int(rows, 0, i++);
	ret->queued = db_int(rows, 0, i++);
	ret->queued_long = db_int(rows, 0, i++);
	ret->unqueued_us = db_int(rows, 0, i++);
	ret->pending_us = db_int(rows, 0, i++);
	ret->processing = db_int(rows, 0, i++);
	ret->processing_us = db_int(rows, 0, i++);
	ret->failed = db_int(rows, 0, i++);
	ret->all = db_int(rows, 0, i++);
	ret->writable = db_bool(rows, 0, i);
	return ret->pending < RAW_BATCH_GAUGE_MAX ?
	    E_OK :
	    look_beyond(db, arena, ret, diag);
}

enum err
raw_batch_gauges(struct db *db, int64_t age, struct arena *arena,
    struct raw_batch_gauges *ret, struct diag *diag)
{
	enum err rc = db_begin(db, diag);

	/*
	 * Before statistics know of many pending rows PostgreSQL would rather
	 * read and sort all of them than begin where the index does: 170 ms of
	 * 100,000 rows in place of 3. And raw_extraction_counts, which is small,
	 * keeps the size that one large transaction gave it, by the trigger for
	 * each row: 70 ms to read all of it in place of 1.
	 */
	if (rc == E_OK) {
		rc = db_do(db,
		    "SET LOCAL enable_sort = off;"
		    " SET LOCAL enable_seqscan = off",
		    diag);
		if (rc == E_OK)
			rc = look(db, age, arena, ret, diag);
		if (rc == E_OK)
			rc = db_commit(db, diag);
		else
			db_rollback(db);
	}
	return rc == E_DB_UNKNOWN ? /* but nothing was to change */
	    diag_set(diag, E_DB_LOST, "the connection to PostgreSQL was lost") :
	    rc;
}

enum err
raw_batch_sessions(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_sessions",
		.sql =
		    "SELECT p.program, (SELECT count(*) FROM pg_stat_activity"
		    " AS a WHERE a.datname = current_database()"
		    " AND a.application_name = p.program)"
		    " FROM (VALUES ('pulse-etl-fcgi'), ('pulse-etl-relay'),"
		    " ('pulse-etl-worker')) AS p (program)",
	};
	struct db_params params = { 0 };

	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

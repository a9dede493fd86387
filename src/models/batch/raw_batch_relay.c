/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_relay.h"

#include "models/tables/raw_batch_order.h"

/*
 * A row from the future tells of a clock that was set back: it says nothing of
 * its age.
 */
#define OLD(seconds) \
	"(created_at <= now() - " seconds \
	" * interval '1 second'" \
	" OR created_at > now() + interval '1 minute')"
#define UNQUEUED "queued_at IS NULL AND queue_transform AND active"
/* Written so that no index serves it: rows are read in the order of ids. */
#define PENDING_UNINDEXED "(processing_status = 'pending') IS TRUE"

enum err
raw_batch_look_on(struct db *db, int64_t min_age, int64_t rows,
    struct arena *arena, struct raw_batch_range *range, struct diag *diag)
{
	enum { COUNT_SEEN, LAST, WHOLE, FOUND, DUE };
	static const struct db_statement statement = {
		.name = "raw_batch_look_on",
		.sql =
		    "SELECT count(*), COALESCE(min(id) FILTER"
		    " (WHERE NOT old) - 1, max(id)),"
		    " COALESCE(bool_and(old), true),"
		    " count(*) FILTER (WHERE old AND unqueued),"
		    " (SELECT min(id) FROM raw_extraction_data"
		    " WHERE queue_due) IS NOT NULL FROM (SELECT id, " OLD(
			"$2") " AS old, " PENDING_UNINDEXED " AND " UNQUEUED
			      " AS unqueued FROM raw_extraction_data WHERE id > $1"
			      " ORDER BY id LIMIT $3) AS seen",
	};
	struct db_params params = { 0 };
	struct db_rows *found;
	enum err rc;

	db_add_int(&params, range->after_id);
	db_add_int(&params, min_age);
	db_add_int(&params, rows);
	rc = db_run(db, &statement, &params, arena, &found, diag);
	if (rc != E_OK)
		return rc;
	range->last_id = db_is_null(found, 0, LAST) ?
	    range->after_id :
	    db_int(found, 0, LAST);
	range->unqueued = db_int(found, 0, FOUND);
	range->more = db_int(found, 0, COUNT_SEEN) == rows &&
	    db_bool(found, 0, WHOLE);
	range->due = db_bool(found, 0, DUE);
	return E_OK;
}

enum err
raw_batch_newest(struct db *db, int64_t min_age, struct arena *arena,
    int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_newest",
		.sql =
		    "SELECT COALESCE(max(id), 0) FROM raw_extraction_data"
		    " WHERE " OLD("$1"),
	};
	struct db_params params = { 0 };

	db_add_int(&params, min_age);
	return db_get_int(db, &statement, &params, arena, ret_id, diag);
}

/*
 * The order is that of one index only, so that PostgreSQL takes it whatever it
 * expects; from its end, where no rows are that have left it.
 */
enum err
raw_batch_pending_of(struct db *db, int64_t tenant_id, int64_t most,
    struct arena *arena, int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_pending_of",
		.sql =
		    "SELECT count(*) FROM (SELECT FROM raw_extraction_data"
		    " WHERE processing_status = 'pending' AND active"
		    " AND tenant_id >= $1 AND tenant_id <= $1"
		    " ORDER BY tenant_id DESC, id DESC LIMIT $2) AS r",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, most);
	return db_get_int(db, &statement, &params, arena, ret_count, diag);
}

/*
 * Of so many tenants, of so many of each one's newest pending batches some: one
 * of each, then another one of each.
 */
#define SHARES \
	"id IN (WITH RECURSIVE t AS ((SELECT tenant_id" \
	" FROM raw_extraction_data WHERE processing_status = 'pending'" \
	" AND active ORDER BY tenant_id, id LIMIT 1)" \
	" UNION ALL SELECT n.tenant_id FROM t CROSS JOIN LATERAL" \
	" (SELECT tenant_id FROM raw_extraction_data AS r" \
	" WHERE processing_status = 'pending' AND active" \
	" AND r.tenant_id > t.tenant_id ORDER BY tenant_id, id LIMIT 1)" \
	" AS n) SELECT s.id FROM (SELECT tenant_id FROM t LIMIT 1000) AS t" \
	" CROSS JOIN LATERAL (SELECT id, row_number() OVER (ORDER BY id DESC)" \
	" AS turn FROM (SELECT id, queued_at," \
	" queue_transform, active, created_at" \
	" FROM raw_extraction_data AS r" \
	" WHERE processing_status = 'pending' AND active" \
	" AND r.tenant_id >= t.tenant_id AND r.tenant_id <= t.tenant_id" \
	" ORDER BY r.tenant_id DESC, r.id DESC LIMIT 500) AS n" \
	" WHERE " UNQUEUED " AND " OLD("$2") " ORDER BY id DESC LIMIT 50)" \
	" AS s ORDER BY s.turn LIMIT $1)" \
	" AND " PENDING_UNINDEXED " AND " UNQUEUED

/* Of all that are pending, and four times as many as another relay has locked. */
#define ANYWHERE \
	"id IN (SELECT p.id FROM (SELECT id, queued_at, queue_transform, active," \
	" created_at FROM raw_extraction_data WHERE " RAW_BATCH_OF_STATUS( \
	    "pending") " ORDER BY " RAW_BATCH_STATUS_ORDER ") AS p" \
	" WHERE " UNQUEUED " AND " OLD("$2") " ORDER BY p.id" \
	" LIMIT 4 * $1::bigint) AND " PENDING_UNINDEXED " AND " UNQUEUED

#define LOCK(where) \
	"SELECT id, tenant_id, integration_id, entity_type, traceparent, xmin::text" \
	" FROM raw_extraction_data WHERE " where \
	" ORDER BY id LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED"

enum err
raw_batch_lock_unqueued(struct db *db, enum raw_batch_where where,
    const struct raw_batch_range *range, int64_t min_age, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement anywhere = {
		.name = "raw_batch_lock_anywhere",
		.sql = LOCK(ANYWHERE),
	};
	static const struct db_statement in_range = {
		.name = "raw_batch_lock_in_range",
		.sql = LOCK("id > $3 AND id <= $4 AND " PENDING_UNINDEXED
			    " AND " UNQUEUED " AND " OLD("$2")),
	};
	static const struct db_statement due = {
		.name = "raw_batch_lock_due",
		.sql = LOCK("queue_due"),
	};
	static const struct db_statement shares = {
		.name = "raw_batch_lock_shares",
		.sql = LOCK(SHARES),
	};
	struct db_params params = { 0 };
	enum err rc = E_OK;

	db_add_int(&params, limit);
	if (where == RAW_BATCH_DUE)
		return db_run(db, &due, &params, arena, ret_rows, diag);
	db_add_int(&params, min_age);
	/* Else it would read the whole table where a tenth is pending. */
	if (where == RAW_BATCH_ANYWHERE)
		rc = db_do(db,
		    "SET LOCAL enable_seqscan = off;"
		    " SET LOCAL enable_bitmapscan = off",
		    diag);
	if (rc != E_OK)
		return rc;
	if (where == RAW_BATCH_ANYWHERE)
		return db_run(db, &anywhere, &params, arena, ret_rows, diag);
	if (where == RAW_BATCH_SHARES)
		return db_run(db, &shares, &params, arena, ret_rows, diag);
	db_add_int(&params, range->after_id);
	db_add_int(&params, range->last_id);
	return db_run(db, &in_range, &params, arena, ret_rows, diag);
}

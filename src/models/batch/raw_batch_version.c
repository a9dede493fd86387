/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_version.h"

int64_t
raw_batch_xid(struct span text)
{
	int64_t xid = 0;

	/* A row shows 32 bits of it. */
	return span_int64(text, &xid) ? xid & UINT32_MAX : 0;
}

struct raw_batch_version
raw_batch_locked(const struct db_rows *rows, int row)
{
	return (struct raw_batch_version){
		.id = db_int(rows, row, RAW_BATCH_LOCKED_ID),
		.xid = raw_batch_xid(db_text(rows, row, RAW_BATCH_LOCKED_XID)),
	};
}

enum err
raw_batch_mark_queued(struct db *db, const struct raw_batch_version *versions,
    size_t count, struct arena *arena, struct diag *diag)
{
	/*
	 * A row that a worker has locked is passed over: it is about to leave
	 * pending, and waiting here would hold up the next request. One that
	 * has another version by now is nobody's of ours.
	 *
	 * Of a LIMIT that it cannot know the planner expects a tenth of the
	 * rows, here one: so it takes an index, and not the whole table, which
	 * was empty when a new installation's plan was made. A place is that
	 * of one partition's row: the id tells which partition.
	 */
	static const struct db_statement statement = {
		.name = "raw_batch_mark_queued",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data AS t SET queued_at = now()"
		    " FROM (SELECT set_config('synchronous_commit', 'off',"
		    " true)) AS no_wait, (SELECT r.id, r.ctid AS place FROM"
		    " (SELECT * FROM unnest($1::bigint[], $2::bigint[])"
		    " AS given (id, xid) LIMIT (SELECT cardinality($1))) AS m"
		    " JOIN raw_extraction_data AS r ON r.id = m.id"
		    " WHERE r.xmin::text::bigint = m.xid"
		    " AND r.queued_at IS NULL"
		    " FOR NO KEY UPDATE OF r SKIP LOCKED) AS locked"
		    " WHERE t.ctid = locked.place AND t.id = locked.id",
	};
	int64_t *ids = arena_ask(arena, count * sizeof(*ids));
	int64_t *xids = arena_ask(arena, count * sizeof(*xids));
	struct db_params params = { 0 };

	if (ids == NULL || xids == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for marks");
	for (size_t i = 0; i < count; i++) {
		ids[i] = versions[i].id;
		xids[i] = versions[i].xid;
	}
	db_add_int_array(&params, ids, count, arena);
	db_add_int_array(&params, xids, count, arena);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_states.h"

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

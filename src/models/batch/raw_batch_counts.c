/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_counts.h"

#define USUAL "60"
#define MOST "2000"
_Static_assert(RAW_BATCH_BUCKETS_USUAL == 60, "USUAL is the same");
_Static_assert(RAW_BATCH_BUCKETS_MAX == 2000, "MOST is the same");

/* What buckets are counted from: a midnight. */
#define ORIGIN "timestamp '2000-01-01'"
#define UTC(stamp) stamp "::timestamptz AT TIME ZONE 'UTC'"
#define TEXT_OF(stamp) "to_char(" stamp ", 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"

/* What one of the two tables has of the filter. */
#define IS_WANTED \
	" tenant_id = $1 AND start >= (SELECT first FROM range)" \
	" AND start < (SELECT last + step FROM range)" \
	" AND ($5 = 0 OR integration_id = $5)" \
	" AND ($6::text IS NULL OR entity_type = $6)" \
	" AND ($7::text IS NULL OR processing_status = $7)"
#define OF_STATUS(name) \
	"COALESCE(sum(batches) FILTER (WHERE processing_status = '" name \
	"'), 0)::bigint"

static const struct db_statement counts = {
	.name = "raw_batch_counts",
	.sql =
	    "WITH asked AS MATERIALIZED (SELECT $4::integer AS minutes,"
	    " $4::integer * interval '1 minute' AS step,"
	    " COALESCE(" UTC("$3") ", " UTC("now()") " + interval '1 us')"
	    " AS till), range AS MATERIALIZED (SELECT minutes, step, first,"
	    " LEAST(date_bin(step, till - interval '1 us', " ORIGIN "),"
	    " first + " MOST " * step) AS last"
	    " FROM (SELECT *, date_bin(step, COALESCE(" UTC("$2") ","
	    " till - interval '1 us' - (" USUAL " - 1) * step), " ORIGIN
	    ") AS first FROM asked) AS a),"
	    " found AS (SELECT start, processing_status, batches, bytes"
	    " FROM raw_extraction_series"
	    " WHERE minutes = (SELECT minutes FROM range) AND" IS_WANTED
	    " UNION ALL SELECT date_bin((SELECT step FROM range), start,"
	    " " ORIGIN "), processing_status, batches, bytes"
	    " FROM raw_extraction_changes WHERE" IS_WANTED "),"
	    " sums AS (SELECT start, sum(batches)::bigint AS batches,"
	    " sum(bytes)::bigint AS bytes, "
	    OF_STATUS("pending") " AS pending, "
	    OF_STATUS("processing") " AS processing, "
	    OF_STATUS("completed") " AS completed, "
	    OF_STATUS("failed") " AS failed"
	    " FROM found GROUP BY start)"
	    " SELECT " TEXT_OF("b.start") ", " TEXT_OF("b.start + r.step")
	    ", COALESCE(s.batches, 0), COALESCE(s.bytes, 0),"
	    " COALESCE(s.pending, 0), COALESCE(s.processing, 0),"
	    " COALESCE(s.completed, 0), COALESCE(s.failed, 0)"
	    " FROM range AS r"
	    " CROSS JOIN generate_series(r.first, r.last, r.step) AS b (start)"
	    " LEFT JOIN sums AS s ON s.start = b.start ORDER BY b.start",
};

static int64_t
minutes_of(struct span bucket)
{
	static const struct {
		const char *name;
		int64_t minutes;
	} buckets[] = { { "1m", 1 }, { "5m", 5 }, { "1h", 60 },
		{ "1d", 1440 } };

	for (size_t i = 0; i < COUNT(buckets); i++)
		if (span_is(bucket, buckets[i].name))
			return buckets[i].minutes;
	return 60;
}

enum err
raw_batch_counts(struct db *db, const struct raw_batch_filter *filter,
    struct span bucket, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	struct db_params params = { 0 };

	db_add_int(&params, filter->tenant_id);
	db_add_text(&params, filter->created_after);
	db_add_text(&params, filter->created_before);
	db_add_int(&params, minutes_of(bucket));
	db_add_int(&params, filter->integration_id);
	db_add_text(&params, filter->entity_type);
	db_add_text(&params, filter->processing_status);
	return db_run(db, &counts, &params, arena, ret_rows, diag);
}

/*
 * Rows go to the series in the order of its key: two relays do not wait for
 * each other in a circle. What came and went meanwhile is not written.
 */
static const struct db_statement add_up = {
	.name = "raw_batch_counts_add_up",
	.changes = true,
	.sql =
	    "WITH gone AS (DELETE FROM raw_extraction_changes"
	    " WHERE ctid = ANY (ARRAY(SELECT ctid FROM raw_extraction_changes"
	    " LIMIT $1 FOR UPDATE SKIP LOCKED)) RETURNING *),"
	    " added AS (INSERT INTO raw_extraction_series AS s"
	    " SELECT tenant_id, m, date_bin(m * interval '1 minute', start,"
	    " " ORIGIN
	    ") AS start, integration_id, entity_type,"
	    " processing_status, sum(batches), sum(bytes)"
	    " FROM gone CROSS JOIN unnest('{1,5,60,1440}'::integer[]) AS m"
	    " GROUP BY 1, 2, 3, 4, 5, 6"
	    " HAVING sum(batches) <> 0 OR sum(bytes) <> 0"
	    " ORDER BY 1, 2, 3, 4, 5, 6"
	    " ON CONFLICT (tenant_id, minutes, start, integration_id,"
	    " entity_type, processing_status) DO UPDATE"
	    " SET batches = s.batches + excluded.batches,"
	    " bytes = s.bytes + excluded.bytes)"
	    " SELECT count(*) FROM gone",
};

enum err
raw_batch_counts_add_up(struct db *db, int64_t limit, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	struct db_params params = { 0 };

	db_add_int(&params, limit);
	return db_get_int(db, &add_up, &params, arena, ret_count, diag);
}

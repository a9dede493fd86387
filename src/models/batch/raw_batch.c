/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch.h"

#include <string.h>

#include <poll.h>

#include "models/batch/raw_batch_inside.h"

/* So often a row that is locked is tried again, with so many ms between. */
#define HELD_TRIES 5
#define HELD_PAUSE_MS 50

const struct column raw_batch_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
};

enum err
raw_batch_list(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	struct sql sql;

	sql_init(&sql);
	sql_add(&sql, "SELECT ");
	columns_add(&sql, raw_batch_columns, RAW_BATCH_COLUMNS);
	raw_batch_filter_add(&sql, filter);
	raw_batch_filter_order(&sql, filter, true);
	sql_add_int(&sql, " LIMIT $%d", filter->limit);
	sql_add_int(&sql, " OFFSET $%d", filter->offset);
	return sql_run(&sql, db, false, arena, ret_rows, diag);
}

/* The tenant's batches without a look at them: see migration 0011. */
static enum err
count_all(struct db *db, int64_t tenant_id, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_count_all",
		.sql =
		    "SELECT COALESCE(sum(batches), 0)::bigint"
		    " FROM raw_extraction_counts WHERE tenant_id = $1",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_get_int(db, &statement, &params, arena, ret_count, diag);
}

enum err
raw_batch_count(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct raw_batch_total *ret_total, struct diag *diag)
{
	struct raw_batch_filter all = *filter;
	int64_t count;
	struct sql sql;
	enum err rc;

	all.before_id = 0;
	if (raw_batch_filter_is_empty(filter)) {
		rc = count_all(db, filter->tenant_id, arena, &count, diag);
		if (rc == E_OK)
			*ret_total = (struct raw_batch_total){ count, true };
		return rc;
	}
	sql_init(&sql);
	sql_add(&sql, "SELECT count(*) FROM (SELECT");
	raw_batch_filter_add(&sql, &all);
	raw_batch_filter_order(&sql, &all, false);
	/* One more tells whether there is more. */
	sql_add_int(&sql, " LIMIT $%d) AS matches", RAW_BATCH_COUNTED + 1);
	rc = sql_get_int(&sql, db, arena, &count, diag);
	if (rc != E_OK)
		return rc;
	ret_total->is_exact = count <= RAW_BATCH_COUNTED;
	ret_total->count = ret_total->is_exact ? count : RAW_BATCH_COUNTED;
	return E_OK;
}

enum err
raw_batch_payload(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_raw_data, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_payload",
		.sql =
		    "SELECT raw_data::text FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 AND active",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_raw_data = db_rows_count(rows) == 0 ?
	    SPAN_NONE :
	    db_text(rows, 0, 0);
	return E_OK;
}

enum err
raw_batch_check_payload(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_check_payload",
		.sql =
		    "SELECT " COLUMN_READ_STAMP("payload_gone_at")
		    " FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 AND active",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return raw_batch_tell_absent(diag);
	if (db_is_null(rows, 0, 0))
		return E_OK;
	return diag_tell(diag, E_PAYLOAD_GONE,
	    "The payload of this batch is gone since %.*s by a retention rule:"
	    " restore it from an archive, or store it again as a new batch",
	    SPAN_ARG(db_text(rows, 0, 0)));
}

enum err
raw_batch_tell_absent(struct diag *diag)
{
	return diag_tell(diag, E_NO_ROW, "There is no raw data with this id");
}

/* Changes with every update of the row, and names its content. */
#define ROW_VERSION \
	"xmin::text || '-' || encode(substr(raw_data_sha256, 1, 8), 'hex')"

enum err
raw_batch_get(struct db *db, int64_t tenant_id, int64_t id, struct span known,
    bool with_payload, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_get",
		.sql =
		    "SELECT "
#define SHOWN(member, kind, null, sql) COLUMN_READ(kind, sql) ", "
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
		    "extraction_metadata::text, error_details::text, " ROW_VERSION
		    ", " ROW_VERSION
		    " = ANY (string_to_array($3, ',')), CASE WHEN $4 AND " ROW_VERSION
		    " <> ALL (string_to_array($3, ','))"
		    " THEN raw_data::text END"
		    " FROM raw_extraction_data AS t"
		    " WHERE tenant_id = $1 AND id = $2 AND active",
	};
	struct db_params params = { 0 };
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, known.at == NULL ? SPAN_LIT("") : known);
	db_add_bool(&params, with_payload);
	rc = db_get_row(db, &statement, &params, arena, ret_rows, diag);
	return rc == E_NO_ROW ? raw_batch_tell_absent(diag) : rc;
}

/* Is there such a batch of the tenant $1? */
#define IS_THERE \
	"EXISTS (SELECT FROM raw_extraction_data" \
	" WHERE tenant_id = $1 AND id = $2 AND active)"

/*
 * Run a change of one row that passes over what somebody else has locked, and
 * whose first column is whether that is so. A mark of a relay or a responder is
 * waited for, a worker that has the batch at work is not.
 * Fails: E_PROCESSING: it is held. As db_run().
 */
static enum err
change_row(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	for (int i = 0; i < HELD_TRIES; i++) {
		enum err rc = db_run(db, statement, params, arena, ret_rows,
		    diag);

		if (rc != E_OK || !db_bool(*ret_rows, 0, 0))
			return rc;
		(void)poll(NULL, 0, HELD_PAUSE_MS);
	}
	return diag_tell(diag, E_PROCESSING,
	    "This batch is being processed just"
	    " now: try again when its status is another one");
}

enum err
raw_batch_set_status(struct db *db, int64_t tenant_id, int64_t id,
    const struct raw_batch_change *change, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_set_status",
		.changes = true,
		.sql =
		    "WITH old AS (SELECT id, processing_status AS status,"
		    " $3 = 'pending' AND payload_gone_at IS NOT NULL AS gone"
		    " FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 AND active"
		    " FOR NO KEY UPDATE SKIP LOCKED), "
		    "allowed (status, next) AS (VALUES"
		    " ('pending', 'processing'), ('pending', 'completed'),"
		    " ('pending', 'failed'), ('processing', 'completed'),"
		    " ('processing', 'failed'), ('processing', 'pending'),"
		    " ('completed', 'pending'), ('failed', 'pending')), "
		    "changed AS (UPDATE raw_extraction_data AS r SET"
		    " processing_status = $3,"
		    " processed_at = CASE WHEN $3 IN ('completed', 'failed')"
		    " THEN now() WHEN $3 = 'pending' THEN NULL"
		    " ELSE r.processed_at END,"
		    " queued_at = CASE WHEN $3 = 'pending' THEN NULL"
		    " ELSE r.queued_at END,"
		    " queue_transform = r.queue_transform OR $3 = 'pending',"
		    " attempts = CASE WHEN $3 = 'processing'"
		    " THEN r.attempts + 1 WHEN old.status IN ('completed',"
		    " 'failed') THEN 0 ELSE r.attempts END,"
		    " claimed_at = CASE WHEN $3 = 'processing' THEN now()"
		    " WHEN $3 = 'pending' THEN COALESCE(r.claimed_at, now())"
		    " ELSE r.claimed_at END,"
		    " identical_to = CASE WHEN $3 = 'completed'"
		    " THEN r.identical_to END,"
		    " error_details = CASE WHEN $4 THEN $5"
		    " ELSE r.error_details END"
		    " FROM old JOIN allowed USING (status)"
		    " WHERE r.id = old.id AND allowed.next = $3"
		    " AND NOT old.gone"
		    " RETURNING r.id) "
		    "SELECT old.id IS NULL AND " IS_THERE
		    ","
		    " old.status, EXISTS (SELECT FROM changed), old.gone"
		    " FROM (VALUES (1)) AS one LEFT JOIN old ON TRUE",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	struct span old;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	db_add_text(&params, change->status);
	db_add_bool(&params, change->has_details);
	db_add_jsonb(&params, change->error_details);
	rc = change_row(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return raw_batch_explain(rc, diag);
	old = db_text(rows, 0, 1);
	if (old.at == NULL)
		return raw_batch_tell_absent(diag);
	if (db_bool(rows, 0, 2))
		return E_OK;
	if (db_bool(rows, 0, 3))
		rc = raw_batch_check_payload(db, tenant_id, id, arena, diag);
	if (rc != E_OK)
		return rc;
	return diag_tell(diag, E_CONFLICT,
	    "A batch that is %.*s cannot become"
	    " %.*s",
	    SPAN_ARG(old), SPAN_ARG(change->status));
}

enum err
raw_batch_delete(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_delete",
		.changes = true,
		.sql =
		    "WITH old AS (SELECT id FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 AND active"
		    " FOR NO KEY UPDATE SKIP LOCKED), "
		    "gone AS (UPDATE raw_extraction_data AS r"
		    " SET active = FALSE FROM old WHERE r.tenant_id = $1"
		    " AND r.id = old.id RETURNING r.id) "
		    "SELECT old.id IS NULL AND " IS_THERE
		    ","
		    " EXISTS (SELECT FROM gone)"
		    " FROM (VALUES (1)) AS one LEFT JOIN old ON TRUE",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = change_row(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && !db_bool(rows, 0, 1))
		return raw_batch_tell_absent(diag);
	return rc;
}

enum err
raw_batch_explain(enum err rc, struct diag *diag)
{
	const char *state = diag->sqlstate;

	if (rc != E_DB)
		return rc;
	if (strcmp(state, "23503") == 0)
		return diag_tell(diag, E_NO_INTEGRATION,
		    "There is no such integration");
	if (strcmp(state, "22P05") == 0)
		return diag_tell(diag, E_INVALID,
		    "The JSON holds a character"
		    " that PostgreSQL cannot store, such as \\u0000");
	if (strcmp(state, "22003") == 0)
		return diag_tell(diag, E_INVALID,
		    "A number of the JSON is beyond what PostgreSQL can store");
	if (strncmp(state, "54", 2) == 0)
		return diag_tell(diag, E_INVALID,
		    "The JSON is too large or too deep for PostgreSQL");
	if (strncmp(state, "22", 2) == 0)
		return diag_tell(diag, E_INVALID,
		    "PostgreSQL cannot read this as JSON");
	return rc;
}

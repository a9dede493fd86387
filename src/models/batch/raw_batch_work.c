/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_work.h"

#include "models/batch/raw_batch_inside.h"
#include "models/tenant/pause.h"

static enum raw_batch_state
state_named(struct span status)
{
	if (span_is(status, "pending"))
		return RAW_BATCH_PENDING;
	if (span_is(status, "processing"))
		return RAW_BATCH_PROCESSING;
	return span_is(status, "completed") ?
	    RAW_BATCH_COMPLETED :
	    RAW_BATCH_FAILED;
}

static void
add_name(const struct raw_batch_name *name, struct db_params *params)
{
	db_add_int(params, name->tenant_id);
	db_add_int(params, name->id);
}

/* Why a batch that nobody has could not be claimed. */
static enum raw_batch_state
state_unclaimed(const struct raw_batch_claim *claim, bool take_over,
    const struct raw_batch_limits *limits)
{
	bool left = claim->state == RAW_BATCH_PROCESSING && take_over;

	if (claim->state != RAW_BATCH_PENDING && !left)
		return claim->state;
	/* The claim that was left behind is one interruption more. */
	if (claim->interruptions + left >= limits->interruptions)
		return RAW_BATCH_DEADLY;
	if (claim->attempt - claim->interruptions - left >= limits->failures)
		return RAW_BATCH_SPENT;
	return claim->state;
}

enum err
raw_batch_claim(struct db *db, const struct raw_batch_name *name,
    bool take_over, const struct raw_batch_limits *limits, struct arena *arena,
    struct raw_batch_claim *ret_claim, struct diag *diag)
{
	enum {
		ACTIVE,
		STATUS,
		ATTEMPTS,
		INTERRUPTIONS,
		LOCKED,
		CLAIM,
		WAITED,
		PARKED,
		FIRST
	};
#define COUNTED "active, processing_status, attempts, interruptions"
#define LEFT "(l.processing_status = 'processing')::integer"
	/* It may be marked as queued after this has begun: it waited for 0. */
	static const struct db_statement statement = {
		.name = "raw_batch_claim",
		.changes = true,
		.sql =
		    "WITH found AS (SELECT " COUNTED
		    " FROM raw_extraction_data WHERE tenant_id = $1"
		    " AND id = $2 AND integration_id = $3 AND entity_type = $4),"
		    " locked AS (SELECT id, " COUNTED
		    ", COALESCE(queued_at, created_at) AS since,"
		    " claimed_at IS NULL AS is_first"
		    " FROM raw_extraction_data WHERE tenant_id = $1"
		    " AND id = $2 AND integration_id = $3 AND entity_type = $4"
		    " FOR NO KEY UPDATE SKIP LOCKED),"
		    " parked AS (UPDATE raw_extraction_data AS r"
		    " SET queued_at = now() FROM locked AS l"
		    " WHERE r.tenant_id = $1 AND r.id = l.id AND l.active"
		    " AND l.processing_status = 'pending' AND " PAUSE_OF("$1")
		    " RETURNING 1),"
		    " claimed AS (UPDATE raw_extraction_data AS r SET"
		    " processing_status = 'processing',"
		    " attempts = r.attempts + 1, claimed_at = now(),"
		    " interruptions = r.interruptions + " LEFT
		    ","
		    " queued_at = COALESCE(r.queued_at, now())"
		    " FROM locked AS l WHERE r.tenant_id = $1 AND r.id = l.id"
		    " AND l.active AND l.interruptions + " LEFT
		    " < $7"
		    " AND l.attempts - l.interruptions - " LEFT
		    " < $6"
		    " AND (l.processing_status = 'pending'"
		    " AND NOT " PAUSE_OF("$1") " OR (l.processing_status = 'processing' AND $5))"
		    " RETURNING r.attempts)"
		    " SELECT COALESCE(l.active, f.active),"
		    " COALESCE(l.processing_status, f.processing_status),"
		    " COALESCE(l.attempts, f.attempts),"
		    " COALESCE(l.interruptions, f.interruptions),"
		    " l.id IS NOT NULL,"
		    " c.attempts, CASE WHEN c.attempts = 1"
		    " THEN GREATEST(0, (extract(epoch FROM now() - l.since)"
		    " * 1000000)::bigint) ELSE -1 END,"
		    " EXISTS (SELECT FROM parked), l.is_first"
		    " FROM found AS f LEFT JOIN locked AS l ON true"
		    " LEFT JOIN claimed AS c ON true",
	};
#undef COUNTED
#undef LEFT
	struct db_params params = { 0 };
	struct raw_batch_claim claim = { .waited_us = -1 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	db_add_int(&params, name->integration_id);
	db_add_text(&params, name->entity_type);
	db_add_bool(&params, take_over);
	db_add_int(&params, limits->failures);
	db_add_int(&params, limits->interruptions);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0) {
		*ret_claim = claim;
		return E_OK;
	}
	claim.state = state_named(db_text(rows, 0, STATUS));
	claim.attempt = db_int(rows, 0, ATTEMPTS);
	claim.interruptions = db_int(rows, 0, INTERRUPTIONS);
	if (!db_is_null(rows, 0, CLAIM)) {
		claim.state = RAW_BATCH_CLAIMED;
		claim.attempt = db_int(rows, 0, CLAIM);
		claim.waited_us = db_int(rows, 0, WAITED);
		claim.is_first = db_bool(rows, 0, FIRST);
	} else if (db_bool(rows, 0, PARKED)) {
		claim.state = RAW_BATCH_PAUSED;
	} else if (!db_bool(rows, 0, ACTIVE)) {
		claim.state = RAW_BATCH_DELETED;
	} else if (!db_bool(rows, 0, LOCKED)) {
		claim.state = RAW_BATCH_HELD;
	} else {
		claim.state = state_unclaimed(&claim, take_over, limits);
	}
	*ret_claim = claim;
	return E_OK;
}

enum err
raw_batch_hold(struct db *db, const struct raw_batch_name *name,
    const struct raw_batch_claim *claim, struct arena *arena, bool *ret_held,
    bool *ret_gone, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_hold",
		.sql =
		    "SELECT payload_gone_at IS NOT NULL"
		    " FROM raw_extraction_data WHERE tenant_id = $1"
		    " AND id = $2 AND processing_status = 'processing'"
		    " AND attempts = $3 AND active FOR NO KEY UPDATE",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	db_add_int(&params, claim->attempt);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_held = db_rows_count(rows) == 1;
	*ret_gone = *ret_held && db_bool(rows, 0, 0);
	return E_OK;
}

enum err
raw_batch_end(struct db *db, const struct raw_batch_name *name,
    const struct raw_batch_claim *claim, const struct raw_batch_result *result,
    struct arena *arena, enum raw_batch_state *ret_state, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_end",
		.changes = true,
		.sql = "WITH changed AS (UPDATE raw_extraction_data SET"
		    " processing_status = $4, raw_data_items = CASE"
		    " WHEN $6 < 0 THEN raw_data_items ELSE $6::integer END,"
		    " processed_at = CASE WHEN $4 = 'pending' THEN NULL"
		    " ELSE now() END,"
		    " queued_at = CASE WHEN $4 = 'pending' THEN now()"
		    " ELSE queued_at END,"
		    " interruptions = interruptions + $7::boolean::integer,"
		    " identical_to = NULLIF($8::bigint, 0),"
		    " error_details = CASE WHEN $5::jsonb IS NULL THEN "
		    RAW_BATCH_EARLIER("error_details")
		    " ELSE $5 || COALESCE("
		    RAW_BATCH_EARLIER("error_details") ", '{}') END"
		    " WHERE tenant_id = $1 AND id = $2 AND attempts = $3"
		    " AND processing_status IN ('pending', 'processing')"
		    " RETURNING processing_status, integration_id,"
		    " etl_waits_for(entity_type) AS kind),"
		    " waits AS (SELECT DISTINCT c.integration_id, c.kind,"
		    " v.value #>> '{}' AS name FROM changed AS c CROSS JOIN"
		    " jsonb_path_query($5::jsonb, '$.waiting[*]') AS v (value)"
		    " WHERE c.processing_status = 'completed'),"
		    " listed AS (INSERT INTO waiting_batches (tenant_id,"
		    " integration_id, kind, name, raw_data_id)"
		    " SELECT $1, integration_id, kind, name, $2 FROM waits"
		    " ORDER BY name ON CONFLICT DO NOTHING),"
		    " forgotten AS (DELETE FROM waiting_batches AS w"
		    " WHERE w.tenant_id = $1 AND w.raw_data_id = $2"
		    " AND EXISTS (SELECT FROM changed) AND NOT EXISTS"
		    " (SELECT FROM waits WHERE waits.kind = w.kind"
		    " AND waits.name = w.name))"
		    " SELECT COALESCE((SELECT processing_status FROM changed),"
		    " processing_status) FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	db_add_int(&params, claim->attempt);
	db_add_text(&params, result->status);
	db_add_jsonb(&params, result->details);
	db_add_int(&params, result->items);
	db_add_bool(&params, result->interrupted);
	db_add_int(&params, result->identical_to);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK)
		*ret_state = db_rows_count(rows) == 0 ?
		    RAW_BATCH_ABSENT :
		    state_named(db_text(rows, 0, 0));
	return rc;
}

enum err
raw_batch_look(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, enum raw_batch_state *ret_state, bool *ret_load_failed,
    int64_t *ret_gone_at, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_look",
		.sql =
		    "SELECT active, processing_status,"
		    " COALESCE(error_details->>'stage' = 'load', false),"
		    " COALESCE(extract(epoch FROM payload_gone_at), 0)::bigint"
		    " FROM raw_extraction_data WHERE tenant_id = $1"
		    " AND id = $2 AND integration_id = $3 AND entity_type = $4",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	db_add_int(&params, name->integration_id);
	db_add_text(&params, name->entity_type);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		*ret_state = RAW_BATCH_ABSENT;
	else
		*ret_state = !db_bool(rows, 0, 0) ?
		    RAW_BATCH_DELETED :
		    state_named(db_text(rows, 0, 1));
	*ret_load_failed = db_rows_count(rows) > 0 && db_bool(rows, 0, 2);
	*ret_gone_at = db_rows_count(rows) > 0 ? db_int(rows, 0, 3) : 0;
	return E_OK;
}

enum err
raw_batch_load_interrupted(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, int64_t *ret_interruptions, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_load_interrupted",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data"
		    " SET interruptions = interruptions + 1"
		    " WHERE tenant_id = $1 AND id = $2 AND"
		    " processing_status IN ('completed', 'failed')"
		    " RETURNING interruptions",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	add_name(name, &params);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK)
		*ret_interruptions = db_rows_count(rows) == 0 ?
		    0 :
		    db_int(rows, 0, 0);
	return rc;
}

enum err
raw_batch_load_failed(struct db *db, const struct raw_batch_name *name,
    struct span details, bool last, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_load_failed",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data SET attempts = attempts + 1,"
		    " processing_status = CASE WHEN $4 THEN 'failed'"
		    " ELSE processing_status END,"
		    " error_details = etl_load_failed(error_details, $3)"
		    " WHERE tenant_id = $1 AND id = $2 AND"
		    " processing_status IN ('completed', 'failed')",
	};
	struct db_params params = { 0 };

	add_name(name, &params);
	db_add_jsonb(&params, details);
	db_add_bool(&params, last);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
raw_batch_load_passed(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_batch_load_passed",
		.changes = true,
		.sql =
		    "UPDATE raw_extraction_data SET"
		    " processing_status = 'completed',"
		    " error_details = etl_load_passed(error_details)"
		    " WHERE tenant_id = $1 AND id = $2 AND"
		    " processing_status IN ('completed', 'failed')"
		    " AND error_details->>'stage' = 'load'",
	};
	struct db_params params = { 0 };

	add_name(name, &params);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

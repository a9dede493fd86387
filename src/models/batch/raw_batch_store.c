/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_store.h"

#include <poll.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/trace.h"
#include "models/batch/raw_batch_inside.h"
#include "models/batch/raw_batch_store_inside.h"

/* How long to ask after an insert whose outcome got lost, ms. */
#define ASK_MS 10000
#define ASK_PAUSE_MS 100

/* Ask once. *ret_again: it is not decided yet. */
static enum err
look_after(struct db *db, const struct db_params *params, struct arena *arena,
    bool *ret_again, struct diag *diag)
{
	/*
	 * The digest guards against an id given twice around a crash. A row
	 * that is there may not have reached the synchronous standby.
	 */
	static const struct db_statement statement = {
		.name = "raw_batch_look_after",
		.sql =
		    "SELECT EXISTS (SELECT FROM raw_extraction_data"
		    " WHERE id = $2 AND raw_data_sha256 = $3),"
		    " pg_xact_status($1::xid8) = 'aborted', " DB_REPLICATED,
	};
	struct db_rows *rows;
	enum err rc;

	*ret_again = false;
	rc = db_run(db, &statement, params, arena, &rows, diag);
	if (rc == E_OK && db_bool(rows, 0, 0))
		return E_OK;
	/* Aborted, or a number the server, restarted, has not given out. */
	if ((rc == E_OK && db_bool(rows, 0, 1)) ||
	    strcmp(diag->sqlstate, "22023") == 0)
		return diag_tell(diag, E_DB_LOST,
		    "The connection to the"
		    " database was lost; the batch was not stored: send it"
		    " again");
	*ret_again = true;
	return E_DB_UNKNOWN;
}

enum err
raw_batch_resolve(struct db *db, const struct db_rows *rows,
    const unsigned char *digest, struct arena *arena, struct diag *diag)
{
	int64_t id = db_int(rows, 0, RAW_BATCH_STORED_ID);
	int64_t deadline = clock_ms() + ASK_MS;
	struct db_params params = { 0 };
	bool again = true;
	enum err rc = E_DB_UNKNOWN;

	db_add_text(&params, db_text(rows, 0, RAW_BATCH_STORED_TRANSACTION));
	db_add_int(&params, id);
	db_add_bytes(&params, digest, DIGEST_SHA256_SIZE);
	while (again && clock_left(deadline) > 0) {
		(void)poll(NULL, 0, ASK_PAUSE_MS);
		diag_clear(diag);
		rc = look_after(db, &params, arena, &again, diag);
	}
	metrics_add(METRIC_RESOLVED, 1);
	log_warn("resolved", LOG_INT("raw_data_id", id),
	    LOG_TEXT("outcome",
		rc == E_OK	    ? "stored" :
		    rc == E_DB_LOST ? "not stored" :
				      "unknown"));
	return rc;
}

_Static_assert(RAW_BATCH_PLACE_integration_id == 2 &&
	RAW_BATCH_PLACE_entity_type == 3 &&
	RAW_BATCH_PLACE_processing_status == 7 &&
	RAW_BATCH_PLACE_raw_data_bytes == 9,
    "CHARTED, and that of groups");

/* What is given, as the relation g. */
#define PARAMETER(place, column, kind, value) ", $" #place " AS " #column
#define GIVEN "(SELECT $1 AS tenant_id" RAW_BATCH_WRITTEN(PARAMETER) ") AS g"

#define CHARTED "$2, $3, $7, 1, $9"

static const struct db_statement insert = {
	.name = "raw_batch_insert",
	.changes = true,
	.early_rows = true,
	.sql = "WITH " RAW_BATCH_WITH_COUNT("1", CHARTED, "") RAW_BATCH_INSERT(
	    "", "") " FROM counted, " GIVEN RAW_BATCH_RETURNING,
};

/*
 * A twin with the same key waits for the first one's commit; then it finds the
 * key taken, and inserts nothing. One that comes later sees the key, and takes
 * no number of the sequence.
 */
_Static_assert(RAW_BATCH_PLACE_OF_KEY == 14, "idempotency_key_add()");
static const struct db_statement insert_with_key = {
	.name = "raw_batch_insert_with_key",
	.changes = true,
	.early_rows = true,
	.sql =
	    "WITH claimed AS (INSERT INTO idempotency_keys AS held"
	    " (tenant_id, idempotency_key, fingerprint, raw_data_id,"
	    " expires_at) SELECT $1, $14, $15,"
	    " nextval('raw_extraction_data_id_seq'),"
	    " now() + $16 * interval '1 second'"
	    " WHERE NOT EXISTS (SELECT FROM idempotency_keys"
	    " WHERE tenant_id = $1 AND idempotency_key = $14"
	    " AND expires_at > now())"
	    " ON CONFLICT (tenant_id, idempotency_key) DO UPDATE SET"
	    " fingerprint = excluded.fingerprint,"
	    " raw_data_id = excluded.raw_data_id,"
	    " created_at = now(), expires_at = excluded.expires_at"
	    " WHERE held.expires_at <= now() RETURNING raw_data_id), " RAW_BATCH_WITH_COUNT(
		"1", CHARTED, " FROM claimed") RAW_BATCH_INSERT("id, ",
		"claimed.raw_data_id, ") " FROM claimed, counted, " GIVEN
		RAW_BATCH_RETURNING,
};

#define ADD_INT(value) db_add_int(params, value);
#define ADD_BOOL(value) db_add_bool(params, value);
#define ADD_TEXT(value) db_add_text(params, value);
#define ADD_JSON(value) db_add_jsonb(params, value);
#define ADD_BYTES(value) db_add_bytes(params, (value).at, (value).len);
#define ADD(place, column, kind, value) ADD_##kind(value)

static void
add_params(struct db_params *params, const struct raw_batch *batch,
    struct span digest)
{
	db_add_int(params, batch->tenant_id);
	RAW_BATCH_WRITTEN(ADD)
	if (batch->key != NULL)
		idempotency_key_add(batch->key, params);
}

void
raw_batch_stored_read(const struct db_rows *rows, int row,
    struct raw_batch_stored *ret_stored)
{
	ret_stored->row.id = db_int(rows, row, RAW_BATCH_STORED_ID);
	ret_stored->row.xid = raw_batch_xid(db_text(rows, row,
	    RAW_BATCH_STORED_TRANSACTION));
	ret_stored->product = db_text(rows, row, RAW_BATCH_STORED_PRODUCT);
}

enum err
raw_batch_insert(struct db *db, const struct raw_batch *batch,
    struct arena *arena, struct raw_batch_stored *ret_stored, struct diag *diag)
{
	const unsigned char *digest = batch->digest;
	unsigned char own_digest[DIGEST_SHA256_SIZE];
	struct db_params params = { 0 };
	struct trace_span span;
	struct db_rows *rows;
	enum err rc = E_OK;

	/* No serial integer names it, and the column would not take it. */
	if (batch->integration_id > INT32_MAX || batch->tenant_id > INT32_MAX)
		return diag_tell(diag, E_NO_INTEGRATION,
		    "There is no such integration");
	if (digest == NULL) {
		rc = digest_sha256(batch->raw_data, own_digest, diag);
		digest = own_digest;
	}
	if (rc != E_OK)
		return rc;
	add_params(&params, batch,
	    (struct span){ (const char *)digest, DIGEST_SHA256_SIZE });
	trace_start(&span, batch->traceparent, "insert", TRACE_CLIENT);
	rc = db_run(db, batch->key != NULL ? &insert_with_key : &insert,
	    &params, arena, &rows, diag);
	trace_note_int(&span, "etl.bytes", (int64_t)batch->raw_data.len);
	trace_end(&span, rc != E_OK);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_KEY_TAKEN, "the key was used before");
	if (rc == E_DB_UNKNOWN && db_rows_count(rows) == 1)
		rc = raw_batch_resolve(db, rows, digest, arena, diag);
	if (rc == E_DB_UNKNOWN)
		return diag_tell(diag, rc,
		    "The connection to the database was"
		    " lost while the batch was stored: it may be there. %s",
		    batch->key != NULL ?
			"Send it again with the same Idempotency-Key" :
			"Look for it before you send it again");
	if (rc != E_OK)
		return raw_batch_explain(rc, diag);
	raw_batch_stored_read(rows, 0, ret_stored);
	return E_OK;
}

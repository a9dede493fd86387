/* Inserting one batch, and finding out what became of it. */
#include "models/batch/raw_batch.h"

#include <poll.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "models/batch/raw_batch_inside.h"

/* How long to ask after an insert whose outcome got lost, ms. */
#define ASK_MS 10000
#define ASK_PAUSE_MS 100

const char *const raw_batch_item_members[] = { "issues", "values", "projects",
	"repositories", "items", "prs", "pull_requests", "pullRequests.nodes",
	NULL };

/* Ask once. *ret_again: it is not decided yet. */
static enum err
look_after(struct db *db, const struct db_params *params,
    struct arena *arena, bool *ret_again, struct diag *diag)
{
	/* The digest guards against an id given twice around a crash. */
	static const struct db_statement statement = {
		.name = "raw_batch_look_after",
		.sql = "SELECT EXISTS (SELECT FROM raw_extraction_data"
		    " WHERE id = $2 AND raw_data_sha256 = $3),"
		    " pg_xact_status($1::xid8) = 'aborted'",
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
		return diag_tell(diag, E_DB_LOST, "The connection to the"
		    " database was lost; the batch was not stored: send it"
		    " again");
	*ret_again = true;
	return E_DB_UNKNOWN;
}

enum err
raw_batch_resolve(struct db *db, int64_t id, struct span transaction,
    const unsigned char *digest, struct arena *arena, struct diag *diag)
{
	int64_t deadline = clock_ms() + ASK_MS;
	struct db_params params = { 0 };
	bool again = true;
	enum err rc = E_DB_UNKNOWN;

	db_add_text(&params, transaction);
	db_add_int(&params, id);
	db_add_bytes(&params, digest, DIGEST_SHA256_SIZE);
	while (again && clock_left(deadline) > 0) {
		(void)poll(NULL, 0, ASK_PAUSE_MS);
		diag_clear(diag);
		rc = look_after(db, &params, arena, &again, diag);
	}
	metrics_add(METRIC_RESOLVED, 1);
	log_warn("resolved", LOG_INT("raw_data_id", id),
	    LOG_TEXT("outcome", rc == E_OK ? "stored" : rc == E_DB_LOST ?
	    "not stored" : "unknown"));
	return rc;
}

/* What a new row is given behind its tenant, and the values with it. */
#define INSERTED_COLUMN(name, type, null) ", " #name
#define INSERTED_SHOWN(name, type, null) ", " #name
#define INSERTED_SHOWN_AS(name, type, null, member) ", " #name
#define INSERT_VALUES \
	"$1, $2, $3, $4, $5, $6, CASE WHEN $7 THEN 'completed'" \
	" ELSE 'pending' END, CASE WHEN $7 THEN now() END, $8, $9, $10, $11," \
	" $12"
#define INSERT_RETURNING \
	" RETURNING id, pg_current_xact_id()::text, (SELECT i.provider" \
	" FROM integrations AS i WHERE i.tenant_id = $1 AND i.id = $2)"
enum { STORED_ID, STORED_TRANSACTION, STORED_PROVIDER };

static const struct db_statement insert = {
	.name = "raw_batch_insert",
	.changes = true,
	.early_rows = true,
	.sql = "WITH " RAW_BATCH_WITH_COUNT("1", "")
	    "INSERT INTO raw_extraction_data (tenant_id"
#define INSERTED(row) INSERTED_##row
#include "models/tables/raw_batch_table.h"
	    ") SELECT " INSERT_VALUES " FROM counted" INSERT_RETURNING,
};

/*
 * A twin with the same key waits for the first one's commit; then it finds the
 * key taken, and inserts nothing.
 */
static const struct db_statement insert_with_key = {
	.name = "raw_batch_insert_with_key",
	.changes = true,
	.early_rows = true,
	.sql = "WITH claimed AS (INSERT INTO idempotency_keys AS held"
	    " (tenant_id, idempotency_key, fingerprint, raw_data_id,"
	    " expires_at) VALUES ($1, $13, $14,"
	    " nextval('raw_extraction_data_id_seq'),"
	    " now() + $15 * interval '1 second')"
	    " ON CONFLICT (tenant_id, idempotency_key) DO UPDATE SET"
	    " fingerprint = excluded.fingerprint,"
	    " raw_data_id = excluded.raw_data_id,"
	    " created_at = now(), expires_at = excluded.expires_at"
	    " WHERE held.expires_at <= now() RETURNING raw_data_id), "
	    RAW_BATCH_WITH_COUNT("1", " FROM claimed")
	    "INSERT INTO raw_extraction_data (id, tenant_id"
#define INSERTED(row) INSERTED_##row
#include "models/tables/raw_batch_table.h"
	    ") SELECT raw_data_id, " INSERT_VALUES " FROM claimed, counted"
	    INSERT_RETURNING,
};

enum err
raw_batch_insert(struct db *db, const struct raw_batch *batch,
    struct arena *arena, struct raw_batch_stored *ret_stored,
    struct diag *diag)
{
	const unsigned char *digest = batch->digest;
	unsigned char own_digest[DIGEST_SHA256_SIZE];
	struct db_params params = { 0 };
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
	db_add_int(&params, batch->tenant_id);
	db_add_int(&params, batch->integration_id);
	db_add_text(&params, batch->entity_type);
	db_add_text(&params, batch->external_id);
	db_add_jsonb(&params, batch->raw_data);
	db_add_jsonb(&params, batch->extraction_metadata);
	db_add_bool(&params, batch->done);
	db_add_int(&params, batch->item_count);
	db_add_int(&params, (int64_t)batch->raw_data.len);
	db_add_int(&params, batch->replaced);
	db_add_bytes(&params, digest, DIGEST_SHA256_SIZE);
	db_add_bool(&params, batch->queue);
	if (batch->key != NULL)
		idempotency_key_add(batch->key, &params);
	rc = db_run(db, batch->key != NULL ? &insert_with_key : &insert,
	    &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_KEY_TAKEN, "the key was used before");
	if (rc == E_DB_UNKNOWN && db_rows_count(rows) == 1)
		rc = raw_batch_resolve(db, db_int(rows, 0, STORED_ID),
		    db_text(rows, 0, STORED_TRANSACTION), digest, arena, diag);
	if (rc == E_DB_UNKNOWN)
		return diag_tell(diag, rc, "The connection to the database was"
		    " lost while the batch was stored: it may be there. %s",
		    batch->key != NULL ?
		    "Send it again with the same Idempotency-Key" :
		    "Look for it before you send it again");
	if (rc != E_OK)
		return raw_batch_explain(rc, diag);
	ret_stored->row.id = db_int(rows, 0, STORED_ID);
	ret_stored->row.xid = raw_batch_xid(db_text(rows, 0,
	    STORED_TRANSACTION));
	ret_stored->provider = db_text(rows, 0, STORED_PROVIDER);
	return E_OK;
}

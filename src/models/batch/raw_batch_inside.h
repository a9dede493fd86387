/*
 * What the files of this folder share: SQL that several statements need, and
 * what became of one.
 */
#ifndef MODELS_BATCH_RAW_BATCH_INSIDE_H
#define MODELS_BATCH_RAW_BATCH_INSIDE_H

#include "adapters/db/sql.h"

/*
 * Run a statement that gives one number, and end its text.
 * Fails: as db_run().
 */
enum err raw_batch_run_count(struct db *db, struct sql *sql,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * Put an error of PostgreSQL about JSON or a reference into words for the
 * client. Gives: the code, a better one where it is the client's mistake.
 */
enum err raw_batch_explain(enum err rc, struct diag *diag);

/*
 * The connection broke between the rows of an INSERT and the word that it is
 * committed. Never insert again: ask what became of the transaction, for one of
 * its rows and that row's digest.
 *
 * Gives: E_OK: it was stored. Fails: E_DB_LOST: it was not; E_DB_UNKNOWN.
 */
enum err raw_batch_resolve(struct db *db, int64_t id, struct span transaction,
    const unsigned char *digest, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * What an INSERT begins with that counts its rows itself, once for all of them:
 * with "app.counted" on, until the transaction ends, the trigger that would
 * count each row is not called (0021). The rows are to be selected from this
 * one, so that it runs first. A session has a slot of its own and waits for
 * nobody who stores at the same time.
 */
#define RAW_BATCH_WITH_COUNT(count, from) \
	"counted AS (INSERT INTO raw_extraction_counts AS counts" \
	" (tenant_id, slot, batches) SELECT $1, pg_backend_pid() % 512, " \
	count from " ON CONFLICT (tenant_id, slot) DO UPDATE" \
	" SET batches = counts.batches + excluded.batches" \
	" RETURNING set_config('app.counted', 'on', true)) "

/* error_details with what is in it as its history; NULL stays NULL. */
#define RAW_BATCH_EARLIER(column) "etl_earlier(" column ")"

#endif

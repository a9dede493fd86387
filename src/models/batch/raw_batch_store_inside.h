/* SPDX-License-Identifier: MIT */
/*
 * What the INSERT of one batch and that of several share.
 */
#ifndef MODELS_BATCH_RAW_BATCH_STORE_INSIDE_H
#define MODELS_BATCH_RAW_BATCH_STORE_INSIDE_H

#include "models/batch/raw_batch_store.h"

/*
 * The connection broke between the rows of an INSERT and the word that it is
 * committed. Never insert again: ask what became of the transaction, for the
 * first of these rows of RAW_BATCH_RETURNING and that batch's digest.
 *
 * Gives: E_OK: it was stored. Fails: E_DB_LOST: it was not; E_DB_UNKNOWN.
 */
enum err raw_batch_resolve(struct db *db, const struct db_rows *rows,
    const unsigned char *digest, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * What an INSERT begins with that counts its rows itself, once for all of them,
 * and notes them for GET /raw-data/counts: with "app.counted" and "app.charted"
 * on, until the transaction ends, the triggers that would do so for each row are
 * not called (0021, 0032). The rows are to be selected from "counted", so that
 * it runs first. A session has a slot of its own and waits for nobody who stores
 * at the same time.
 *
 * charted: a SELECT of the integrations, types, statuses, numbers and bytes, from
 * which `from` leads on.
 */
#define RAW_BATCH_WITH_COUNT(count, charted, from) \
	"counted AS (INSERT INTO raw_extraction_counts AS counts" \
	" (tenant_id, slot, batches) SELECT $1, pg_backend_pid() % 512, " count \
	    from \
	" ON CONFLICT (tenant_id, slot) DO UPDATE" \
	" SET batches = counts.batches + excluded.batches" \
	" RETURNING set_config('app.counted', 'on', true)," \
	" set_config('app.charted', 'on', true))," \
	" charted AS (INSERT INTO raw_extraction_changes (tenant_id, start," \
	" integration_id, entity_type, processing_status, batches, bytes)" \
	" SELECT $1, date_trunc('minute', now()::timestamp), " charted from \
	") "

/*
 * ROW(place, column, kind, value): the columns that a new row is given besides
 * tenant_id, which is $1, and processed_at. place: its parameter's number;
 * kind: INT, BOOL, TEXT, JSON or BYTES; value: of `batch` and its `digest`, a
 * span. Statements and their parameters go by this list alone.
 */
#define RAW_BATCH_WRITTEN(ROW) \
	ROW(2, integration_id, INT, batch->integration_id) \
	ROW(3, entity_type, TEXT, batch->entity_type) \
	ROW(4, external_id, TEXT, batch->external_id) \
	ROW(5, raw_data, JSON, batch->raw_data) \
	ROW(6, extraction_metadata, JSON, batch->extraction_metadata) \
	ROW(7, processing_status, TEXT, \
	    str_span(batch->done ? "completed" : "pending")) \
	ROW(8, raw_data_items, INT, batch->item_count) \
	ROW(9, raw_data_bytes, INT, (int64_t)batch->raw_data.len) \
	ROW(10, replaced_characters, INT, batch->replaced) \
	ROW(11, raw_data_sha256, BYTES, digest) \
	ROW(12, queue_transform, BOOL, batch->queue) \
	ROW(13, traceparent, TEXT, str_span(batch->traceparent))

/* The place of each parameter is what its row says. */
#define RAW_BATCH_PLACE(place, column, kind, value) RAW_BATCH_PLACE_##column,
enum {
	RAW_BATCH_PLACE_tenant_id = 1,
	RAW_BATCH_WRITTEN(RAW_BATCH_PLACE) RAW_BATCH_PLACE_OF_KEY
};
#define RAW_BATCH_IN_PLACE(place, column, kind, value) \
	_Static_assert(RAW_BATCH_PLACE_##column == (place), #column);
RAW_BATCH_WRITTEN(RAW_BATCH_IN_PLACE)

/*
 * The INSERT itself, of what a relation g has: besides these columns tenant_id,
 * and those of `more`, "id, " and "claimed.raw_data_id, ".
 */
#define RAW_BATCH_COLUMN_NAME(place, column, kind, value) ", " #column
#define RAW_BATCH_COLUMN_OF_G(place, column, kind, value) ", g." #column
#define RAW_BATCH_INSERT(more, more_values) \
	"INSERT INTO raw_extraction_data (" more \
	"processed_at, tenant_id" RAW_BATCH_WRITTEN( \
	    RAW_BATCH_COLUMN_NAME) ") SELECT " more_values \
				   "CASE WHEN g.processing_status = 'completed' THEN now() END," \
				   " g.tenant_id" RAW_BATCH_WRITTEN( \
				       RAW_BATCH_COLUMN_OF_G)
/* What it gives back; then more may follow. */
#define RAW_BATCH_RETURNING \
	" RETURNING id, pg_current_xact_id()::text, (SELECT i.product" \
	" FROM integrations AS i WHERE i.tenant_id = $1" \
	" AND i.id = raw_extraction_data.integration_id)"
enum {
	RAW_BATCH_STORED_ID,
	RAW_BATCH_STORED_TRANSACTION,
	RAW_BATCH_STORED_PRODUCT,
	RAW_BATCH_STORED_MORE
};
void raw_batch_stored_read(const struct db_rows *rows, int row,
    struct raw_batch_stored *ret_stored);

#endif

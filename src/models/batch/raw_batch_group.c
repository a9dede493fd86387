/* Inserting several small batches of one tenant by one statement. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "models/batch/raw_batch_inside.h"

#define INSERTED_COLUMN(name, type, null) ", " #name
#define INSERTED_SHOWN(name, type, null) ", " #name
#define INSERTED_SHOWN_AS(name, type, null, member) ", " #name
enum { STORED_ID, STORED_TRANSACTION, STORED_PROVIDER, STORED_DIGEST };

/* Rows come back in the order in which they went in; digests prove it. */
static const struct db_statement insert_all = {
	.name = "raw_batch_insert_all",
	.changes = true,
	.early_rows = true,
	.sql = "WITH " RAW_BATCH_WITH_COUNT("cardinality($2::bigint[])", "")
	    "INSERT INTO raw_extraction_data (tenant_id"
#define INSERTED(row) INSERTED_##row
#include "models/tables/raw_batch_table.h"
	    ") SELECT $1, g.integration_id, g.entity_type, g.external_id,"
	    " g.raw_data, g.metadata, CASE WHEN g.done <> 0 THEN 'completed'"
	    " ELSE 'pending' END, CASE WHEN g.done <> 0 THEN now() END,"
	    " g.items, g.bytes, g.replaced, g.digest, g.queue <> 0"
	    " FROM counted, unnest($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
	    " WITH ORDINALITY AS g (integration_id, entity_type, external_id,"
	    " raw_data, metadata, done, items, bytes, replaced, digest, queue,"
	    " place) ORDER BY g.place"
	    " RETURNING id, pg_current_xact_id()::text, (SELECT i.provider"
	    " FROM integrations AS i WHERE i.tenant_id = $1"
	    " AND i.id = raw_extraction_data.integration_id),"
	    " encode(substr(raw_data_sha256, 1, 4), 'hex')",
};

/* One column of all batches. */
struct columns {
	int64_t integration_id[RAW_BATCH_GROUP_MAX];
	int64_t done[RAW_BATCH_GROUP_MAX];
	int64_t items[RAW_BATCH_GROUP_MAX];
	int64_t bytes[RAW_BATCH_GROUP_MAX];
	int64_t replaced[RAW_BATCH_GROUP_MAX];
	int64_t queue[RAW_BATCH_GROUP_MAX];
	struct span entity_type[RAW_BATCH_GROUP_MAX];
	struct span external_id[RAW_BATCH_GROUP_MAX];
	struct span raw_data[RAW_BATCH_GROUP_MAX];
	struct span metadata[RAW_BATCH_GROUP_MAX];
	struct span digest[RAW_BATCH_GROUP_MAX];
	unsigned char digests[RAW_BATCH_GROUP_MAX][DIGEST_SHA256_SIZE];
};

static enum err
fill(struct columns *columns, const struct raw_batch *const *batches,
    size_t count, struct diag *diag)
{
	for (size_t i = 0; i < count; i++) {
		const struct raw_batch *batch = batches[i];
		enum err rc = E_OK;

		if (batch->integration_id > INT32_MAX)
			return diag_set(diag, E_DB, "no such integration");
		if (batch->digest == NULL)
			rc = digest_sha256(batch->raw_data,
			    columns->digests[i], diag);
		else
			memcpy(columns->digests[i], batch->digest,
			    DIGEST_SHA256_SIZE);
		if (rc != E_OK)
			return rc;
		columns->integration_id[i] = batch->integration_id;
		columns->done[i] = batch->done;
		columns->items[i] = batch->item_count;
		columns->bytes[i] = (int64_t)batch->raw_data.len;
		columns->replaced[i] = batch->replaced;
		columns->queue[i] = batch->queue;
		columns->entity_type[i] = batch->entity_type;
		columns->external_id[i] = batch->external_id;
		columns->raw_data[i] = batch->raw_data;
		columns->metadata[i] = batch->extraction_metadata;
		columns->digest[i] = (struct span){
			(const char *)columns->digests[i],
			DIGEST_SHA256_SIZE };
	}
	return E_OK;
}

/* Gives: false without memory; an array that is not there would be NULLs. */
static bool
add_params(struct db_params *params, const struct columns *columns,
    int64_t tenant_id, size_t count, struct arena *arena)
{
	db_add_int(params, tenant_id);
	db_add_int_array(params, columns->integration_id, count, arena);
	db_add_array(params, DB_TEXTS, columns->entity_type, count, arena);
	db_add_array(params, DB_TEXTS, columns->external_id, count, arena);
	db_add_array(params, DB_JSONBS, columns->raw_data, count, arena);
	db_add_array(params, DB_JSONBS, columns->metadata, count, arena);
	db_add_int_array(params, columns->done, count, arena);
	db_add_int_array(params, columns->items, count, arena);
	db_add_int_array(params, columns->bytes, count, arena);
	db_add_int_array(params, columns->replaced, count, arena);
	db_add_array(params, DB_BYTES, columns->digest, count, arena);
	db_add_int_array(params, columns->queue, count, arena);
	for (int i = 0; i < params->count; i++)
		if (params->values[i] == NULL)
			return false;
	return true;
}

/* Is each row its batch's? */
static bool
are_theirs(struct db_rows *rows, const struct columns *columns, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const unsigned char *digest = columns->digests[i];
		char hex[9];

		(void)snprintf(hex, sizeof(hex), "%02x%02x%02x%02x", digest[0],
		    digest[1], digest[2], digest[3]);
		if (!span_is(db_text(rows, (int)i, STORED_DIGEST), hex))
			return false;
	}
	return true;
}

enum err
raw_batch_insert_all(struct db *db, const struct raw_batch *const *batches,
    size_t count, struct arena *arena, struct raw_batch_stored *ret_stored,
    struct diag *diag)
{
	struct columns *columns = arena_get(arena, sizeof(*columns));
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	assert(count >= 1 && count <= RAW_BATCH_GROUP_MAX);
	if (columns == NULL)
		return diag_set(diag, E_NO_MEMORY, "a group of batches");
	rc = fill(columns, batches, count, diag);
	if (rc != E_OK)
		return rc;
	if (!add_params(&params, columns, batches[0]->tenant_id, count, arena))
		return diag_set(diag, E_NO_MEMORY, "a group of batches");
	rc = db_run(db, &insert_all, &params, arena, &rows, diag);
	if (rc == E_DB_UNKNOWN && db_rows_count(rows) > 0)
		rc = raw_batch_resolve(db, db_int(rows, 0, STORED_ID),
		    db_text(rows, 0, STORED_TRANSACTION),
		    columns->digests[0], arena, diag);
	if (rc == E_DB_UNKNOWN)
		return diag_tell(diag, rc, "The connection to the database was"
		    " lost while the batch was stored: it may be there. Look"
		    " for it before you send it again");
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) != (int)count ||
	    !are_theirs(rows, columns, count))
		return diag_set(diag, E_DB_UNKNOWN, "rows of a group came back"
		    " in another order: they are stored, their ids unknown");
	for (size_t i = 0; i < count; i++) {
		ret_stored[i].row.id = db_int(rows, (int)i, STORED_ID);
		ret_stored[i].row.xid = raw_batch_xid(db_text(rows, (int)i,
		    STORED_TRANSACTION));
		ret_stored[i].provider = db_text(rows, (int)i,
		    STORED_PROVIDER);
	}
	return E_OK;
}

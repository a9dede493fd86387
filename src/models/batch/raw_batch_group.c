/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_group.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/trace.h"
#include "models/batch/raw_batch_store_inside.h"

/* What is given, a row for each batch, as the relation g. */
#define UNNEST_INT(place) "unnest($" #place ")"
#define UNNEST_BOOL(place) "unnest($" #place ") <> 0"
#define UNNEST_TEXT UNNEST_INT
#define UNNEST_JSON UNNEST_INT
#define UNNEST_BYTES UNNEST_INT
#define PARAMETER(place, column, kind, value) \
	", " UNNEST_##kind(place) " AS " #column
#define GIVEN \
	"(SELECT $1 AS tenant_id, generate_subscripts($2::bigint[], 1)" \
	" AS place" RAW_BATCH_WRITTEN(PARAMETER) ") AS g"

/* Rows come back in the order in which they went in; digests prove it. */
enum { STORED_DIGEST = RAW_BATCH_STORED_MORE };
static const struct db_statement insert_all = {
	.name = "raw_batch_insert_all",
	.changes = true,
	.early_rows = true,
	.sql = "WITH " RAW_BATCH_WITH_COUNT("cardinality($2::bigint[])",
	    "unnest($2::bigint[]), unnest($3::text[]), unnest($7::text[]), 1,"
	    " unnest($9::bigint[])",
	    "") RAW_BATCH_INSERT("",
	    "") " FROM counted, " GIVEN " ORDER BY g.place" RAW_BATCH_RETURNING
		", encode(substr(raw_data_sha256, 1, 4), 'hex')",
};

/* One column of all batches. */
#define VALUES_INT int64_t
#define VALUES_BOOL int64_t
#define VALUES_TEXT struct span
#define VALUES_JSON struct span
#define VALUES_BYTES struct span
#define VALUES(place, column, kind, value) \
	VALUES_##kind column[RAW_BATCH_GROUP_MAX];
struct columns {
	RAW_BATCH_WRITTEN(VALUES)
	unsigned char digests[RAW_BATCH_GROUP_MAX][DIGEST_SHA256_SIZE];
};

static enum err
fill(struct columns *columns, const struct raw_batch *const *batches,
    size_t count, struct diag *diag)
{
#define FILL(place, column, kind, value) columns->column[i] = value;
	for (size_t i = 0; i < count; i++) {
		const struct raw_batch *batch = batches[i];
		struct span digest = { (const char *)columns->digests[i],
			DIGEST_SHA256_SIZE };
		enum err rc = E_OK;

		if (batch->integration_id > INT32_MAX)
			return diag_set(diag, E_DB, "no such integration");
		if (batch->digest == NULL)
			rc = digest_sha256(batch->raw_data, columns->digests[i],
			    diag);
		else
			memcpy(columns->digests[i], batch->digest,
			    DIGEST_SHA256_SIZE);
		if (rc != E_OK)
			return rc;
		RAW_BATCH_WRITTEN(FILL)
	}
	return E_OK;
#undef FILL
}

#define ADD_INT(values) db_add_int_array(params, values, count, arena);
#define ADD_BOOL ADD_INT
#define ADD_TEXT(values) db_add_array(params, DB_TEXTS, values, count, arena);
#define ADD_JSON(values) db_add_array(params, DB_JSONBS, values, count, arena);
#define ADD_BYTES(values) db_add_array(params, DB_BYTES, values, count, arena);
#define ADD(place, column, kind, value) ADD_##kind(columns->column)

static void
add_params(struct db_params *params, const struct columns *columns,
    int64_t tenant_id, size_t count, struct arena *arena)
{
	db_add_int(params, tenant_id);
	RAW_BATCH_WRITTEN(ADD)
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

/* A span of each batch's own trace; NULL: none are kept. */
static struct trace_span *
begin_spans(const struct raw_batch *const *batches, size_t count,
    struct arena *arena)
{
	struct trace_span *spans = trace_is_on() ?
	    arena_ask(arena, count * sizeof(*spans)) :
	    NULL;

	for (size_t i = 0; spans != NULL && i < count; i++)
		trace_start(&spans[i], batches[i]->traceparent, "insert",
		    TRACE_CLIENT);
	return spans;
}

enum err
raw_batch_insert_all(struct db *db, const struct raw_batch *const *batches,
    size_t count, struct arena *arena, struct raw_batch_stored *ret_stored,
    struct diag *diag)
{
	struct columns *columns = arena_get(arena, sizeof(*columns));
	struct db_params params = { 0 };
	struct trace_span *spans;
	struct db_rows *rows;
	enum err rc;

	assert(count >= 1 && count <= RAW_BATCH_GROUP_MAX);
	rc = fill(columns, batches, count, diag);
	if (rc != E_OK)
		return rc;
	add_params(&params, columns, batches[0]->tenant_id, count, arena);
	spans = begin_spans(batches, count, arena);
	rc = db_run(db, &insert_all, &params, arena, &rows, diag);
	for (size_t i = 0; spans != NULL && i < count; i++) {
		trace_note_int(&spans[i], "etl.together", (int64_t)count);
		trace_end(&spans[i], rc != E_OK);
	}
	if (rc == E_DB_UNKNOWN && db_rows_count(rows) > 0)
		rc = raw_batch_resolve(db, rows, columns->digests[0], arena,
		    diag);
	if (rc == E_DB_UNKNOWN)
		return diag_tell(diag, rc,
		    "The connection to the database was"
		    " lost while the batch was stored: it may be there. Look"
		    " for it before you send it again");
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) != (int)count ||
	    !are_theirs(rows, columns, count))
		return diag_set(diag, E_DB_UNKNOWN,
		    "rows of a group came back"
		    " in another order: they are stored, their ids unknown");
	for (size_t i = 0; i < count; i++)
		raw_batch_stored_read(rows, (int)i, &ret_stored[i]);
	return E_OK;
}

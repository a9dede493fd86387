/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_partition.h"

#include <string.h>

#include "models/batch/raw_batch_inside.h"
#include "models/tables/column.h"

/* Ids of one statement: each is far below the time that a statement may take. */
#define STEP_IDS 500000
/* None is left; INT64_MIN. */
#define NO_ID "-9223372036854775808"

enum err
raw_partition_is_used(struct db *db, struct arena *arena, bool *ret_is_used,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_is_used",
		.sql = "SELECT raw_partition_is_used()",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc = db_get_row(db, &statement, &params, arena, &rows, diag);

	if (rc == E_OK)
		*ret_is_used = db_bool(rows, 0, 0);
	return rc;
}

enum err
raw_partition_tend(struct db *db, int64_t rows, int64_t days,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_tend",
		.changes = true,
		.sql =
		    "SELECT what, partition"
		    " FROM raw_partitions_tend($1, $2::integer)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, rows);
	db_add_int(&params, days);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
raw_partition_past(struct db *db, int64_t days, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_past",
		.sql = "SELECT raw_partitions_past($1::integer)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, days);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* What the functions refuse, by the SQLSTATE that they give it. */
static enum err
explain(enum err rc, struct diag *diag)
{
	const bool is_absent = strcmp(diag->sqlstate, "P0002") == 0;
	struct diag why = *diag;
	const char *text = strstr(why.text, ": ");

	if (!is_absent && strcmp(diag->sqlstate, "55000") != 0)
		return rc;
	/* In front of the sentence stands the SQLSTATE. */
	return diag_set(diag, is_absent ? E_NO_ROW : E_CONFLICT, "%s",
	    text == NULL ? why.text : text + 2);
}

/* Lock it, and find its first id, or INT64_MIN: it has none. */
static enum err
drop_begin(struct db *db, const char *name, bool is_forced, struct arena *arena,
    int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_drop_begin",
		.changes = true,
		.sql =
		    "SELECT COALESCE(raw_partition_drop_begin($1, $2::boolean),"
		    " " NO_ID ")",
	};
	struct db_params params = { 0 };
	enum err rc;

	db_add_text(&params, str_span(name));
	db_add_bool(&params, is_forced);
	rc = db_get_int(db, &statement, &params, arena, ret_id, diag);
	return rc == E_OK ? rc : explain(rc, diag);
}

/* What has ids from *id on is counted off; *id moves on, to INT64_MIN. */
static enum err
drop_step(struct db *db, const char *name, int64_t *id, struct arena *arena,
    int64_t *ret_batches, int64_t *ret_bytes, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_drop_step",
		.changes = true,
		.sql = "SELECT batches, bytes, COALESCE(next_id, " NO_ID
		       ")"
		       " FROM raw_partition_drop_step($1, $2, $3)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, str_span(name));
	db_add_int(&params, *id);
	db_add_int(&params,
	    *id > INT64_MAX - STEP_IDS ? INT64_MAX : *id + STEP_IDS - 1);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_batches += db_int(rows, 0, 0);
	*ret_bytes += db_int(rows, 0, 1);
	*id = db_int(rows, 0, 2);
	return E_OK;
}

static enum err
drop_end(struct db *db, const char *name, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_drop_end",
		.changes = true,
		.sql = "SELECT raw_partition_drop_end($1)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;

	db_add_text(&params, str_span(name));
	return db_run(db, &statement, &params, arena, &rows, diag);
}

/* Batches may have come back between the look and the lock. */
static enum err
is_still_past(struct db *db, const char *name, int64_t days,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_still_past",
		.sql = "SELECT $1 IN (SELECT raw_partitions_past($2::integer))",
	};
	struct db_params params = { 0 };
	bool is_past = true;
	enum err rc;

	db_add_text(&params, str_span(name));
	db_add_int(&params, days);
	rc = db_get_bool(db, &statement, &params, arena, &is_past, diag);
	return rc == E_OK && !is_past ?
	    diag_set(diag, E_CONFLICT, "its batches may not go") :
	    rc;
}

static enum err
drop_all(struct db *db, const char *name, bool is_forced, int64_t past_days,
    struct arena *arena, int64_t *ret_batches, int64_t *ret_bytes,
    struct diag *diag)
{
	int64_t batches = 0, bytes = 0, id = 0;
	enum err rc;

	rc = drop_begin(db, name, is_forced, arena, &id, diag);
	if (rc == E_OK && past_days >= 0)
		rc = is_still_past(db, name, past_days, arena, diag);
	while (rc == E_OK && id != INT64_MIN)
		rc = drop_step(db, name, &id, arena, &batches, &bytes, diag);
	if (rc == E_OK)
		rc = drop_end(db, name, arena, diag);
	if (rc != E_OK)
		return rc;
	*ret_batches = batches;
	*ret_bytes = bytes;
	return E_OK;
}

enum err
raw_partition_drop(struct db *db, const char *name, bool is_forced,
    int64_t past_days, struct arena *arena, int64_t *ret_batches,
    int64_t *ret_bytes, struct diag *diag)
{
	enum err rc = db_begin(db, diag);

	if (rc != E_OK)
		return rc;
	rc = drop_all(db, name, is_forced, past_days, arena, ret_batches,
	    ret_bytes, diag);
	if (rc == E_OK)
		return db_commit(db, diag);
	db_rollback(db);
	return rc;
}

enum err
raw_partition_needed(struct db *db, const char *name, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	/* Both tables are small beside a partition: it is looked up from them. */
	static const struct db_statement statement = {
		.name = "raw_partition_needed",
		.sql =
		    "SELECT count(*) FROM (SELECT tenant_id, raw_data_id"
		    " FROM waiting_batches UNION SELECT tenant_id, raw_data_id"
		    " FROM census_pages) AS x CROSS JOIN LATERAL (SELECT"
		    " b.tenant_id, b.id, b.active, b.tableoid AS place"
		    " FROM raw_extraction_data AS b WHERE b.tenant_id ="
		    " x.tenant_id AND b.id = x.raw_data_id OFFSET 0) AS r"
		    " WHERE r.place = to_regclass('public.' || quote_ident($1))"
		    " AND " RAW_BATCH_IS_NEEDED("r"),
	};
	struct db_params params = { 0 };

	db_add_text(&params, str_span(name));
	return db_get_int(db, &statement, &params, arena, ret_count, diag);
}

enum err
raw_partition_list(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "raw_partition_list",
		.sql =
		    "SELECT name, first_id, next_id, batches, bytes, lowest_id,"
		    " " COLUMN_READ_STAMP("lowest_at") ", highest_id,"
		    " " COLUMN_READ_STAMP("highest_at") ", pending, processing,"
		    " failed, is_ahead, pending + processing + failed"
		    " FROM raw_partitions()",
	};
	struct db_params params = { 0 };

	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

/* SPDX-License-Identifier: MIT */
/*
 * Transform and load one stored batch, without a queue and without a word to
 * the batch's row. For the integration tests.
 *
 * usage: run_transform TENANT ID   (DATABASE_URL or PG* name the database)
 * Prints how many items were read and skipped, the list of these, what is
 * waited for, and the milliseconds that transforming and loading took.
 * Exit: 0, or 1 with a sentence on stderr.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "loaders/loader.h"
#include "models/catalogue/mapped_type.h"
#include "transformers/transformer.h"

#define ARENA_BYTES (64u << 20)

/* Read the row's integration and entity type. */
static enum err
find_batch(struct db *db, struct transform_job *job, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "find_batch",
		.sql = "SELECT integration_id, entity_type"
		    " FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 FOR UPDATE",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, job->tenant_id);
	db_add_int(&params, job->raw_data_id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW, "there is no such batch");
	job->integration_id = db_int(rows, 0, 0);
	job->entity_type = db_text(rows, 0, 1);
	return E_OK;
}

/* One transaction each, as the two jobs are. */
static enum err
transform(struct db *db, struct transform_job *job, struct arena *arena,
    struct transform_outcome *ret_outcome, struct diag *diag)
{
	enum err rc = db_begin(db, diag);

	if (rc != E_OK)
		return rc;
	rc = find_batch(db, job, arena, diag);
	if (rc == E_OK)
		rc = mapped_type_find(db, job->tenant_id, job->entity_type,
		    arena, &job->type, diag);
	if (rc == E_OK)
		rc = transformer_run(db, job, arena, ret_outcome, diag);
	if (rc == E_OK)
		return db_commit(db, diag);
	db_rollback(db);
	return rc;
}

static enum err
load(struct db *db, const struct transform_job *job, struct arena *arena,
    struct diag *diag)
{
	enum err rc = db_begin(db, diag);

	if (rc != E_OK)
		return rc;
	rc = loader_run(db, job, arena, diag);
	if (rc == E_OK)
		return db_commit(db, diag);
	db_rollback(db);
	return rc;
}

/* Both, with the time they take. */
static enum err
run(struct db *db, struct transform_job *job, struct arena *arena,
    struct diag *diag)
{
	struct transform_outcome outcome = { 0 };
	int64_t begun = clock_ms(), between;
	enum err rc;

	db_tenant(db, job->tenant_id);
	rc = transform(db, job, arena, &outcome, diag);
	between = clock_ms();
	if (rc == E_OK)
		rc = load(db, job, arena, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("items=%" PRId64 " skipped=%" PRId64 " list=%.*s"
	    " incomplete=%.*s waiting=%.*s transform_ms=%" PRId64 " load_ms=%" PRId64 "\n",
	    outcome.items - outcome.unreadable, outcome.skipped,
	    SPAN_ARG(outcome.skipped_json), SPAN_ARG(outcome.incomplete_json),
	    SPAN_ARG(outcome.waiting_json), between - begun,
	    clock_ms() - between);
	return E_OK;
}

int
main(int argc, char **argv)
{
	static struct db_settings settings;
	struct conf_set set = { db_conf_rows, db_conf_count, &settings,
		NULL };
	struct transform_job job = { 0 };
	struct arena *arena = arena_new(ARENA_BYTES);
	struct diag diag;
	struct db *db;
	enum err rc;

	diag_clear(&diag);
	if (argc != 3 || !span_int64(str_span(argv[1]), &job.tenant_id) ||
	    !span_int64(str_span(argv[2]), &job.raw_data_id)) {
		(void)fputs("usage: run_transform TENANT ID\n", stderr);
		return 1;
	}
	if (arena == NULL || conf_read(&set, 1, NULL, &diag) != E_OK)
		return 1;
	db = db_new(&settings, "run_transform");
	rc = db == NULL ? E_NO_MEMORY : run(db, &job, arena, &diag);
	if (rc != E_OK)
		(void)fprintf(stderr, "%s: %s\n", err_name(rc), diag.text);
	db_free(db);
	arena_free(arena);
	conf_free(&set, 1);
	return rc == E_OK ? 0 : 1;
}

/* SPDX-License-Identifier: MIT */
#include "work/relay_partitions.h"

#include <string.h>

#include "base/log.h"
#include "models/batch/raw_partition.h"

/* To look for what is past its retention may read a partition: not each round. */
#define ROUNDS 10

/*
 * What took too long, or a lock that was not had in time (or only in a circle),
 * is for another round: the other chores do not wait for it.
 */
static enum err
pass_over(enum err rc, const char *what, struct diag *diag)
{
	static const char *const states[] = { "55P03", "57014", "40P01" };
	bool passes = false;

	for (size_t i = 0; i < COUNT(states); i++)
		passes = passes || strcmp(diag->sqlstate, states[i]) == 0;
	if (rc == E_OK || !passes)
		return rc;
	log_warn("partitions_wait", LOG_TEXT("for", what),
	    LOG_TEXT("text", diag->text));
	return E_OK;
}

static enum err
tend(struct db *db, const struct relay_settings *settings, struct arena *arena,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	rc = raw_partition_tend(db, settings->partition_rows,
	    settings->partition_days, arena, &rows, diag);
	if (rc != E_OK)
		return pass_over(rc, "making one ahead", diag);
	for (int i = 0; i < db_rows_count(rows); i++)
		log_info("partition",
		    LOG_TEXT("what", arena_text(arena, db_text(rows, i, 0))),
		    LOG_TEXT("name", arena_text(arena, db_text(rows, i, 1))));
	return E_OK;
}

static enum err
drop(struct db *db, const char *name, int64_t days, struct arena *arena,
    struct diag *diag)
{
	int64_t batches, bytes;
	enum err rc;

	rc = raw_partition_drop(db, name, false, days, arena, &batches, &bytes,
	    diag);
	/* Somebody requeued or restored a batch of it meanwhile, or dropped it. */
	if (rc == E_CONFLICT || rc == E_NO_ROW)
		return E_OK;
	if (rc != E_OK)
		return pass_over(rc, "dropping one", diag);
	log_info("partition", LOG_TEXT("what", "dropped"),
	    LOG_TEXT("name", name), LOG_INT("batches", batches),
	    LOG_INT("bytes", bytes));
	return E_OK;
}

enum err
relay_partitions(struct db *db, const struct relay_settings *settings,
    struct arena *arena, struct diag *diag)
{
	static unsigned rounds;
	struct db_rows *rows;
	bool is_used = false;
	enum err rc;

	rc = tend(db, settings, arena, diag);
	if (rc == E_OK)
		rc = raw_partition_is_used(db, arena, &is_used, diag);
	if (rc != E_OK || !is_used || rounds++ % ROUNDS != 0)
		return rc;
	rc = raw_partition_past(db, settings->retention_days, arena, &rows,
	    diag);
	if (rc != E_OK)
		return pass_over(rc, "what is past its retention", diag);
	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++)
		rc = drop(db, arena_text(arena, db_text(rows, i, 0)),
		    settings->retention_days, arena, diag);
	return rc;
}

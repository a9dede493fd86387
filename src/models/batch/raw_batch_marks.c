/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_marks.h"

#include "base/clock.h"
#include "base/log.h"

/* Measured: groups of 16 cost nothing beyond noise. */
#define GROUP 16
#define QUIET_MS 25
#define OLD_MS 500

void
raw_batch_marks_add(struct raw_batch_marks *marks,
    struct raw_batch_version version)
{
	int64_t now = clock_ms();

	if (marks->count == RAW_BATCH_MARKS_MAX)
		marks->count--;
	if (marks->count == 0)
		marks->oldest = now;
	marks->newest = now;
	marks->versions[marks->count++] = version;
}

int
raw_batch_marks_due(const struct raw_batch_marks *marks)
{
	if (marks->count == 0)
		return -1;
	return clock_left(marks->newest + QUIET_MS);
}

bool
raw_batch_marks_pressing(const struct raw_batch_marks *marks)
{
	return marks->count >= GROUP ||
	    (marks->count > 0 && clock_left(marks->oldest + OLD_MS) == 0);
}

void
raw_batch_marks_flush(struct raw_batch_marks *marks, struct db *db,
    struct arena *arena)
{
	struct diag diag;

	if (marks->count == 0)
		return;
	db_tenant(db, DB_EVERY_TENANT);
	if (raw_batch_mark_queued(db, marks->versions, marks->count, arena,
		&diag) != E_OK)
		log_warn("mark_queued", LOG_INT("lost", (int64_t)marks->count),
		    LOG_TEXT("text", diag.text));
	db_tenant(db, DB_NO_TENANT);
	marks->count = 0;
	arena_reset(arena);
}

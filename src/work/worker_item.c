/* SPDX-License-Identifier: MIT */
#include "work/worker_item.h"

#include <string.h>

#include "base/clock.h"
#include "loaders/loader.h"
#include "transformers/transformer.h"

#define SEARCH_MS 60000
#define ITEMS_MAX (1 << 22)

/* Does the beginning of so many items fail in this way? */
static bool
fails(struct db *db, const struct transform_job *job, bool load, int64_t count,
    const char *sqlstate, struct arena *arena)
{
	struct transform_outcome outcome;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = db_begin(db, &diag);
	if (rc != E_OK)
		return false;
	rc = transform_job_limit(db, count, arena, &diag);
	if (rc == E_OK)
		rc = load ? loader_run(db, job, arena, &diag) :
			    transformer_run(db, job, arena, &outcome, &diag);
	db_rollback(db);
	return rc != E_OK && strcmp(diag.sqlstate, sqlstate) == 0;
}

int64_t
worker_find_item(struct db *db, const struct transform_job *job, bool load,
    const char *sqlstate, struct arena *arena)
{
	int64_t deadline = clock_ms() + SEARCH_MS;
	int64_t good = 0, bad = 1; /* beginnings that pass, and fail */

	if (load && fails(db, job, load, 0, sqlstate, arena))
		return -1; /* something else than an item */
	while (!fails(db, job, load, bad, sqlstate, arena)) {
		good = bad;
		bad *= 2;
		if (bad > ITEMS_MAX || clock_left(deadline) == 0)
			return -1;
	}
	while (bad - good > 1) {
		int64_t middle = good + (bad - good) / 2;

		if (clock_left(deadline) == 0)
			return -1;
		if (fails(db, job, load, middle, sqlstate, arena))
			bad = middle;
		else
			good = middle;
	}
	return bad - 1;
}

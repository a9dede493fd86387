/*
 * From a stored batch to the unified tables: the statements of its entity
 * type, run in the database over the jsonb that is there already. The batch's
 * own row and what needs more than this batch (loaders/) are not its business.
 *
 * Running it again changes nothing; an older batch never overwrites newer
 * data. What can be read is written, whatever else the batch holds.
 */
#ifndef TRANSFORMERS_TRANSFORMER_H
#define TRANSFORMERS_TRANSFORMER_H

#include <stdbool.h>
#include <stdint.h>

#include "models/transform_job.h"

struct transform_outcome {
	int64_t items;	 /* read */
	int64_t skipped; /* that could not be read or placed */
	/* The first of them: [{"index":N,"reason":"..."}], or SPAN_NONE. */
	struct span skipped_json;
	/* What it names and nobody knows yet: ["...","..."], or SPAN_NONE. */
	struct span waiting_json;
};

/* Is there a transformer for it? */
bool transformer_knows(struct span entity_type);

/*
 * Transform one batch.
 *
 * Needs: an open transaction of the job's tenant (db_tenant, db_begin).
 * Gives: *ret_outcome, whose text lives in the arena.
 * Fails: E_INVALID  the entity type is unknown, or nothing of the batch can be
 *        read; E_NO_ROW  there is no such batch; else as db_run().
 */
enum err transformer_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct transform_outcome *ret_outcome,
    struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * From a stored batch to the unified tables: the statements of its entity
 * type, run in the database over the jsonb that is there already. The batch's
 * own row and what needs more than this batch (loaders/) are not its business.
 *
 * Running it again changes nothing; an older batch never overwrites newer
 * data. What can be read is written, whatever else the batch holds; what
 * cannot, and what the source itself left out, is listed.
 *
 * The first statement of a file gives one row (etl_outcome, migration 0024):
 *
 *	items		of the batch; NULL: it does not have the shape
 *	unreadable	items of which nothing can be read
 *	skipped		items and members that could not be read or placed
 *	list		the first 1,000:
 *			[{"index":N,"place":"…","reason":"…"}]
 *	waiting		keys and ids that are waited for, 10,000 at most: the
 *			loads of what brings them take the batch up again
 *	incomplete	what the answer itself lacks, how often
 *	list		the first 1,000: [{"what":"…","index":N,"given":N,
 *			"total":N,"message":"…"}]
 *	refusal		what the source says, when the answer is only an error
 */
#ifndef TRANSFORMERS_TRANSFORMER_H
#define TRANSFORMERS_TRANSFORMER_H

#include <stdint.h>

#include "models/transform_job.h"

struct transform_outcome {
	int64_t items;	    /* of the batch */
	int64_t unreadable; /* of them: nothing can be read */
	int64_t skipped;    /* items and members that could not be read */
	int64_t incomplete; /* what the answer itself lacks */
	/* Lists as above, or SPAN_NONE. */
	struct span skipped_json;
	struct span waiting_json;
	struct span incomplete_json;
};

/*
 * Transform one batch.
 *
 * Needs: an open transaction of the job's tenant (db_tenant, db_begin).
 * Gives: *ret_outcome, whose text lives in the arena.
 * Fails: E_INVALID  the entity type is unknown, the answer is only an error,
 *        or nothing of the batch can be read;
 *        E_NO_ROW  there is no such batch; else as db_run().
 */
enum err transformer_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct transform_outcome *ret_outcome,
    struct diag *diag) MUST_CHECK;

/* Can be told what such a batch reads (SEEN in entity_type_rows.h)? */
bool transformer_sees(const struct transform_job *job);

/*
 * Wait, as the transform of the batch would, for whoever is at work on the rows
 * that it would change. Needs: an open transaction, which does no work then.
 */
enum err transformer_seen_lock(struct db *db, const struct transform_job *job,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Which versions of which rows a batch would read now, transformed and loaded.
 * Where that is the same before and after, and again when a batch that was
 * stored later has the same payload, that one would change nothing.
 *
 * Needs: an open transaction; transformer_sees().
 * Gives: *ret_seen, SPAN_NONE where a later batch could do something else: it
 *        is newer than some row that this one is not newer than.
 */
enum err transformer_seen(struct db *db, const struct transform_job *job,
    struct arena *arena, struct span *ret_seen, struct diag *diag) MUST_CHECK;

/* Add the texts of the transform, and of what tells what it reads, to a digest. */
enum err transformer_digest(const struct transform_job *job,
    struct digest *digest, struct diag *diag) MUST_CHECK;

#endif

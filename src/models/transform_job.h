/* SPDX-License-Identifier: MIT */
/*
 * The work on one stored batch that the database does alone: statements in
 * order, each with the parameters $1 tenant_id, $2 integration_id and $3
 * raw_data_id. They come from .sql files; embed_sql.awk makes the tables of
 * statements, and lists of columns from the rows of *_table.h.
 *
 * Two habits of theirs keep a job as fast in a full table as in an empty one:
 * a look-up compares columns, not expressions, with an index in mind (LATERAL
 * and OFFSET 0 see to it; row-level security allows no more), and writes
 * tenant_id::bigint where an index on the tenant alone would not do (migration
 * 0009). Rows are locked in the order of external ids.
 */
#ifndef MODELS_TRANSFORM_JOB_H
#define MODELS_TRANSFORM_JOB_H

#include <stdint.h>

#include "adapters/crypto/digest.h"
#include "adapters/db/db.h"
#include "models/entity_type.h"

struct transform_job {
	int64_t tenant_id;
	int64_t integration_id;
	int64_t raw_data_id;
	struct span entity_type;
	/* What its statements are; NULL: the service's own type of that name. */
	const struct entity_type *type;
	int64_t deadline; /* clock_ms() by which it is done; 0: none */
};

/*
 * What is left until a time of clock_ms() is all that a statement of this
 * transaction may take from now on.
 * Needs: an open transaction. Fails: as db_run(); E_DB_BUSY  nothing is left.
 */
enum err transform_job_deadline(struct db *db, int64_t deadline,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Run the statements up to the nameless one; one that repeats, as long as it
 * gives rows.
 *
 * Needs: an open transaction of the job's tenant.
 * Gives: *ret_rows, those of the first statement.
 * Fails: as db_run(); E_DB_BUSY  a statement would have to run too often, or
 *        the deadline is over; nothing after the first failure is run.
 */
enum err transform_job_run(struct db *db, const struct db_statement *steps,
    const struct transform_job *job, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* Add their texts to a digest, which other statements change. */
enum err transform_job_digest(const struct db_statement *steps,
    struct digest *digest, struct diag *diag) MUST_CHECK;

/*
 * In this transaction a batch seems to have only its first `count` items.
 * Needs: an open transaction. Fails: as db_run().
 */
enum err transform_job_limit(struct db *db, int64_t count, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
#include "work/type_try.h"

#include <string.h>

#include "base/clock.h"
#include "models/batch/raw_batch.h"
#include "models/catalogue/mapped_trial.h"

/* The transaction's inside. */
static enum err
try_once(struct db *db, struct span document, int64_t limit,
    struct transform_job *job, struct arena *arena,
    struct type_trial *ret_trial, struct diag *diag)
{
	enum err rc = mapped_trial_begin(db, document, arena, job, diag);

	if (rc == E_OK)
		rc = transformer_run(db, job, arena, &ret_trial->outcome, diag);
	if (rc == E_OK)
		rc = mapped_trial_rows(db, job, limit, arena, &ret_trial->rows,
		    diag);
	return rc;
}

enum err
type_try(struct db *db, int64_t tenant_id, int64_t raw_data_id,
    struct span document, int64_t limit, struct arena *arena,
    struct type_trial *ret_trial, struct diag *diag)
{
	struct transform_job job = { .tenant_id = tenant_id,
		.raw_data_id = raw_data_id,
		.deadline = clock_ms() + TYPE_TRY_SECONDS * 1000 };
	enum err rc = raw_batch_check_payload(db, tenant_id, raw_data_id, arena,
	    diag);

	if (rc == E_OK)
		rc = db_begin(db, diag);
	if (rc != E_OK)
		return rc;
	rc = try_once(db, document, limit, &job, arena, ret_trial, diag);
	db_rollback(db);
	if (rc == E_DB_BUSY && clock_left(job.deadline) == 0)
		return diag_tell(diag, E_INVALID,
		    "The mapping was given up after %d seconds on this batch:"
		    " try fewer columns, or a smaller batch",
		    TYPE_TRY_SECONDS);
	if (rc == E_DB &&
	    (strncmp(diag->sqlstate, "22", 2) == 0 ||
		strncmp(diag->sqlstate, "23", 2) == 0 ||
		strncmp(diag->sqlstate, "54", 2) == 0))
		return diag_tell(diag, E_INVALID,
		    "PostgreSQL cannot store what the mapping makes of this"
		    " batch (SQLSTATE %s)",
		    diag->sqlstate);
	return rc;
}

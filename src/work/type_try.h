/* SPDX-License-Identifier: MIT */
/*
 * Trying a mapping (models/catalogue/mapped_type.h) on a stored batch: it is
 * transformed as a worker does it, looked at, and all is taken back.
 */
#ifndef WORK_TYPE_TRY_H
#define WORK_TYPE_TRY_H

#include "transformers/transformer.h"

#define TYPE_TRY_SECONDS 10
#define TYPE_TRY_ROWS_MAX 100

struct type_trial {
	struct transform_outcome outcome;
	struct db_rows *rows; /* a JSON object each, by the items' keys */
};

/*
 * Try a mapping. Rows that the batch's items share with others stay locked for
 * TYPE_TRY_SECONDS at most.
 *
 * Needs: no open transaction; the document has no flaw; 1 to TYPE_TRY_ROWS_MAX
 *        rows are asked for.
 * Gives: *ret_trial, living in the arena.
 * Fails: E_NO_ROW, E_PAYLOAD_GONE  there is no such batch, or no payload of it;
 *        E_INVALID  nothing of it can be read, or it takes too long: in each
 *        case the client is told; as db_run().
 */
enum err type_try(struct db *db, int64_t tenant_id, int64_t raw_data_id,
    struct span document, int64_t limit, struct arena *arena,
    struct type_trial *ret_trial, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What went wrong with a batch, as its error_details tell it, and whether it
 * is worth another try.
 */
#ifndef WORK_WORKER_DETAILS_H
#define WORK_WORKER_DETAILS_H

#include "transformers/transformer.h"
#include "work/worker_job.h"

/*
 * Would it fail the same way again? Data that cannot be read or breaks a
 * constraint or a limit of the server, SQLSTATE classes 22, 23 and 54.
 */
bool worker_is_hopeless(enum err rc, const struct diag *diag);

/*
 * Are the servers to blame: unreachable, full, read-only, or without the tables
 * and rights that this version needs? Then the batch has not failed.
 */
bool worker_is_outage(const struct diag *diag);

/* A fate's name, for the log. */
const char *worker_fate_name(enum worker_fate_kind kind);

/*
 * One failed attempt, item being the place in the batch that it failed at, or
 * -1.
 * Gives: JSON as db_add_jsonb() wants it, in the arena; SPAN_NONE without
 *        memory.
 */
struct span worker_error_details(const struct diag *diag, const char *stage,
    const char *message, int64_t item, int64_t attempt, struct arena *arena);

/*
 * What was left out of a batch that was transformed, and what its answer
 * lacked.
 * Gives: *ret_details as above; SPAN_NONE when there is nothing to be said.
 * Fails: E_NO_MEMORY.
 */
enum err worker_notes(const struct transform_outcome *outcome, int64_t attempt,
    struct arena *arena, struct span *ret_details, struct diag *diag)
    MUST_CHECK;

#endif

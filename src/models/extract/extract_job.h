/* SPDX-License-Identifier: MIT */
/*
 * Jobs that people set up: what is extracted from an integration, and how
 * often. A job is a row of etl_jobs with a job_type; its runs are those of
 * extract_run.h, which the relay makes when the job is due.
 */
#ifndef MODELS_EXTRACT_EXTRACT_JOB_H
#define MODELS_EXTRACT_EXTRACT_JOB_H

#include "models/catalogue/catalogue.h"
#include "models/extract/extract_run.h"

extern const struct catalogue job_catalogue;
extern const struct catalogue run_catalogue;

/*
 * Set when a job runs next: at once if it has an interval and no time yet, and
 * no later than one interval from now; never without an interval.
 */
enum err extract_job_schedule(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * A run of a job, now: its parameters, and from, to (times, or SPAN_NONE) and
 * full in place of those it has.
 * Fails: E_NO_ROW, and the client is told; others as db_run().
 */
enum err extract_job_request(struct db *db, int64_t tenant_id, int64_t id,
    struct span from, struct span to, bool full, struct arena *arena,
    struct extract_request *ret_request, struct diag *diag) MUST_CHECK;

#endif

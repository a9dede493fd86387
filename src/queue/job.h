/* SPDX-License-Identifier: MIT */
/*
 * The message contract: one JSON object on one line that names work, never
 * carries it. Transform and load jobs name a stored batch; an extract job
 * names an integration and says what to fetch.
 */
#ifndef QUEUE_JOB_H
#define QUEUE_JOB_H

#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

struct job {
	int64_t tenant_id;
	int64_t integration_id;
	int64_t raw_data_id;	 /* transform, load */
	struct span entity_type; /* transform, load */
	struct span job_type;	 /* extract */
	struct span job_params;	 /* extract: JSON as it came */
	int64_t run_id;		 /* extract: of extract_runs; 0: none yet */
	int lane;		 /* at least this bulk queue; 0: none */
	const char *traceparent; /* the message's, not in its body; or NULL */
};

/* Write a transform or load job's message body. */
void job_write_batch(const struct job *job, struct buf *out);

/*
 * Read a transform or load job's message, whoever wrote it. Unknown members
 * are ignored.
 *
 * Needs: a byte 0 follows the body.
 * Gives: *ret_job; its text lives in the arena.
 * Fails: E_INVALID, the diag says what is wrong with it.
 */
enum err job_read_batch(struct span body, struct arena *arena,
    struct job *ret_job, struct diag *diag) MUST_CHECK;

/* Write an extract job's message body. */
void job_write_extract(const struct job *job, struct buf *out);

/*
 * Read an extract job's message, whoever wrote it; run_id may be missing.
 * Needs, gives, fails: as job_read_batch(). job_params is in the body itself.
 */
enum err job_read_extract(struct span body, struct arena *arena,
    struct job *ret_job, struct diag *diag) MUST_CHECK;

#endif

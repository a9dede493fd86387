/* SPDX-License-Identifier: MIT */
/*
 * One job of a worker, as far as the database goes: a batch is transformed or
 * loaded in one transaction, and what becomes of its message is decided. The
 * message itself is the caller's.
 */
#ifndef WORK_WORKER_JOB_H
#define WORK_WORKER_JOB_H

#include "adapters/db/db.h"
#include "queue/job.h"
#include "work/worker_conf.h"

enum worker_fate_kind {
	WORKER_DONE,  /* nothing more is to be done */
	WORKER_LOAD,  /* it is transformed: publish its load job, then done */
	WORKER_RETRY, /* it failed: again after a delay */
	WORKER_WAIT,  /* somebody else has it: again after a delay */
	WORKER_BURY,  /* it is dead */
	WORKER_PARK,  /* its tenant is paused: done, until the resume */
};

struct worker_fate {
	enum worker_fate_kind kind;
	int64_t attempt;    /* which one this was */
	bool held;	    /* WAIT: somebody was at work on it right now */
	bool outage;	    /* RETRY: the servers are to blame, not the batch */
	int64_t items;	    /* that were read */
	int64_t skipped;    /* items and members of a batch that could not be */
	int64_t incomplete; /* what the answer itself lacked */
	int64_t identical_to; /* DONE: that batch was processed in its place */
	char reason[512];     /* of BURY, RETRY and an identical one; empty */
};

/* What the message tells besides the job. */
struct worker_history {
	/* whoever took it, we or another, did not settle it */
	bool redelivered;
	int64_t attempt;   /* failures so far */
	int64_t held;	   /* how often somebody was at work on it */
	int64_t published; /* first, seconds since 1970; 0: unknown */
};

/*
 * Transform a batch: claim it, do it, complete it; all but the claim in one
 * transaction.
 *
 * Needs: no open transaction; arena is the job's.
 * Gives: *ret_fate; the diag of a failure is for the log.
 * Fails: as db_run(), when nothing was begun and nothing decided.
 */
enum err worker_transform(struct db *db, const struct worker_settings *settings,
    const struct job *job, const struct worker_history *history,
    struct arena *arena, struct worker_fate *ret_fate, struct diag *diag)
    MUST_CHECK;

/* Load what a transformed batch touched. The same. */
enum err worker_load(struct db *db, const struct worker_settings *settings,
    const struct job *job, const struct worker_history *history,
    struct arena *arena, struct worker_fate *ret_fate, struct diag *diag)
    MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What transforming and loading share of one job. For worker_job.c,
 * worker_load.c and worker_identical.c only.
 */
#ifndef WORK_WORKER_INSIDE_H
#define WORK_WORKER_INSIDE_H

#include "adapters/crypto/digest.h"
#include "models/batch/raw_batch_work.h"
#include "transformers/transformer.h"
#include "work/worker_job.h"

/* Why a batch fails that nobody has come to an end with. */
#define DEADLY \
	"its workers died, or lost the database, too often while they" \
	" were at work on it: worker_interruptions"

/* One job at work. */
struct work {
	struct db *db;
	const struct worker_settings *settings;
	struct raw_batch_name name;
	struct transform_job job;
	bool is_known; /* it has a type; else the batch stays as it came */
	/* What it read before it was transformed, if that is of use; empty. */
	char seen[DIGEST_HEX_SIZE];
	struct arena *arena;
	struct diag *diag;
};

/*
 * Begin with a job of the tenant whose rows the connection sees.
 * Fails: as db_run(): whether its type has a mapping is not known.
 */
enum err worker_work(struct db *db, const struct worker_settings *settings,
    const struct job *job, struct arena *arena, struct work *ret,
    struct diag *diag) MUST_CHECK;

/* Decide by where the batch stands; again: the message was here before. */
void worker_judge(enum raw_batch_state state, bool again,
    struct worker_fate *fate);

/*
 * Which item it is, if it is data that the server would not take: SQLSTATE
 * classes 22 and 23. Else -1.
 */
int64_t worker_item_of(const struct work *work, bool load);

/*
 * worker_identical.c: complete a claimed batch, if it needs no work.
 *
 * Needs: no open transaction.
 * Gives: *ret_passed: it was completed, and *fate says so. Else work->seen is
 *        what worker_identical_put() keeps.
 * Fails: as db_run(), for what the servers are to blame for.
 */
enum err worker_identical_pass(struct work *work,
    const struct raw_batch_claim *claim, struct worker_fate *fate,
    bool *ret_passed) MUST_CHECK;

/* It was transformed, without a note. Needs: its transaction. */
enum err worker_identical_put(struct work *work) MUST_CHECK;

/*
 * It is loaded: look whether that has changed anything. What fails here only
 * costs the next one its work. Needs: no open transaction.
 */
void worker_identical_settle(struct work *work);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A batch at work. A claim is committed before the work begins, so that
 * everybody sees it; the work's own transaction then locks the row and looks
 * whether the claim still holds. Its number, the row's attempts, tells it from
 * later ones.
 *
 * A claim that ends without a word, since its worker was killed or lost the
 * database, is an interruption. These are counted apart: the batch is not to
 * blame, so they leave its failures as they are.
 */
#ifndef MODELS_BATCH_RAW_BATCH_WORK_H
#define MODELS_BATCH_RAW_BATCH_WORK_H

#include "adapters/db/db.h"

/* Which batch, and what a message says of it. */
struct raw_batch_name {
	int64_t tenant_id;
	int64_t id;
	int64_t integration_id;
	struct span entity_type;
};

enum raw_batch_state {
	RAW_BATCH_ABSENT,  /* no such row, or another than was named */
	RAW_BATCH_DELETED, /* it is not active any more */
	RAW_BATCH_PENDING,
	RAW_BATCH_PROCESSING, /* somebody has it, but does not hold its lock */
	RAW_BATCH_HELD,	      /* somebody is at work on it right now */
	RAW_BATCH_COMPLETED,
	RAW_BATCH_FAILED,
	/* it may not be tried again: it failed too often */
	RAW_BATCH_SPENT,
	RAW_BATCH_DEADLY,  /* the same: it was interrupted too often */
	RAW_BATCH_CLAIMED, /* it is ours */
	RAW_BATCH_PAUSED,  /* its tenant is: the resume queues it again */
};

struct raw_batch_claim {
	enum raw_batch_state state;
	int64_t attempt;       /* the row's attempts, this one counted */
	int64_t interruptions; /* of earlier ones */
	bool is_first;	       /* nobody has claimed or requeued it before */
	/* How long it was queued, if it is the first one: microseconds; else -1. */
	int64_t waited_us;
};

/* How often a batch may be tried. */
struct raw_batch_limits {
	int64_t failures;
	int64_t interruptions;
};

/*
 * Claim a pending batch: processing, attempts + 1, claimed_at. Somebody had its
 * message, so it counts as queued.
 *
 * Needs: no open transaction. take_over: also one in processing that nobody
 *        holds, which is one interruption more.
 * Gives: *ret_claim; RAW_BATCH_CLAIMED is committed.
 * Fails: as db_run().
 */
enum err raw_batch_claim(struct db *db, const struct raw_batch_name *name,
    bool take_over, const struct raw_batch_limits *limits, struct arena *arena,
    struct raw_batch_claim *ret_claim, struct diag *diag) MUST_CHECK;

/*
 * Lock the claimed row for the rest of the transaction, waiting for whoever has
 * it at the moment: its mark in queued_at, or a change of its status.
 * Gives: *ret_held; false when the claim is not ours any more. *ret_gone: a
 *        retention rule took its payload.
 */
enum err raw_batch_hold(struct db *db, const struct raw_batch_name *name,
    const struct raw_batch_claim *claim, struct arena *arena, bool *ret_held,
    bool *ret_gone, struct diag *diag) MUST_CHECK;

/* How a claim ends. */
struct raw_batch_result {
	struct span status;   /* completed, failed or pending */
	struct span details;  /* as db_add_jsonb() wants them, or SPAN_NONE */
	int64_t items;	      /* that the batch has; -1: nobody counted them */
	bool interrupted;     /* the batch is not to blame for this end */
	int64_t identical_to; /* processed in its place; 0: no batch was */
};

/*
 * End a claim: completed, failed, or pending to be tried again by a message
 * that is published next. What error_details held is kept as its history.
 *
 * Gives: *ret_state, what the row is now: another one than was asked for
 *        when the claim was not ours any more.
 */
enum err raw_batch_end(struct db *db, const struct raw_batch_name *name,
    const struct raw_batch_claim *claim, const struct raw_batch_result *result,
    struct arena *arena, enum raw_batch_state *ret_state, struct diag *diag)
    MUST_CHECK;

/*
 * How a batch stands, without its lock; *ret_load_failed: what it says of an
 * error is of its load; *ret_gone_at: when a retention rule took its payload,
 * seconds since 1970, or 0.
 */
enum err raw_batch_look(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, enum raw_batch_state *ret_state, bool *ret_load_failed,
    int64_t *ret_gone_at, struct diag *diag) MUST_CHECK;

/*
 * A load of a transformed batch was interrupted. Gives: *ret_interruptions, of
 * the batch; 0 for one that is to be transformed again by now.
 */
enum err raw_batch_load_interrupted(struct db *db,
    const struct raw_batch_name *name, struct arena *arena,
    int64_t *ret_interruptions, struct diag *diag) MUST_CHECK;

/*
 * A load of a transformed batch failed: note it, and count the attempt; after
 * the last one the batch is failed. One that is to be transformed again by now
 * is left alone.
 */
enum err raw_batch_load_failed(struct db *db, const struct raw_batch_name *name,
    struct span details, bool last, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * A load succeeds after others failed: the batch is completed, and its error
 * history. Needs: the load's transaction, before its first statement.
 */
enum err raw_batch_load_passed(struct db *db, const struct raw_batch_name *name,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

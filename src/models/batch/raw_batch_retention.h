/* SPDX-License-Identifier: MIT */
/*
 * Retention rules at work: which batches a rule takes, and taking them in small
 * steps. The rules as rows are models/catalogue/retention_rule.h.
 *
 * A rule is applied group by group: a group is the batches of one integration
 * and type. Of several rules with the same status and action the one that says
 * most of a batch counts: the tenant's before that of all, then the type's.
 *
 * Never taken is a batch that something hangs on: one that waits for another
 * (waiting_batches), a page of a census that is not whole, one at work; and by
 * "delete" one whose Idempotency-Key may come again, and the newest completed
 * one of a group, which carries the loads of metrics that are due.
 */
#ifndef MODELS_BATCH_RAW_BATCH_RETENTION_H
#define MODELS_BATCH_RAW_BATCH_RETENTION_H

#include "adapters/db/db.h"
#include "base/stamp.h"

struct retention {
	int64_t rule_id;	 /* 0: it is no row */
	int64_t tenant_id;	 /* 0: every tenant's */
	struct span entity_type; /* SPAN_NONE: of every type */
	struct span status;	 /* or "deleted": those are of every status */
	int64_t keep_days, keep_newest;
	int64_t version; /* of the row: another one with each change of it */
	bool payload_only;
	bool is_least; /* any rule that is a row goes before it */
};

/*
 * How far a rule has come: the group, and the last batch that was taken there.
 * All 0 before the first. Batches are in the order in which they were processed,
 * or else stored, and of their ids.
 */
struct retention_place {
	int64_t tenant_id, integration_id;
	char entity_type[51 * 4];    /* "": of every type */
	bool keeps_all;		     /* nothing of this group goes */
	char keep_stamp[STAMP_SIZE]; /* this batch and those behind it stay, */
	int64_t keep_id;	     /* its id; "" and 0: none does */
	char stamp[STAMP_SIZE];	     /* of the last batch that was taken, */
	int64_t id;		     /* its id; "" and 0: none was yet */
	bool is_open;		     /* there may be more in this group */
};

/*
 * The next active rule behind after_id that concerns the tenant (0: any).
 * Gives: *ret_rule, whose texts live in the arena; rule_id 0: there is none.
 */
enum err retention_next_rule(struct db *db, int64_t tenant_id, int64_t after_id,
    struct arena *arena, struct retention *ret_rule, struct diag *diag)
    MUST_CHECK;

/*
 * One rule by its id, active or not, the tenant's or every tenant's.
 * Fails: E_NO_ROW: the client is told; as db_run().
 */
enum err retention_get_rule(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct retention *ret_rule, struct diag *diag)
    MUST_CHECK;

/*
 * Go on to the next group of the rule, of this tenant only (0: of all).
 * Gives: *place; is_open is false behind the last group.
 */
enum err retention_next_group(struct db *db, const struct retention *rule,
    int64_t tenant_id, struct arena *arena, struct retention_place *place,
    struct diag *diag) MUST_CHECK;

struct retention_sum {
	int64_t batches;
	int64_t bytes; /* of their payloads, as they came */
};

/*
 * Take at most `limit` batches of the place's group, oldest first, in one
 * transaction, and move on; is_open is false when there were fewer.
 * Gives: what was taken is added to *sum.
 */
enum err retention_take(struct db *db, const struct retention *rule,
    int64_t limit, struct arena *arena, struct retention_place *place,
    struct retention_sum *sum, struct diag *diag) MUST_CHECK;

/* The same without taking any: at most `limit` of the group are counted. */
enum err retention_count(struct db *db, const struct retention *rule,
    int64_t limit, struct arena *arena, const struct retention_place *place,
    struct retention_sum *sum, struct diag *diag) MUST_CHECK;

/* So many are counted at most, of all groups together. */
#define RETENTION_COUNTED 100000

/*
 * What the rule would take now, of this tenant (0: of all).
 * Gives: *ret_sum; *ret_is_exact: else there are more than RETENTION_COUNTED.
 */
enum err retention_preview(struct db *db, const struct retention *rule,
    int64_t tenant_id, struct arena *arena, struct retention_sum *ret_sum,
    bool *ret_is_exact, struct diag *diag) MUST_CHECK;

#endif

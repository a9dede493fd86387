/* SPDX-License-Identifier: MIT */
/*
 * Retention by the relay: the rules (models/batch/raw_batch_retention.h), and
 * retention_days, which is two more of them that any rule goes before. Each of
 * the relay's rounds of chores goes on for a second at most, in small
 * transactions; a pass over all rules begins every retention_interval seconds.
 * Several relays may do so side by side: who finds a batch locked passes over it.
 */
#ifndef WORK_RELAY_RETENTION_H
#define WORK_RELAY_RETENTION_H

#include "models/batch/raw_batch_retention.h"
#include "work/relay_conf.h"

/* How far the pass has come; all 0 before the first one. */
struct relay_retention {
	int64_t due_at;	 /* of clock_ms(): when the next pass begins */
	int64_t rule;	 /* the rule at work, counted from 1: see the .c file */
	int64_t version; /* of it: a place is that of one version */
	struct retention_place place;
};

/*
 * Go on with the pass, or begin one that is due. What went is logged, rule by
 * rule, and counted.
 * Fails: as db_run(); the next call goes on, with the next rule where the server
 *        refused this one, or took too long.
 */
enum err relay_retention(struct db *db, const struct relay_settings *settings,
    struct relay_retention *state, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * Apply a rule to all that it takes of this tenant (0: of all), in steps as
 * above, until the end or until `goes_on` says no after a step.
 *
 * Gives: *sum. Fails: as db_run(); what was done by then stays.
 */
enum err retention_apply(struct db *db, const struct retention *rule,
    int64_t tenant_id,
    bool (*goes_on)(void *context, const struct retention_sum *sum),
    void *context, struct retention_sum *sum, struct diag *diag) MUST_CHECK;

#endif

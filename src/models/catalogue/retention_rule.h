/* SPDX-License-Identifier: MIT */
/*
 * Retention rules as people maintain them: docs/retention.md. A rule is one
 * tenant's or, without a tenant, of all. What they do to batches is
 * models/batch/raw_batch_retention.h.
 */
#ifndef MODELS_CATALOGUE_RETENTION_RULE_H
#define MODELS_CATALOGUE_RETENTION_RULE_H

#include "models/catalogue/catalogue.h"

/* What they may name. */
#define RETENTION_STATUSES "pending|processing|completed|failed|deleted"
#define RETENTION_ACTIONS "delete|payload"
#define RETENTION_DAYS_MAX 36500
#define RETENTION_NEWEST_MAX 1000000
/* What is wrong with a number of newest ones of "deleted". */
#define RETENTION_NONE_STAYS \
	"must be 0 with the status deleted, of which none stays for being new"

extern const struct catalogue retention_rule_catalogue;

/* A rule as the tool sets it; what is below 0 stays as it is, or is 0. */
struct retention_rule {
	int64_t tenant_id;	 /* 0: every tenant's */
	struct span entity_type; /* SPAN_NONE: of every type */
	struct span status, action;
	int64_t keep_days, keep_newest;
	int active; /* below 0: as it is, or true */
};

/*
 * Make a rule, or change the one of this tenant, type, status and action.
 *
 * Needs: catalogue_begin(); of every tenant: the connection sees them all.
 * Gives: *ret_id.
 * Fails: E_INVALID  a new rule has no keep_days, or there is no such tenant, or
 *        it would keep the newest of those that were deleted; as db_run().
 */
enum err retention_rule_put(struct db *db, const struct retention_rule *rule,
    struct arena *arena, int64_t *ret_id, struct diag *diag) MUST_CHECK;

/*
 * Which rule has this tenant, type, status and action. Needs: as above.
 * Gives: *ret_id; 0: there is none. Fails: as db_run().
 */
enum err retention_rule_same(struct db *db, const struct retention_rule *rule,
    struct arena *arena, int64_t *ret_id, struct diag *diag) MUST_CHECK;

/*
 * Remove a rule of this tenant, or (0) one that is every tenant's.
 * Needs: as above. Fails: E_NO_ROW, and the client is told; as db_run().
 */
enum err retention_rule_remove(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A tenant as the service sees it: is it there, its name, and how much may it store in a
 * day? Quotas are rows of system_settings, etl_daily_batches and
 * etl_daily_bytes, whole numbers; without them nothing is counted.
 */
#ifndef MODELS_TENANT_TENANT_H
#define MODELS_TENANT_TENANT_H

#include "adapters/db/db.h"

/* Has tenant t a quota? For other models' statements. */
#define TENANT_HAS_QUOTA_SQL \
	"EXISTS (SELECT FROM system_settings AS s WHERE s.tenant_id = t.id" \
	" AND s.active" \
	" AND s.setting_key IN ('etl_daily_batches', 'etl_daily_bytes'))"

/*
 * Find an active tenant. Gives: *ret_has_quota.
 * Fails: E_UNKNOWN_CALLER when there is none; others as db_run().
 */
enum err tenant_find(struct db *db, int64_t tenant_id, struct arena *arena,
    bool *ret_has_quota, struct diag *diag) MUST_CHECK;

/*
 * The name of a tenant, active or not. Gives: *ret_name, in the arena.
 * Fails: E_NO_ROW: there is no such tenant; others as db_run().
 */
enum err tenant_name(struct db *db, int64_t tenant_id, struct arena *arena,
    struct span *ret_name, struct diag *diag) MUST_CHECK;

/* A day's quota and what is left of it; -1: not limited. */
struct tenant_quota {
	int64_t batches_left;
	int64_t bytes_left;
	int64_t renewed_in; /* seconds until 00:00 UTC */
};

/*
 * Take so many batches and bytes from the day's quota, at once and for all
 * processes.
 *
 * Gives: on E_QUOTA *ret_quota.
 * Fails: E_QUOTA when less is left; others as db_run().
 */
enum err tenant_usage_take(struct db *db, int64_t tenant_id, int64_t batches,
    int64_t bytes, struct arena *arena, struct tenant_quota *ret_quota,
    struct diag *diag) MUST_CHECK;

/* It was not done after all; best effort. */
void tenant_usage_give_back(struct db *db, int64_t tenant_id, int64_t batches,
    int64_t bytes, struct arena *arena);

/* Remove what was counted more than 30 days ago, of all tenants. */
enum err tenant_usage_purge(struct db *db, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

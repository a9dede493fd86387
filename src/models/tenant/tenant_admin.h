/* SPDX-License-Identifier: MIT */
/*
 * Tenants as their operator sees them. All of it needs the role that owns the
 * tables and db_tenant(DB_EVERY_TENANT); the service's may only read tenants.
 */
#ifndef MODELS_TENANT_TENANT_ADMIN_H
#define MODELS_TENANT_TENANT_ADMIN_H

#include "adapters/db/db.h"

/*
 * Make a tenant. Needs: name of 1 to 100 characters.
 * Fails: E_CONFLICT: there is one of this name; others as db_run().
 */
enum err tenant_insert(struct db *db, struct span name, struct arena *arena,
    int64_t *ret_id, struct diag *diag) MUST_CHECK;

/* What tenant_list() gives of each. */
enum {
	TENANT_ID,
	TENANT_NAME,
	TENANT_ACTIVE,
	TENANT_CREATED_AT,
	TENANT_INTEGRATIONS,  /* active ones */
	TENANT_BATCHES,	      /* active ones */
	TENANT_DAILY_BATCHES, /* quotas; NULL: not limited */
	TENANT_DAILY_BYTES,
	TENANT_BATCHES_TODAY, /* of a tenant with a quota; since 00:00 UTC */
	TENANT_BYTES_TODAY,
	TENANT_COLUMNS
};

/* List one tenant, or (id 0) all. Fails: as db_run(). */
enum err tenant_list(struct db *db, int64_t id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* Fails: E_NO_ROW: there is no such tenant; others as db_run(). */
enum err tenant_set_active(struct db *db, int64_t id, bool active,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* The quotas that a tenant may have, each in a day of UTC. */
#define TENANT_QUOTA_BATCHES "etl_daily_batches"
#define TENANT_QUOTA_BYTES "etl_daily_bytes"

/*
 * Set a quota; below 0: take it away. Processes know within 30 seconds.
 * Fails: E_NO_ROW: there is no such tenant; others as db_run().
 */
enum err tenant_set_quota(struct db *db, int64_t id, const char *quota,
    int64_t most, struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

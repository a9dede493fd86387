/* SPDX-License-Identifier: MIT */
/*
 * What is paused: a tenant's batches and extractions, or a queue of everybody's.
 * Stores are accepted all the while.
 *
 * A worker that takes a message of a paused tenant lets it go and leaves the
 * batch pending, queued_at set: neither it nor the relay comes back to it. At
 * the resume the relay queues again whatever is pending of the tenant.
 */
#ifndef MODELS_TENANT_PAUSE_H
#define MODELS_TENANT_PAUSE_H

#include "adapters/db/db.h"

/* Is the tenant $1 paused? In a statement's WHERE. */
#define PAUSE_OF(tenant) \
	"EXISTS (SELECT FROM tenant_pauses AS tp WHERE tp.tenant_id = " tenant \
	" AND tp.resumed_at IS NULL)"

/* Those that are, as a statement. */
#define PAUSED_TENANTS \
	"SELECT tenant_id FROM tenant_pauses WHERE resumed_at IS NULL"

/*
 * Pause a tenant, unless it is; by: who says so.
 * Needs: the connection sees the tenant.
 * Fails: E_NO_ROW: there is no such tenant; others as db_run().
 */
enum err pause_tenant(struct db *db, int64_t tenant_id, struct span by,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* Let it go on, if it is paused. Fails: as db_run(). */
enum err pause_tenant_end(struct db *db, int64_t tenant_id, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/* Is it? Fails: as db_run(). */
enum err pause_of_tenant(struct db *db, int64_t tenant_id, struct arena *arena,
    bool *ret_paused, struct diag *diag) MUST_CHECK;

/*
 * Pause a queue, or let it go on; the same twice changes nothing.
 * Needs: queue: the name of a main queue. Fails: as db_run().
 */
enum err pause_queue(struct db *db, struct span queue, struct span by,
    struct arena *arena, struct diag *diag) MUST_CHECK;
enum err pause_queue_end(struct db *db, struct span queue, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/* What a row of pause_list() says. */
enum {
	PAUSE_QUEUE,  /* its name; NULL: it is a tenant's */
	PAUSE_TENANT, /* its id; NULL: it is a queue's */
	PAUSE_AT,     /* ISO 8601 */
	PAUSE_BY,
	PAUSE_COLUMNS
};

/*
 * All that is paused, queues first.
 * Needs: db_tenant(DB_EVERY_TENANT), or only that tenant's is seen.
 * Gives: rows of PAUSE_COLUMNS. Fails: as db_run().
 */
enum err pause_list(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* Where a sweep goes on: behind this batch. All 0: from the beginning. */
struct pause_place {
	int64_t tenant_id, id;
};

/*
 * Of tenants that go on: let at most `limit` batches that are pending be queued
 * again. A pause ends, as a row, when a sweep from the beginning finds none, some
 * seconds later.
 * Needs: db_tenant(DB_EVERY_TENANT).
 * Gives: *ret_count; *place: where the next one goes on.
 * Fails: as db_run(); *place is as it was.
 */
enum err pause_sweep(struct db *db, int64_t limit, struct pause_place *place,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

#endif

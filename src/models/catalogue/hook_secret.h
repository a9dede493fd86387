/* SPDX-License-Identifier: MIT */
/*
 * Secrets that the sources of an integration sign webhooks with. Two may be
 * valid at a time: the new one is added, the source is told, the old one is
 * removed. They are sealed for their integration (adapters/crypto/secret.h) by
 * whoever writes them.
 */
#ifndef MODELS_CATALOGUE_HOOK_SECRET_H
#define MODELS_CATALOGUE_HOOK_SECRET_H

#include "adapters/db/db.h"

/* So many may be valid at a time. */
#define HOOK_SECRETS_MAX 2

/* What a secret is sealed for. Lives: in the arena. */
struct span hook_secret_context(int64_t tenant_id, int64_t integration_id,
    struct arena *arena);

/*
 * Add one.
 *
 * Needs: an open transaction that has locked the integration
 *        (catalogue_lock), so that two at a time do not both find room.
 * Fails: E_CONFLICT when there are HOOK_SECRETS_MAX already.
 */
enum err hook_secret_insert(struct db *db, int64_t tenant_id,
    int64_t integration_id, struct span sealed, struct arena *arena,
    int64_t *ret_id, struct diag *diag) MUST_CHECK;

/* List those of an integration, oldest first, never the secrets themselves. */
enum { HOOK_SECRET_ID, HOOK_SECRET_CREATED_AT, HOOK_SECRET_COLUMNS };
enum err hook_secret_list(struct db *db, int64_t tenant_id,
    int64_t integration_id, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag) MUST_CHECK;

/* Remove one for good. Fails: E_NO_ROW. */
enum err hook_secret_remove(struct db *db, int64_t tenant_id,
    int64_t integration_id, int64_t id, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * Whose hooks come to an integration, and what they may be signed with: a row
 * for each secret, or one whose secret is NULL. No row: there is no active
 * integration of an active tenant.
 *
 * Needs: the scope of every tenant; the caller's is not known yet.
 */
enum { HOOK_OWNER_TENANT_ID, HOOK_OWNER_HAS_QUOTA, HOOK_OWNER_SECRET };
enum err hook_secret_find(struct db *db, int64_t integration_id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Lock all of every tenant: id, tenant_id, secret, integration_id.
 * Needs: an open transaction over every tenant.
 */
enum err hook_secret_all(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* Write one that was sealed anew. */
enum err hook_secret_set(struct db *db, int64_t tenant_id, int64_t id,
    struct span sealed, struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

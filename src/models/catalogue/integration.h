/* SPDX-License-Identifier: MIT */
/*
 * Where a tenant's data comes from, one row per account of a source. `provider`
 * is its name, once for each tenant; `product` is what the source is (jira,
 * github, ...), of which a tenant may have several. Its password
 * is sealed by who writes it (adapters/crypto/secret.h).
 */
#ifndef MODELS_CATALOGUE_INTEGRATION_H
#define MODELS_CATALOGUE_INTEGRATION_H

#include "models/catalogue/catalogue.h"

extern const struct catalogue integration_catalogue;

/*
 * The integration of a client that names none: of the active ones whose product
 * is jira that named Jira, else the first. Gives: *ret_id; 0: there is none.
 */
enum err integration_default(struct db *db, int64_t tenant_id,
    struct arena *arena, int64_t *ret_id, struct diag *diag) MUST_CHECK;

/*
 * Has the tenant this provider, in any case, besides the row `except` (0: all)?
 */
enum err integration_has_provider(struct db *db, int64_t tenant_id,
    struct span provider, int64_t except, struct arena *arena, bool *ret_has,
    struct diag *diag) MUST_CHECK;

/*
 * What an integration's password is sealed for: this row, and no other.
 * Lives: in the arena.
 */
struct span integration_secret_context(int64_t tenant_id, int64_t id,
    struct arena *arena);

/*
 * Lock all integrations that have a password: id, tenant_id, password.
 * Needs: an open transaction over every tenant.
 */
enum err integration_secrets(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * What is to be known of settings that were just written: how many characters
 * answers have of them, and what is wrong with them (migration 0015).
 *
 * Needs: the transaction that wrote them.
 * Gives: rows, the characters in each; member and flaw, or NULL where nothing
 *        is wrong; a member without a flaw is one there is, by its name.
 */
enum {
	INTEGRATION_SETTINGS_SIZE,
	INTEGRATION_SETTINGS_MEMBER,
	INTEGRATION_SETTINGS_FLAW
};
enum err integration_settings(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/* Write a password that was sealed anew. */
enum err integration_set_secret(struct db *db, int64_t tenant_id, int64_t id,
    struct span sealed, struct arena *arena, struct diag *diag) MUST_CHECK;

/* What refers to an integration. */
struct integration_referrers {
	int64_t batches;
	int64_t work_items;
	bool others; /* anything else */
};
enum err integration_referrers(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct integration_referrers *ret_referrers,
    struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Whether a tenant's integration is there and switched on: what a job asks
 * before it is queued.
 */
#ifndef MODELS_CATALOGUE_INTEGRATION_STATE_H
#define MODELS_CATALOGUE_INTEGRATION_STATE_H

#include "adapters/db/db.h"

/*
 * Fails: E_NO_INTEGRATION  the tenant has no such integration;
 *        E_INACTIVE        it is switched off; diag tells the client;
 *        others as db_run().
 */
enum err integration_check_active(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

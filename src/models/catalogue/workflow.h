/* SPDX-License-Identifier: MIT */
/*
 * The steps that work passes through; at most one of an integration is its
 * commitment point.
 */
#ifndef MODELS_CATALOGUE_WORKFLOW_H
#define MODELS_CATALOGUE_WORKFLOW_H

#include "models/catalogue/catalogue.h"

extern const struct catalogue workflow_catalogue;

/* What depends on a step, for catalogue_document(). */
extern const struct db_statement workflow_dependencies;

/*
 * Keep a step active until the transaction's end.
 * Gives: *ret_is_active; else it is missing or was deactivated.
 */
enum err workflow_keep(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, bool *ret_is_active, struct diag *diag) MUST_CHECK;

/*
 * Fails: E_EXISTS when another step than `except` (0: none) is the
 * integration's commitment point; the client is told which.
 */
enum err workflow_commitment(struct db *db, int64_t tenant_id,
    int64_t integration_id, int64_t except, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

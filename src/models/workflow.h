/*
 * The steps that work passes through; at most one of an integration is its
 * commitment point.
 */
#ifndef MODELS_WORKFLOW_H
#define MODELS_WORKFLOW_H

#include "models/catalogue.h"

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
 * Let go of a step that is to be removed: inactive mappings forget it.
 * Gives: *ret_users, how many active mappings use it and still do.
 */
enum err workflow_release(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, int64_t *ret_users, struct diag *diag) MUST_CHECK;

/* Give all mappings of a step to another one. Gives: *ret_count, how many. */
enum err workflow_move(struct db *db, int64_t tenant_id, int64_t id,
    int64_t target_id, struct arena *arena, int64_t *ret_count,
    struct diag *diag) MUST_CHECK;

#endif

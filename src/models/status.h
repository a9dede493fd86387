/*
 * Statuses as their source names them, and the mappings that give them common
 * names and a step of the workflow.
 */
#ifndef MODELS_STATUS_H
#define MODELS_STATUS_H

#include "models/catalogue.h"

extern const struct catalogue status_catalogue;
extern const struct catalogue status_mapping_catalogue;

/* What depends on a mapping, for catalogue_document(). */
extern const struct db_statement status_mapping_dependencies;

/* Apply a mapping to the statuses of its name; see remap.h. */
enum err status_mapping_apply(struct db *db, int64_t tenant_id,
    int64_t mapping_id, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Let go of a mapping that is to be removed: inactive statuses forget it.
 * Gives: *ret_users, how many active statuses use it and still do.
 */
enum err status_mapping_release(struct db *db, int64_t tenant_id,
    int64_t mapping_id, struct arena *arena, int64_t *ret_users,
    struct diag *diag) MUST_CHECK;

/*
 * Give all statuses of a mapping to another one. Gives: *ret_count, how many.
 * Fails: E_SYNTAX when the target is missing, inactive or the same.
 */
enum err status_mapping_move(struct db *db, int64_t tenant_id, int64_t id,
    int64_t target_id, struct arena *arena, int64_t *ret_count,
    struct diag *diag) MUST_CHECK;

#endif

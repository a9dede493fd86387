/* SPDX-License-Identifier: MIT */
/*
 * Work item types, the mappings that give them common names, and the levels
 * (hierarchies) these belong to.
 */
#ifndef MODELS_CATALOGUE_WIT_H
#define MODELS_CATALOGUE_WIT_H

#include "models/catalogue/catalogue.h"

extern const struct catalogue wit_catalogue;
extern const struct catalogue wit_mapping_catalogue;
extern const struct catalogue wit_hierarchy_catalogue;

/* What depends on a hierarchy, for catalogue_document(). */
extern const struct db_statement wit_hierarchy_dependencies;

/*
 * Find the active hierarchy of a level for a mapping (0: one that is made), and
 * keep it so until the transaction's end: the mapping's own, else one of this
 * integration, else any.
 * Fails: E_SYNTAX when there is none.
 */
enum err wit_hierarchy_of_level(struct db *db, int64_t tenant_id, int64_t level,
    int64_t integration_id, int64_t mapping_id, struct arena *arena,
    int64_t *ret_id, struct diag *diag) MUST_CHECK;

/* Keep a mapping's hierarchy active. Fails: E_SYNTAX when it is not. */
enum err wit_mapping_keep_hierarchy(struct db *db, int64_t tenant_id,
    int64_t mapping_id, struct arena *arena, struct diag *diag) MUST_CHECK;

/* How many mappings a hierarchy has. */
struct wit_dependents {
	int64_t active;
	int64_t inactive;
};
enum err wit_hierarchy_dependents(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct wit_dependents *ret_count, struct diag *diag)
    MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The entity types that are transformed (entity_type_rows.h): which
 * statements a batch is transformed and loaded by. A batch of any other type
 * goes by its mapping (models/catalogue/mapped_type.h); without one it is
 * stored and kept, and nothing more becomes of it.
 */
#ifndef MODELS_ENTITY_TYPE_H
#define MODELS_ENTITY_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct entity_type {
	const char *name;
	const char *statements; /* the .sql file, without its ending */
	const char *becomes;	/* what becomes of a batch, for people */
	bool is_mapped;		/* by a mapping: it is a target */
};

/* All of them, in the order of the table. */
extern const struct entity_type entity_types[];
extern const size_t entity_type_count;

/*
 * What the members of an object are called that hold a batch's items; see
 * docs/loading.md. Names end with NULL.
 */
extern const char *const entity_type_items[];

/*
 * The names of the types that have a load, by the name of its file.
 * Needs: room for entity_type_count of them. Gives: how many there are.
 */
size_t entity_type_with_load(const char *load, struct span *ret_names);

/* The type of that name; NULL: it is none of the service's own. */
const struct entity_type *entity_type_find(struct span name);

/* What mappings turn items into, as if it were a type; NULL: no target. */
const struct entity_type *entity_type_target(struct span name);

#endif

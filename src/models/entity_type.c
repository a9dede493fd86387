/* SPDX-License-Identifier: MIT */
#include "models/entity_type.h"

#include <string.h>

#include "base/cc.h"

const struct entity_type entity_types[] = {
#define ENTITY_TYPE(name, statements, becomes) \
	{ #name, #statements, becomes, false },
#include "models/entity_type_rows.h"
};
const size_t entity_type_count = COUNT(entity_types);

static const struct entity_type targets[] = {
#define TARGET(name, statements, becomes) { #name, #statements, becomes, true },
#include "models/entity_type_rows.h"
};

const char *const entity_type_items[] = {
#define ITEMS(member) member,
#include "models/entity_type_rows.h"
	NULL,
};

static const struct {
	const char *statements;
	const char *file;
} loads[] = {
#define LOAD(statements, file, ...) { #statements, #file },
#include "models/entity_type_rows.h"
};

const struct entity_type *
entity_type_find(struct span name)
{
	for (size_t i = 0; i < COUNT(entity_types); i++)
		if (span_is(name, entity_types[i].name))
			return &entity_types[i];
	return NULL;
}

const struct entity_type *
entity_type_target(struct span name)
{
	for (size_t i = 0; i < COUNT(targets); i++)
		if (span_is(name, targets[i].name))
			return &targets[i];
	return NULL;
}

/* Is it one of its loads? */
static bool
has_load(const struct entity_type *type, const char *load)
{
	for (size_t i = 0; i < COUNT(loads); i++)
		if (strcmp(loads[i].statements, type->statements) == 0 &&
		    strcmp(loads[i].file, load) == 0)
			return true;
	return false;
}

size_t
entity_type_with_load(const char *load, struct span *ret_names)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(entity_types); i++)
		if (has_load(&entity_types[i], load))
			ret_names[count++] = str_span(entity_types[i].name);
	return count;
}

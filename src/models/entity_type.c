#include "models/entity_type.h"

#include "base/cc.h"

const struct entity_type entity_types[] = {
#define ENTITY_TYPE(name, statements, becomes) \
	{ #name, #statements, becomes },
#include "models/entity_type_rows.h"
#undef ENTITY_TYPE
};
const size_t entity_type_count = COUNT(entity_types);

const struct entity_type *
entity_type_find(struct span name)
{
	for (size_t i = 0; i < COUNT(entity_types); i++)
		if (span_is(name, entity_types[i].name))
			return &entity_types[i];
	return NULL;
}

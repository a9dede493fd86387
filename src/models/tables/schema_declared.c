#include "models/tables/schema_declared.h"

#include "models/tables/column.h"

const struct schema_row schema_rows[] = {
#define TABLE(name) { SCHEMA_TABLE, #name, NULL, false },
#define COLUMN(name, type, null) \
	{ SCHEMA_COLUMN, #name, COLUMN_TYPE(type), COLUMN_NEEDED(null) },
#define DEFAULT(name, expression) \
	{ SCHEMA_DEFAULT, #name " = " expression, NULL, false },
#define KEY(definition) { SCHEMA_KEY, definition, NULL, false },
#define CHECK(definition) { SCHEMA_CHECK, definition, NULL, false },
#define INDEX(definition) { SCHEMA_INDEX, definition, NULL, false },
#define POLICY(definition) { SCHEMA_POLICY, definition, NULL, false },
#define TRIGGER(definition) { SCHEMA_TRIGGER, definition, NULL, false },
#define GRANT(definition) { SCHEMA_GRANT, definition, NULL, false },
#include "models/tables/schema_table.h"
};
const size_t schema_rows_count = COUNT(schema_rows);

#include "models/schema_rows.h"

#include "base/cc.h"

const struct schema_row schema_rows[] = {
#define TABLE(name) { SCHEMA_TABLE, name, NULL, false },
#define COL(name, type, needed) { SCHEMA_COLUMN, name, type, needed },
#define KEY(definition) { SCHEMA_KEY, definition, NULL, false },
#define INDEX(definition) { SCHEMA_INDEX, definition, NULL, false },
#include "models/schema_table.h"
#undef TABLE
#undef COL
#undef KEY
#undef INDEX
};
const size_t schema_rows_count = COUNT(schema_rows);

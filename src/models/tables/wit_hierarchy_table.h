/* The levels of work item types; i is a level's integration. */
#include "models/tables/row_words.h"

TABLE(wits_hierarchies)
SHOWN(id, INTEGER, NOT_NULL)
SHOWN(level_number, INTEGER, NOT_NULL)
SHOWN(level_name, VARCHAR, NOT_NULL)
SHOWN(description, VARCHAR, NULLABLE)
SHOWN(integration_id, INTEGER, NOT_NULL)
COMPUTED(integration_name, CHARS(50), NOT_NULL, "i.provider")
COMPUTED(integration_logo, CHARS(255), NULLABLE, "i.logo_filename")
SHOWN(active, BOOLEAN, NOT_NULL)
OWNED
KEY_OF_INTEGRATION
KEY("UNIQUE (tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (level_number)")

#include "models/tables/row_words_end.h"

/*
 * Common names of work item types; h is a mapping's hierarchy, and i its
 * integration.
 */
#include "models/tables/row_words.h"

TABLE(wits_mappings)
SHOWN(id, INTEGER, NOT_NULL)
SHOWN(wit_from, VARCHAR, NOT_NULL)
SHOWN(wit_to, VARCHAR, NOT_NULL)
COMPUTED(hierarchy_level, INTEGER, NOT_NULL, "h.level_number")
SHOWN(integration_id, INTEGER, NOT_NULL)
COMPUTED(integration_name, CHARS(50), NOT_NULL, "i.provider")
COMPUTED(integration_logo, CHARS(255), NULLABLE, "i.logo_filename")
SHOWN(active, BOOLEAN, NOT_NULL)
COLUMN(wits_hierarchy_id, INTEGER, NOT_NULL)
OWNED
KEY_OF_INTEGRATION
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, wits_hierarchy_id)"
    " REFERENCES wits_hierarchies(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (wit_from)")
INDEX("btree (wits_hierarchy_id)")

#include "models/tables/row_words_end.h"

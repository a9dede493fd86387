/* Work item types as their source names them. */
#include "models/tables/row_words.h"

TABLE(wits)
SHOWN(id, BIGINT, NOT_NULL)
ONCE(SHOWN(external_id, VARCHAR, NULLABLE))
GIVEN(SHOWN(original_name, VARCHAR, NOT_NULL))
DERIVED(SHOWN(description, VARCHAR, NULLABLE))
GIVEN(SHOWN(hierarchy_level, INTEGER, NOT_NULL))
DERIVED(SHOWN(wits_mapping_id, INTEGER, NULLABLE))
SHOWN(integration_id, INTEGER, NOT_NULL)
SHOWN(active, BOOLEAN, NOT_NULL)
COLUMN(column_ages, JSONB, NULLABLE)
OWNED
KEY_OF_INTEGRATION
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, wits_mapping_id)"
    " REFERENCES wits_mappings(tenant_id, id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (original_name)")

#include "models/tables/row_words_end.h"

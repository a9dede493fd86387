/* SPDX-License-Identifier: MIT */
/* Work item types as their source names them. */
#include "models/tables/row_words.h"

TABLE(wits)
REPORTED
OWNED(BIGINT)
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(original_name, VARCHAR, NOT_NULL))
DERIVED(COLUMN(description, VARCHAR, NULLABLE))
GIVEN(COLUMN(hierarchy_level, INTEGER, NOT_NULL))
DERIVED(COLUMN(wits_mapping_id, INTEGER, NULLABLE))
COLUMN(column_ages, JSONB, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, wits_mapping_id)"
    " REFERENCES wits_mappings(tenant_id, id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (original_name)")

#include "models/tables/row_words_end.h"

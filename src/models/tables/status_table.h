/* SPDX-License-Identifier: MIT */
/* Statuses as their source names them. */
#include "models/tables/row_words.h"

TABLE(statuses)
REPORTED
OWNED(BIGINT)
OF_INTEGRATION
ONCE(COLUMN(external_id, VARCHAR, NULLABLE))
GIVEN(COLUMN(original_name, VARCHAR, NOT_NULL))
GIVEN(COLUMN(description, VARCHAR, NULLABLE))
GIVEN(COLUMN(category, VARCHAR, NOT_NULL))
DERIVED(COLUMN(status_mapping_id, INTEGER, NULLABLE))
/* A trigger of 0013 sets it, the loads clear it. */
COLUMN(metrics_due, BOOLEAN, NOT_NULL)
DEFAULT(metrics_due, "false")
COLUMN(column_ages, JSONB, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (tenant_id, integration_id, external_id)")
KEY("FOREIGN KEY (tenant_id, status_mapping_id)"
    " REFERENCES statuses_mappings(tenant_id, id)")
INDEX("btree (integration_id)")
INDEX("btree (tenant_id)")
INDEX("btree (external_id)")
INDEX("btree (original_name)")
INDEX("btree (status_mapping_id)")
INDEX("btree (tenant_id, integration_id) WHERE metrics_due")
TRIGGER("metrics_due BEFORE UPDATE OF category, status_mapping_id ON statuses"
    " FOR EACH ROW WHEN (old.category::text IS DISTINCT FROM new.category::text"
    " OR old.status_mapping_id IS DISTINCT FROM new.status_mapping_id)"
    " EXECUTE FUNCTION statuses_metrics_due()")

#include "models/tables/row_words_end.h"

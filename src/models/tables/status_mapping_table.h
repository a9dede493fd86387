/* SPDX-License-Identifier: MIT */
/* Common names of statuses. */
#include "models/tables/row_words.h"

TABLE(statuses_mappings)
REPORTED
OWNED(INTEGER)
OF_INTEGRATION
COLUMN(status_from, VARCHAR, NOT_NULL)
COLUMN(status_to, VARCHAR, NOT_NULL)
COLUMN(status_category, VARCHAR, NOT_NULL)
COLUMN(workflow_id, INTEGER, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, workflow_id) REFERENCES workflows(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (workflow_id)")
INDEX("btree (status_from)")
TRIGGER("metrics_due AFTER UPDATE OF status_category, workflow_id, active ON"
    " statuses_mappings FOR EACH ROW WHEN (old.status_category::text IS DISTINCT"
    " FROM new.status_category::text OR old.workflow_id IS DISTINCT FROM"
    " new.workflow_id OR old.active IS DISTINCT FROM new.active)"
    " EXECUTE FUNCTION statuses_mappings_metrics_due()")

#include "models/tables/row_words_end.h"

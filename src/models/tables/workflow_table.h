/* SPDX-License-Identifier: MIT */
/* The steps of work. */
#include "models/tables/row_words.h"

TABLE(workflows)
REPORTED
OWNED(INTEGER)
OF_INTEGRATION
COLUMN(step_name, VARCHAR, NOT_NULL)
COLUMN(step_number, INTEGER, NULLABLE)
COLUMN(step_category, VARCHAR, NOT_NULL)
COLUMN(is_commitment_point, BOOLEAN, NOT_NULL)
DEFAULT(is_commitment_point, "false")
KEY("UNIQUE (tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (integration_id)")
INDEX("btree (is_commitment_point)")
INDEX("UNIQUE btree (tenant_id, integration_id) WHERE is_commitment_point")
TRIGGER("metrics_due AFTER UPDATE OF step_name, is_commitment_point, active ON"
    " workflows FOR EACH ROW WHEN (old.step_name::text IS DISTINCT FROM"
    " new.step_name::text OR old.is_commitment_point IS DISTINCT FROM"
    " new.is_commitment_point OR old.active IS DISTINCT FROM new.active)"
    " EXECUTE FUNCTION workflows_metrics_due()")

#include "models/tables/row_words_end.h"

/* The steps of work; i is a step's integration. */
#include "models/tables/row_words.h"

TABLE(workflows)
SHOWN(id, INTEGER, NOT_NULL)
SHOWN(step_name, VARCHAR, NOT_NULL)
SHOWN(step_number, INTEGER, NULLABLE)
SHOWN(step_category, VARCHAR, NOT_NULL)
SHOWN(is_commitment_point, BOOLEAN, NOT_NULL)
SHOWN(integration_id, INTEGER, NOT_NULL)
COMPUTED(integration_name, CHARS(50), NOT_NULL, "i.provider")
COMPUTED(integration_logo, CHARS(255), NULLABLE, "i.logo_filename")
SHOWN(active, BOOLEAN, NOT_NULL)
DEFAULT(is_commitment_point, "false")
OWNED
KEY_OF_INTEGRATION
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

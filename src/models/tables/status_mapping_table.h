/*
 * Common names of statuses; w is a mapping's workflow step, if it has one, and
 * i its integration.
 */
#include "models/tables/row_words.h"

TABLE(statuses_mappings)
SHOWN(id, INTEGER, NOT_NULL)
SHOWN(status_from, VARCHAR, NOT_NULL)
SHOWN(status_to, VARCHAR, NOT_NULL)
SHOWN(status_category, VARCHAR, NOT_NULL)
COMPUTED(workflow_step_name, VARCHAR, NULLABLE, "w.step_name")
SHOWN(workflow_id, INTEGER, NULLABLE)
COMPUTED(step_number, INTEGER, NULLABLE, "w.step_number")
COMPUTED(integration_name, CHARS(50), NOT_NULL, "i.provider")
SHOWN(integration_id, INTEGER, NOT_NULL)
COMPUTED(integration_logo, CHARS(255), NULLABLE, "i.logo_filename")
SHOWN(active, BOOLEAN, NOT_NULL)
OWNED
KEY_OF_INTEGRATION
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

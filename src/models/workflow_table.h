/* The steps of work; i is a step's integration. */
#include "models/begin_table.h"

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

#include "models/end_table.h"

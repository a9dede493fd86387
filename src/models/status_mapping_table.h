/*
 * The columns of statuses_mappings that answers show, in their order; w is its
 * workflow, if it has one, i its integration.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("status_from", TEXT, NOT_NULL, "t.status_from")
COLUMN("status_to", TEXT, NOT_NULL, "t.status_to")
COLUMN("status_category", TEXT, NOT_NULL, "t.status_category")
COLUMN("workflow_step_name", TEXT, NULLABLE, "w.step_name")
COLUMN("workflow_id", INT, NULLABLE, "t.workflow_id")
COLUMN("step_number", INT, NULLABLE, "w.step_number")
COLUMN("integration_name", TEXT, NOT_NULL, "i.provider")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("integration_logo", TEXT, NULLABLE, "i.logo_filename")
COLUMN("active", BOOL, NOT_NULL, "t.active")

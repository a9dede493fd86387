/*
 * The columns of workflows that answers show, in their order; i is its
 * integration.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("step_name", TEXT, NOT_NULL, "t.step_name")
COLUMN("step_number", INT, NULLABLE, "t.step_number")
COLUMN("step_category", TEXT, NOT_NULL, "t.step_category")
COLUMN("is_commitment_point", BOOL, NOT_NULL, "t.is_commitment_point")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("integration_name", TEXT, NOT_NULL, "i.provider")
COLUMN("integration_logo", TEXT, NULLABLE, "i.logo_filename")
COLUMN("active", BOOL, NOT_NULL, "t.active")

/*
 * The columns of statuses that answers show, in their order.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("external_id", TEXT, NULLABLE, "t.external_id")
COLUMN("original_name", TEXT, NOT_NULL, "t.original_name")
COLUMN("description", TEXT, NULLABLE, "t.description")
COLUMN("status_category", TEXT, NOT_NULL, "t.category")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("active", BOOL, NOT_NULL, "t.active")

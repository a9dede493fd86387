/*
 * The columns of projects that answers show, in their order.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("external_id", TEXT, NULLABLE, "t.external_id")
COLUMN("key", TEXT, NOT_NULL, "t.key")
COLUMN("name", TEXT, NOT_NULL, "t.name")
COLUMN("project_type", TEXT, NULLABLE, "t.project_type")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("active", BOOL, NOT_NULL, "t.active")

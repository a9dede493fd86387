/*
 * The columns of wits_hierarchies that answers show, in their order; i is its
 * integration.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("level_number", INT, NOT_NULL, "t.level_number")
COLUMN("level_name", TEXT, NOT_NULL, "t.level_name")
COLUMN("description", TEXT, NULLABLE, "t.description")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("integration_name", TEXT, NOT_NULL, "i.provider")
COLUMN("integration_logo", TEXT, NULLABLE, "i.logo_filename")
COLUMN("active", BOOL, NOT_NULL, "t.active")

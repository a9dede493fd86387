/*
 * The columns of wits_mappings that answers show, in their order; h is its
 * hierarchy, i its integration.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("wit_from", TEXT, NOT_NULL, "t.wit_from")
COLUMN("wit_to", TEXT, NOT_NULL, "t.wit_to")
COLUMN("hierarchy_level", INT, NOT_NULL, "h.level_number")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("integration_name", TEXT, NOT_NULL, "i.provider")
COLUMN("integration_logo", TEXT, NULLABLE, "i.logo_filename")
COLUMN("active", BOOL, NOT_NULL, "t.active")

/*
 * The columns of wits that answers show, in their order.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("external_id", TEXT, NULLABLE, "t.external_id")
COLUMN("original_name", TEXT, NOT_NULL, "t.original_name")
COLUMN("description", TEXT, NULLABLE, "t.description")
COLUMN("hierarchy_level", INT, NOT_NULL, "t.hierarchy_level")
COLUMN("wits_mapping_id", INT, NULLABLE, "t.wits_mapping_id")
COLUMN("integration_id", INT, NOT_NULL, "t.integration_id")
COLUMN("active", BOOL, NOT_NULL, "t.active")

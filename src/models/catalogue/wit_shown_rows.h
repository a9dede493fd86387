/* SPDX-License-Identifier: MIT */
/* What answers show of a work item type. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(external_id, TEXT, NULLABLE, "t.external_id")
SHOWN(original_name, TEXT, NOT_NULL, "t.original_name")
SHOWN(description, TEXT, NULLABLE, "t.description")
SHOWN(hierarchy_level, INT, NOT_NULL, "t.hierarchy_level")
SHOWN(wits_mapping_id, INT, NULLABLE, "t.wits_mapping_id")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(active, BOOL, NOT_NULL, "t.active")

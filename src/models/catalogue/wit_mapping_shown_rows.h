/* SPDX-License-Identifier: MIT */
/*
 * What answers show of a work item type mapping; h is its hierarchy, and i its
 * integration.
 */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(wit_from, TEXT, NOT_NULL, "t.wit_from")
SHOWN(wit_to, TEXT, NOT_NULL, "t.wit_to")
SHOWN(hierarchy_level, INT, NOT_NULL, "h.level_number")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(integration_name, TEXT, NOT_NULL, "i.provider")
SHOWN(integration_logo, TEXT, NULLABLE, "i.logo_filename")
SHOWN(active, BOOL, NOT_NULL, "t.active")

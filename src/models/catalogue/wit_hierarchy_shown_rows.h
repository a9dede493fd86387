/* SPDX-License-Identifier: MIT */
/* What answers show of a hierarchy; i is its integration. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(level_number, INT, NOT_NULL, "t.level_number")
SHOWN(level_name, TEXT, NOT_NULL, "t.level_name")
SHOWN(description, TEXT, NULLABLE, "t.description")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(integration_name, TEXT, NOT_NULL, "i.provider")
SHOWN(integration_logo, TEXT, NULLABLE, "i.logo_filename")
SHOWN(active, BOOL, NOT_NULL, "t.active")

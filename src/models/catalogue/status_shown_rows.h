/* SPDX-License-Identifier: MIT */
/* What answers show of a status. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(external_id, TEXT, NULLABLE, "t.external_id")
SHOWN(original_name, TEXT, NOT_NULL, "t.original_name")
SHOWN(description, TEXT, NULLABLE, "t.description")
SHOWN(status_category, TEXT, NOT_NULL, "t.category")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(active, BOOL, NOT_NULL, "t.active")

/* SPDX-License-Identifier: MIT */
/* What answers show of a project, besides its types and statuses. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(external_id, TEXT, NULLABLE, "t.external_id")
SHOWN(key, TEXT, NOT_NULL, "t.key")
SHOWN(name, TEXT, NOT_NULL, "t.name")
SHOWN(project_type, TEXT, NULLABLE, "t.project_type")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(active, BOOL, NOT_NULL, "t.active")

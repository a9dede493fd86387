/* SPDX-License-Identifier: MIT */
/* What answers show of a workflow step; i is its integration. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(step_name, TEXT, NOT_NULL, "t.step_name")
SHOWN(step_number, INT, NULLABLE, "t.step_number")
SHOWN(step_category, TEXT, NOT_NULL, "t.step_category")
SHOWN(is_commitment_point, BOOL, NOT_NULL, "t.is_commitment_point")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(integration_name, TEXT, NOT_NULL, "i.provider")
SHOWN(integration_logo, TEXT, NULLABLE, "i.logo_filename")
SHOWN(active, BOOL, NOT_NULL, "t.active")

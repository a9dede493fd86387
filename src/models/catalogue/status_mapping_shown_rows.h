/* SPDX-License-Identifier: MIT */
/*
 * What answers show of a status mapping; w is its workflow step, if it has one,
 * and i its integration.
 */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(status_from, TEXT, NOT_NULL, "t.status_from")
SHOWN(status_to, TEXT, NOT_NULL, "t.status_to")
SHOWN(status_category, TEXT, NOT_NULL, "t.status_category")
SHOWN(workflow_step_name, TEXT, NULLABLE, "w.step_name")
SHOWN(workflow_id, INT, NULLABLE, "t.workflow_id")
SHOWN(step_number, INT, NULLABLE, "w.step_number")
SHOWN(integration_name, TEXT, NOT_NULL, "i.provider")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(integration_logo, TEXT, NULLABLE, "i.logo_filename")
SHOWN(active, BOOL, NOT_NULL, "t.active")

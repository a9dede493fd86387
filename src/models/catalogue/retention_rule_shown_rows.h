/* SPDX-License-Identifier: MIT */
/* What answers show of a retention rule. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(entity_type, TEXT, NULLABLE, "t.entity_type")
SHOWN(processing_status, TEXT, NOT_NULL, "t.processing_status")
SHOWN(keep_days, INT, NOT_NULL, "t.keep_days")
SHOWN(keep_newest, INT, NOT_NULL, "t.keep_newest")
SHOWN(action, TEXT, NOT_NULL, "t.action")
SHOWN(shared, BOOL, NOT_NULL, "(t.tenant_id IS NULL)")
SHOWN(active, BOOL, NOT_NULL, "t.active")

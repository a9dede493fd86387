/* SPDX-License-Identifier: MIT */
/* What answers show of an entity type of a tenant's own. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(name, TEXT, NOT_NULL, "t.name")
SHOWN(items_path, TEXT, NOT_NULL, "t.items_path")
SHOWN(key_path, TEXT, NOT_NULL, "t.key_path")
SHOWN(updated_path, TEXT, NULLABLE, "t.updated_path")
SHOWN(target, TEXT, NOT_NULL, "t.target")
SHOWN(columns, JSON, NOT_NULL, "t.columns")
SHOWN(shared, BOOL, NOT_NULL, "(t.tenant_id IS NULL)")
SHOWN(active, BOOL, NOT_NULL, "t.active")

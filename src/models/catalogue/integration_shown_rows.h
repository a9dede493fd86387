/* SPDX-License-Identifier: MIT */
/* What answers show of an integration; never its secret. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(name, TEXT, NOT_NULL, "t.provider")
SHOWN(product, TEXT, NOT_NULL, "t.product")
SHOWN(integration_type, TEXT, NOT_NULL, "t.type")
SHOWN(base_url, TEXT, NULLABLE, "t.base_url")
SHOWN(username, TEXT, NULLABLE, "t.username")
SHOWN(settings, MAP, NOT_NULL, "t.settings")
SHOWN(logo_filename, TEXT, NULLABLE, "t.logo_filename")
SHOWN(active, BOOL, NOT_NULL, "t.active")
SHOWN(refused_at, STAMP, NULLABLE, "t.refused_at")
/*
 * The newest batch is the first row of an index backwards; with a plain = the
 * planner rather walks the primary key, past all that came since.
 */
SHOWN(last_sync_at, STAMP, NULLABLE,
    "(SELECT r.created_at FROM raw_extraction_data AS r"
    " WHERE r.tenant_id = t.tenant_id"
    " AND r.integration_id BETWEEN t.id AND t.id"
    " ORDER BY r.integration_id DESC, r.id DESC LIMIT 1)")

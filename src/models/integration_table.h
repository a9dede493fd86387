/*
 * The columns of integrations that answers show, in their order; never its
 * secret. The newest batch is the first row of an index backwards; with a plain
 * = and max() the planner rather walks the index on created_at, past all that
 * came since.
 */
COLUMN("id", INT, NOT_NULL, "t.id")
COLUMN("name", TEXT, NOT_NULL, "t.provider")
COLUMN("integration_type", TEXT, NOT_NULL, "t.type")
COLUMN("base_url", TEXT, NULLABLE, "t.base_url")
COLUMN("username", TEXT, NULLABLE, "t.username")
COLUMN("settings", JSON, NOT_NULL, "t.settings")
COLUMN("logo_filename", TEXT, NULLABLE, "t.logo_filename")
COLUMN("active", BOOL, NOT_NULL, "t.active")
COLUMN("last_sync_at", TEXT, NULLABLE,
    "(SELECT to_char(r.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    " FROM raw_extraction_data AS r WHERE r.tenant_id = t.tenant_id"
    " AND r.integration_id BETWEEN t.id AND t.id"
    " ORDER BY r.integration_id DESC, r.created_at DESC LIMIT 1)")

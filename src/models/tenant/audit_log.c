/* SPDX-License-Identifier: MIT */
#include "models/tenant/audit_log.h"

enum err
audit_log_insert(struct db *db, const struct audit_entry *entry,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "audit_log_insert",
		.changes = true,
		.sql =
		    "INSERT INTO audit_log (tenant_id, who, action, row_id,"
		    " request_id) SELECT id, left(COALESCE($2,"
		    " 'role:' || session_user), 300), $3, NULLIF($4, 0), $5"
		    " FROM tenants WHERE id = $1::bigint OR $1::bigint = 0",
	};
	struct db_params params = { 0 };

	db_add_int(&params, entry->tenant_id);
	db_add_text(&params, str_span(entry->who));
	db_add_text(&params, str_span(entry->action));
	db_add_int(&params, entry->row_id);
	db_add_text(&params, str_span(entry->request_id));
	return db_change(db, &statement, &params, arena, NULL, diag);
}

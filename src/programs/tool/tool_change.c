/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_change.h"

void
tool_change_of_tenant(const struct tool *tool, int64_t tenant_id)
{
	if (tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	db_tenant(tool->db, tenant_id);
}

enum err
tool_change_begin(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct diag *diag)
{
	enum err rc = catalogue_begin(tool->db, tenant_id, tool->arena, diag);

	if (rc != E_OK)
		return rc;
	rc = catalogue_lock(tool->db, catalogue, tenant_id, id, false,
	    tool->arena, diag);
	if (rc != E_OK)
		db_rollback(tool->db);
	return rc;
}

enum err
tool_change_end(struct tool *tool, enum err so_far, const char *what,
    const char *action, int64_t tenant_id, int64_t row_id, struct diag *diag)
{
	enum err rc = so_far;

	if (rc == E_OK)
		rc = tool_audit(tool, tenant_id, action, row_id, diag);
	if (rc == E_OK)
		return db_commit(tool->db, diag);
	db_rollback(tool->db);
	return tool_explain(rc, what, diag);
}

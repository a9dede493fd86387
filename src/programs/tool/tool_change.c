/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_change.h"

#include <string.h>

#include "http/etag.h"

void
tool_change_of_tenant(const struct tool *tool, int64_t tenant_id)
{
	if (tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	db_tenant(tool->db, tenant_id);
}

const char *
tool_change_version(const struct tool *tool)
{
	if (optarg[0] == '\0' ||
	    strspn(optarg, "0123456789abcdefghijklmnopqrstuvwxyz-") !=
		strlen(optarg))
		tool_usage(tool,
		    "--if-match takes a version, as %s show prints it",
		    tool->row->group);
	return optarg;
}

enum err
tool_change_check(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const char *if_match, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	if (if_match == NULL)
		return E_OK;
	if (id == 0)
		return diag_set(diag, E_PRECONDITION,
		    "There is no such %s any more: --if-match names one",
		    catalogue->noun);
	rc = catalogue_get(tool->db, catalogue, tenant_id, id, tool->arena,
	    &rows, diag);
	if (rc == E_OK &&
	    !etag_allows(str_span(if_match),
		catalogue_version(catalogue, rows, 0)))
		return diag_set(diag, E_PRECONDITION,
		    "The %s was changed since the version that --if-match"
		    " names: read it again",
		    catalogue->noun);
	return rc;
}

enum err
tool_change_begin(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const char *if_match, struct diag *diag)
{
	enum err rc = catalogue_begin(tool->db, tenant_id, tool->arena, diag);

	if (rc != E_OK)
		return rc;
	rc = catalogue_lock(tool->db, catalogue, tenant_id, id, false,
	    tool->arena, diag);
	if (rc == E_OK)
		rc = tool_change_check(tool, catalogue, tenant_id, id, if_match,
		    diag);
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

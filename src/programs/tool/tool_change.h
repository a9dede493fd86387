/* SPDX-License-Identifier: MIT */
/*
 * How the commands of pulse-etl change what a tenant has: in a transaction that
 * ends with its row of audit_log, both or neither.
 */
#ifndef PROGRAMS_TOOL_TOOL_CHANGE_H
#define PROGRAMS_TOOL_TOOL_CHANGE_H

#include "models/catalogue/catalogue.h"
#include "programs/tool/tool.h"

/* --tenant's number; 0, it was not given, ends the program. */
void tool_change_of_tenant(const struct tool *tool, int64_t tenant_id);

/*
 * Begin to change a row, which is locked.
 * Fails: E_NO_ROW, and as db_run(): then there is no transaction.
 */
enum err tool_change_begin(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, struct diag *diag) MUST_CHECK;

/*
 * End the transaction: commit what went well so far, with its audit, or take
 * all of it back.
 *
 * Needs: what: is changed, for tool_explain(); action, tenant_id and row_id: as
 *        tool_audit().
 */
enum err tool_change_end(struct tool *tool, enum err so_far, const char *what,
    const char *action, int64_t tenant_id, int64_t row_id, struct diag *diag)
    MUST_CHECK;

#endif

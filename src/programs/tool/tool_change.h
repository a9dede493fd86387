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
 * --if-match's version of a row, as show has it, or the whole ETag of a route;
 * what cannot be one ends the program.
 */
const char *tool_change_version(const struct tool *tool);

/*
 * Is the row of this id (0: there is none) of the version that --if-match names?
 * Without one (NULL) any will do.
 *
 * Needs: a transaction in which nobody else changes it.
 * Fails: E_PRECONDITION: it is not; as catalogue_get().
 */
enum err tool_change_check(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const char *if_match, struct diag *diag)
    MUST_CHECK;

/*
 * Begin to change a row, which is locked, and is of this version (NULL: any).
 * Fails: E_NO_ROW, E_PRECONDITION, and as db_run(): then there is no transaction.
 */
enum err tool_change_begin(struct tool *tool, const struct catalogue *catalogue,
    int64_t tenant_id, int64_t id, const char *if_match, struct diag *diag)
    MUST_CHECK;

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

/* SPDX-License-Identifier: MIT */
/*
 * Logins that read the schema report, and whose rows they see: report.logins.
 * All of it needs the role that owns the tables; admitting one needs CREATEROLE,
 * too.
 */
#ifndef MODELS_REPORT_REPORT_LOGIN_H
#define MODELS_REPORT_REPORT_LOGIN_H

#include "adapters/db/db.h"

/* What PostgreSQL keeps of a name (NAMEDATALEN), bytes. */
#define REPORT_LOGIN_MAX 63

/*
 * Let a login read the rows of a tenant, and of no other any more; it is made
 * where there is none. verifier: of its password, as PostgreSQL keeps it;
 * SPAN_NONE leaves it as it is.
 *
 * Fails: E_CONFLICT: it could read more than that, and the operator is told
 *        why; E_NO_ROW: there is no such tenant; others as db_run().
 */
enum err report_login_admit(struct db *db, struct span login, int64_t tenant_id,
    struct span verifier, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Let a login read nothing any more. Gives: *ret_tenant_id, whose rows it saw.
 * Fails: E_NO_ROW: it is no reader.
 */
enum err report_login_dismiss(struct db *db, struct span login,
    struct arena *arena, int64_t *ret_tenant_id, struct diag *diag) MUST_CHECK;

/* List them: login, tenant_id, the tenant's name, created_at, whether the role
 * is still there. */
enum err report_login_list(struct db *db, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
#include "models/report/report_login.h"

#include <string.h>

enum err
report_login_admit(struct db *db, struct span login, int64_t tenant_id,
    struct span verifier, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "report_login_admit",
		.changes = true,
		.sql = "SELECT report.admit($1::name, $2::integer, $3)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, login);
	db_add_int(&params, tenant_id);
	db_add_text(&params, verifier);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_DB && strcmp(diag->sqlstate, "0LP01") == 0)
		diag->code = rc = E_CONFLICT;
	else if (rc == E_DB && strcmp(diag->sqlstate, "P0002") == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no active tenant %lld: pulse-etl tenant list",
		    (long long)tenant_id);
	return rc;
}

enum err
report_login_dismiss(struct db *db, struct span login, struct arena *arena,
    int64_t *ret_tenant_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "report_login_dismiss",
		.changes = true,
		.sql =
		    "SELECT tenant_id FROM report.logins AS l"
		    " CROSS JOIN LATERAL report.dismiss(l.login) AS d"
		    " WHERE l.login = $1::name",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_text(&params, login);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "%.*s is no reader: pulse-etl report list",
		    SPAN_ARG(login));
	if (rc == E_OK)
		*ret_tenant_id = db_int(rows, 0, 0);
	return rc;
}

enum err
report_login_list(struct db *db, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "report_login_list",
		.sql =
		    "SELECT l.login::text, l.tenant_id, t.name, to_char("
		    "l.created_at, 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'),"
		    " COALESCE(r.rolcanlogin, false) FROM report.logins AS l"
		    " JOIN tenants AS t ON t.id = l.tenant_id"
		    " LEFT JOIN pg_roles AS r ON r.rolname = l.login"
		    " ORDER BY l.login",
	};

	return db_run(db, &statement, NULL, arena, ret_rows, diag);
}

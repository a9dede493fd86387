/* SPDX-License-Identifier: MIT */
/* Statements of which one row, one value or only a count is of interest. */
#include "adapters/db/db.h"

enum err
db_get_row(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
	enum err rc = db_run(db, statement, params, arena, ret_rows, diag);

	if (rc == E_OK && db_rows_count(*ret_rows) == 0)
		return diag_set(diag, E_NO_ROW, "%s gave no row",
		    statement->name == NULL ? "a statement" : statement->name);
	return rc;
}

enum err
db_get_int(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, int64_t *ret_number,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = db_get_row(db, statement, params, arena, &rows, diag);

	if (rc == E_OK)
		*ret_number = db_int(rows, 0, 0);
	return rc;
}

enum err
db_get_bool(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, bool *ret_is_true,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = db_get_row(db, statement, params, arena, &rows, diag);

	if (rc == E_OK)
		*ret_is_true = db_bool(rows, 0, 0);
	return rc;
}

enum err
db_change(struct db *db, const struct db_statement *statement,
    const struct db_params *params, struct arena *arena, int64_t *ret_count,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = db_run(db, statement, params, arena, &rows, diag);

	if (rc == E_OK && ret_count != NULL)
		*ret_count = db_rows_affected(rows);
	return rc;
}

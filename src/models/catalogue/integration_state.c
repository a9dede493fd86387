/* SPDX-License-Identifier: MIT */
#include "models/catalogue/integration_state.h"

enum err
integration_check_active(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "integration_check_active",
		.sql =
		    "SELECT active FROM integrations"
		    " WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };
	bool active;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_get_bool(db, &statement, &params, arena, &active, diag);
	if (rc == E_NO_ROW)
		return diag_tell(diag, E_NO_INTEGRATION,
		    "There is no such integration");
	if (rc == E_OK && !active)
		return diag_tell(diag, E_INACTIVE,
		    "The integration is not active: activate it first");
	return rc;
}

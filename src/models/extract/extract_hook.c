/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_hook.h"

/*
 * A hook comes soon after its change, and a search may see that late: changes of
 * the quarter of an hour before the first hook are read.
 */
enum err
extract_hook_note(struct db *db, const struct extract_hook *hook,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_hook_note",
		.changes = true,
		.sql =
		    "INSERT INTO extract_runs AS r (tenant_id, integration_id,"
		    " job_type, job_params, from_at, state, resume_at)"
		    " SELECT i.tenant_id, i.id, $4, jsonb_build_object("
		    "$5::text, jsonb_build_array($6::text)),"
		    " now() - interval '15 minutes', 'waiting',"
		    " now() + $7 * interval '1 second'"
		    " FROM integrations AS i WHERE i.tenant_id = $1"
		    " AND i.id = $2 AND i.active AND i.password IS NOT NULL"
		    " AND position($3 in i.product) > 0"
		    " ON CONFLICT (tenant_id, integration_id, job_type)"
		    " WHERE active DO UPDATE SET job_params = jsonb_set("
		    "r.job_params, ARRAY[$5::text],"
		    " (r.job_params->$5::text) || jsonb_build_array($6::text)),"
		    " last_updated_at = now()"
		    " WHERE r.started_at IS NULL"
		    " AND NOT (r.job_params->$5::text) ? $6::text"
		    " AND jsonb_array_length(r.job_params->$5::text) < 1000",
	};
	struct db_params params = { 0 };

	db_add_int(&params, hook->tenant_id);
	db_add_int(&params, hook->integration_id);
	db_add_text(&params, str_span(hook->source));
	db_add_text(&params, str_span(hook->job_type));
	db_add_text(&params, str_span(hook->parts));
	db_add_text(&params, hook->part);
	db_add_int(&params, hook->delay);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_hook.h"

enum err
extract_hook_note(struct db *db, const struct extract_hook *hook,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_hook_note",
		.changes = true,
		.sql =
		    "INSERT INTO extract_runs AS r (tenant_id, integration_id,"
		    " job_type, job_params, state, resume_at)"
		    " SELECT i.tenant_id, i.id, $4, jsonb_build_object("
		    "$5::text, jsonb_build_array($6::text)), 'waiting',"
		    " now() + $7 * interval '1 second'"
		    " FROM integrations AS i WHERE i.tenant_id = $1"
		    " AND i.id = $2 AND i.active AND i.password IS NOT NULL"
		    " AND position($3 in i.product) > 0"
		    " AND CASE WHEN jsonb_typeof(i.settings->$8::text)"
		    " = 'array' AND i.settings->$8::text <> '[]'"
		    " THEN lower($9) IN (SELECT lower(n) FROM"
		    " jsonb_array_elements_text(i.settings->$8::text)"
		    " AS u (n)) ELSE true END"
		    " ON CONFLICT (tenant_id, integration_id, job_type)"
		    " WHERE active DO UPDATE SET job_params = CASE"
		    " WHEN r.started_at IS NULL THEN r.job_params ||"
		    " jsonb_build_object($5::text, COALESCE("
		    "r.job_params->$5::text, '[]') || jsonb_build_array("
		    "$6::text)) ELSE r.job_params END,"
		    " late = CASE WHEN r.started_at IS NULL THEN r.late"
		    " ELSE r.late || $6::varchar END"
		    " WHERE CASE WHEN r.started_at IS NULL"
		    " THEN NOT COALESCE(r.job_params->$5::text, '[]')"
		    " ? $6::text AND COALESCE(jsonb_array_length("
		    "r.job_params->$5::text), 0) < $10"
		    " ELSE $6::varchar <> ALL (r.late)"
		    " AND cardinality(r.late) < $10 END",
	};
	struct db_params params = { 0 };

	db_add_int(&params, hook->tenant_id);
	db_add_int(&params, hook->integration_id);
	db_add_text(&params, str_span(hook->source));
	db_add_text(&params, str_span(hook->job_type));
	db_add_text(&params, str_span(hook->names));
	db_add_text(&params, hook->name);
	db_add_int(&params, hook->delay);
	db_add_text(&params, str_span(hook->parts));
	db_add_text(&params, hook->part);
	db_add_int(&params, EXTRACT_HOOK_NAMES);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

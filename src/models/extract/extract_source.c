/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_source.h"

enum err
extract_source_get(struct db *db, int64_t tenant_id, int64_t integration_id,
    struct arena *arena, struct extract_source *ret_source, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_source_get",
		.sql =
		    "SELECT product, base_url, username, password,"
		    " settings->>'deployment',"
		    " CASE jsonb_typeof(settings->'custom_fields')"
		    " WHEN 'object' THEN settings->>'custom_fields'"
		    " WHEN 'array' THEN (SELECT jsonb_object_agg("
		    "e->>'field', e->>'column')::text FROM"
		    " jsonb_array_elements(settings->'custom_fields') AS e"
		    " WHERE e->>'field' IS NOT NULL) END, settings->>'app_id',"
		    " settings->>'installation_id' FROM integrations"
		    " WHERE tenant_id = $1 AND id = $2::bigint",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc == E_NO_ROW)
		return diag_tell(diag, rc, "There is no such integration");
	if (rc != E_OK)
		return rc;
	*ret_source = (struct extract_source){
		.tenant_id = tenant_id,
		.integration_id = integration_id,
		.product = db_text(rows, 0, 0),
		.base_url = db_text(rows, 0, 1),
		.username = db_text(rows, 0, 2),
		.password = db_text(rows, 0, 3),
		.deployment = db_text(rows, 0, 4),
		.custom_fields = db_text(rows, 0, 5),
		.app_id = db_text(rows, 0, 6),
		.installation_id = db_text(rows, 0, 7),
	};
	return E_OK;
}

enum err
extract_source_map(struct db *db, int64_t tenant_id, int64_t integration_id,
    struct span field, struct span column, struct arena *arena,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_source_map",
		.changes = true,
		.sql =
		    "UPDATE integrations SET settings = settings ||"
		    " jsonb_build_object('custom_fields', CASE"
		    /* A list keeps its order, which counts. */
		    " WHEN jsonb_typeof(settings->'custom_fields') = 'array'"
		    " THEN (SELECT COALESCE(jsonb_agg(e.item ORDER BY e.place),"
		    " '[]') FROM jsonb_array_elements("
		    "settings->'custom_fields') WITH ORDINALITY AS"
		    " e (item, place)"
		    " WHERE e.item->>'field' IS DISTINCT FROM $3::text)"
		    " || CASE WHEN $4 = '' THEN '[]' ELSE"
		    " jsonb_build_array(jsonb_build_object("
		    "'field', $3::text, 'column', $4::text)) END"
		    " WHEN $4 = ''"
		    " THEN COALESCE(settings->'custom_fields', '{}')"
		    " - $3::text ELSE COALESCE(settings->'custom_fields', '{}')"
		    " || jsonb_build_object($3::text, $4::text) END),"
		    " last_updated_at = now() WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	db_add_int(&params, integration_id);
	db_add_text(&params, field);
	db_add_text(&params, column);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

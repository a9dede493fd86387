/* SPDX-License-Identifier: MIT */
#include "models/catalogue/mapped_trial.h"

#include "models/batch/raw_batch.h"

enum err
mapped_trial_begin(struct db *db, struct span document, struct arena *arena,
    struct transform_job *job, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "mapped_trial_begin",
		.sql =
		    "SELECT integration_id, entity_type,"
		    " COALESCE($3::text::jsonb->>'target', 'records'),"
		    " set_config('app.mapping', $3, true)"
		    " FROM raw_extraction_data"
		    " WHERE tenant_id = $1 AND id = $2 AND active",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, job->tenant_id);
	db_add_int(&params, job->raw_data_id);
	db_add_text(&params, document);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return raw_batch_tell_absent(diag);
	job->integration_id = db_int(rows, 0, 0);
	job->entity_type = db_text(rows, 0, 1);
	job->type = entity_type_target(db_text(rows, 0, 2));
	return E_OK;
}

#define FIRST_ITEMS \
	"(SELECT external_id FROM etl_mapped_newest($1, $2, $3)" \
	" ORDER BY external_id COLLATE \"C\" LIMIT $4) AS n"

enum err
mapped_trial_rows(struct db *db, const struct transform_job *job, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	static const struct db_statement records = {
		.name = "mapped_trial_records",
		.sql =
		    "SELECT r.row FROM " FIRST_ITEMS
		    " CROSS JOIN LATERAL"
		    " (SELECT jsonb_build_object('external_id', t.external_id,"
		    " 'updated', t.updated, 'fields', t.fields) AS row"
		    " FROM records AS t WHERE t.tenant_id::bigint = $1"
		    " AND t.integration_id = $2 AND t.entity_type = $5"
		    " AND t.external_id = n.external_id LIMIT 1) AS r"
		    " ORDER BY n.external_id COLLATE \"C\"",
	};
	static const struct db_statement work_items = {
		.name = "mapped_trial_work_items",
		.sql =
		    "SELECT r.row FROM " FIRST_ITEMS
		    " CROSS JOIN LATERAL"
		    " (SELECT jsonb_strip_nulls(to_jsonb(t) - 'tenant_id') AS row"
		    " FROM report.work_items AS t WHERE t.tenant_id = $1"
		    " AND t.integration_id = $2 AND $5 <> ''"
		    " AND t.external_id = n.external_id LIMIT 1) AS r"
		    " ORDER BY n.external_id COLLATE \"C\"",
	};
	struct db_params params = { 0 };

	db_add_int(&params, job->tenant_id);
	db_add_int(&params, job->integration_id);
	db_add_int(&params, job->raw_data_id);
	db_add_int(&params, limit);
	db_add_text(&params, job->entity_type);
	return db_run(db,
	    job->type == entity_type_target(SPAN_LIT("records")) ?
		&records :
		&work_items,
	    &params, arena, ret_rows, diag);
}

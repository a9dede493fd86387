/* SPDX-License-Identifier: MIT */
#include "models/catalogue/mapped_trial.h"

#include <string.h>

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
#define SHOWN_ROW "jsonb_strip_nulls(to_jsonb(t) - 'tenant_id')"

/*
 * The rows of a target, by its name. They are read after changes, within the
 * time that the trial has, which is not database_read_timeout.
 */
static const struct {
	const char *target;
	struct db_statement statement;
} trials[] = {
	{ "records",
	    { .changes = true,
		.name = "mapped_trial_records",
		.sql =
		    "SELECT r.row FROM " FIRST_ITEMS " CROSS JOIN LATERAL"
		    " (SELECT jsonb_build_object('external_id', t.external_id,"
		    " 'updated', t.updated, 'fields', t.fields) AS row"
		    " FROM records AS t WHERE t.tenant_id::bigint = $1"
		    " AND t.integration_id = $2 AND t.entity_type = $5"
		    " AND t.external_id = n.external_id LIMIT 1) AS r"
		    " ORDER BY n.external_id COLLATE \"C\"" } },
	{ "work_items",
	    { .changes = true,
		.name = "mapped_trial_work_items",
		.sql = "SELECT r.row FROM " FIRST_ITEMS " CROSS JOIN LATERAL"
		       " (SELECT " SHOWN_ROW " AS row"
		       " FROM report.work_items AS t WHERE t.tenant_id = $1"
		       " AND t.integration_id = $2 AND $5 <> ''"
		       " AND t.external_id = n.external_id LIMIT 1) AS r"
		       " ORDER BY n.external_id COLLATE \"C\"" } },
	{ "prs",
	    { .changes = true,
		.name = "mapped_trial_prs",
		.sql =
		    "SELECT " SHOWN_ROW
		    " FROM (SELECT pr_id, min(index) AS index"
		    " FROM etl_known_prs($1, $2, $3)"
		    " WHERE pr_id IS NOT NULL AND $5 <> '' GROUP BY pr_id"
		    " ORDER BY 2 LIMIT $4) AS n JOIN report.pull_requests AS t"
		    " ON t.tenant_id = $1 AND t.id = n.pr_id"
		    " ORDER BY n.index" } },
	{ "repositories",
	    { .changes = true,
		.name = "mapped_trial_repositories",
		.sql =
		    "SELECT " SHOWN_ROW " - '{identity,name_key,host,active,"
		    "raw_data_id,column_ages,created_at,last_updated_at}'"
		    "::text[] FROM (SELECT repository_id, min(index) AS index"
		    " FROM etl_repositories($1, $2, $3)"
		    " WHERE repository_id IS NOT NULL AND $5 <> ''"
		    " GROUP BY repository_id ORDER BY 2 LIMIT $4) AS n"
		    " JOIN repositories AS t"
		    " ON t.tenant_id = $1 AND t.id = n.repository_id"
		    " ORDER BY n.index" } },
};

enum err
mapped_trial_rows(struct db *db, const struct transform_job *job, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
{
	struct db_params params = { 0 };
	size_t at = 0;
	enum err rc;

	while (strcmp(trials[at].target, job->type->name) != 0)
		if (++at == COUNT(trials))
			return diag_set(diag, E_INVALID,
			    "nothing shows rows of the target %s",
			    job->type->name);
	db_add_int(&params, job->tenant_id);
	db_add_int(&params, job->integration_id);
	db_add_int(&params, job->raw_data_id);
	db_add_int(&params, limit);
	db_add_text(&params, job->entity_type);
	rc = transform_job_deadline(db, job->deadline, arena, diag);
	if (rc != E_OK)
		return rc;
	return db_run(db, &trials[at].statement, &params, arena, ret_rows,
	    diag);
}

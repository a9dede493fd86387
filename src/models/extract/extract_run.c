/* SPDX-License-Identifier: MIT */
#include "models/extract/extract_run.h"

#include <inttypes.h>
#include <string.h>

#include "models/tenant/pause.h"
#include "models/tenant/tenant.h"

static void
name(struct db_params *params, int64_t tenant_id, int64_t id)
{
	db_add_int(params, tenant_id);
	db_add_int(params, id);
}

/* A time from an ISO text, or from milliseconds since 1970. */
#define TIME_OF(member) \
	"CASE jsonb_typeof($5::jsonb->'" member \
	"')" \
	" WHEN 'number' THEN to_timestamp(($5::jsonb->>'" member \
	"')::numeric / 1000) AT TIME ZONE 'UTC'" \
	" WHEN 'string' THEN ($5::jsonb->>'" member \
	"')::timestamptz AT TIME ZONE 'UTC' END"
/*
 * What is to be read: projects or repositories of the run, or of its
 * integration's settings; of a webhook's run the issues or pull requests.
 */
#define NAMED(params, settings) \
	"CASE r.job_type WHEN 'jira_hook' THEN " params \
	"->'issues' WHEN 'github_hook' THEN " params \
	"->'pull_requests' ELSE COALESCE(NULLIF(" params \
	"->'projects', 'null'), NULLIF(" params \
	"->'repositories', 'null'), NULLIF(" settings \
	"->'projects', 'null'), NULLIF(" settings \
	"->'repositories', 'null')) END"

enum err
extract_run_open(struct db *db, const struct extract_request *request,
    struct arena *arena, struct extract_opened *ret_opened, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_open",
		.changes = true,
		.sql =
		    "WITH made AS (INSERT INTO extract_runs (tenant_id,"
		    " integration_id, job_id, job_type, job_params, from_at,"
		    " to_at, is_full) VALUES ($1, $2, NULLIF($3, 0)::integer,"
		    " $4, $5, " TIME_OF("from") ", " TIME_OF("to") ","
		    " COALESCE($5::jsonb->>'full' = 'true', false))"
		    " ON CONFLICT (tenant_id, integration_id, job_type)"
		    " WHERE active DO NOTHING RETURNING id)"
		    " SELECT id, true, true, (SELECT count(*)"
		    " FROM extract_runs WHERE tenant_id = $1 AND active"
		    " AND queued_at IS NOT NULL) FROM made"
		    " UNION ALL SELECT id, false, job_params = $5::jsonb, 0"
		    " FROM extract_runs WHERE tenant_id = $1"
		    " AND integration_id = $2 AND job_type = $4 AND active"
		    " LIMIT 1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	name(&params, request->tenant_id, request->integration_id);
	db_add_int(&params, request->job_id);
	db_add_text(&params, request->job_type);
	db_add_jsonb(&params, request->job_params);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_DB && strncmp(diag->sqlstate, "22", 2) == 0)
		return diag_tell(diag, E_INVALID,
		    "job_params.from and to must be times such as"
		    " 2026-01-31T00:00:00Z, or milliseconds since 1970");
	if (rc == E_DB && strcmp(diag->sqlstate, "23514") == 0)
		return diag_tell(diag, E_INVALID,
		    "job_params.to must be later than from");
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0) /* one was made and ended just now */
		return diag_tell(diag, E_DB_BUSY,
		    "Another run of this kind has just ended: try again");
	ret_opened->id = db_int(rows, 0, 0);
	ret_opened->is_new = db_bool(rows, 0, 1);
	ret_opened->waiting = db_int(rows, 0, 3);
	if (!db_bool(rows, 0, 2))
		return diag_tell(diag, E_CONFLICT,
		    "Run %" PRId64
		    " of this integration and job_type has"
		    " other parameters and has not ended: wait for it, or"
		    " cancel it",
		    ret_opened->id);
	return E_OK;
}

enum err
extract_run_queued(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_queued",
		.changes = true,
		.sql =
		    "UPDATE extract_runs SET queued_at = now()"
		    " WHERE tenant_id = $1 AND id = $2 AND active"
		    " AND queued_at IS NULL AND NOT " PAUSE_OF(
			"$1") " AND (resume_at IS NULL OR resume_at <= now())",
	};
	struct db_params params = { 0 };

	name(&params, tenant_id, id);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_run_start(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, bool *ret_is_running, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_start",
		.changes = true,
		.sql =
		    "WITH taken AS (UPDATE extract_runs AS r SET"
		    " state = 'running', queued_at = COALESCE(r.queued_at,"
		    " now()), resume_at = NULL, last_updated_at = now(),"
		    " started_at = COALESCE(r.started_at, now()),"
		    " parts = CASE WHEN r.started_at IS NULL THEN ARRAY("
		    "SELECT DISTINCT left(n, 255) FROM jsonb_array_elements_text("
		    "jsonb_path_query_array(" NAMED("r.job_params", "i.settings")
		    ", '$[*]')) AS u (n)) ELSE r.parts END"
		    " FROM integrations AS i WHERE r.tenant_id = $1"
		    " AND r.id = $2 AND i.tenant_id = $1"
		    " AND i.id = r.integration_id AND r.active"
		    " AND (r.resume_at IS NULL OR r.resume_at <= now())"
		    " AND NOT " PAUSE_OF("$1") " RETURNING 1),"
		    " parked AS (UPDATE extract_runs SET queued_at = NULL"
		    " WHERE tenant_id = $1 AND id = $2 AND active"
		    " AND " PAUSE_OF("$1") ")"
		    " SELECT EXISTS (SELECT FROM taken) FROM extract_runs"
		    " WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };

	name(&params, tenant_id, id);
	return db_get_bool(db, &statement, &params, arena, ret_is_running,
	    diag);
}

/* The columns of extract_run_get(), in order. */
enum {
	GET_INTEGRATION,
	GET_STEP,
	GET_RUNNING,
	GET_JOB_TYPE,
	GET_STREAM_AT,
	GET_STREAM,
	GET_PART,
	GET_PART_AT,
	GET_PART_COUNT,
	GET_PART_IS_READ,
	GET_PART_FAILED,
	GET_TOKEN,
	GET_REST_TOKEN,
	GET_TOKEN_LOOP,
	GET_REST_LOOP,
	GET_PAGE_SIZE,
	GET_EMPTY,
	GET_PAGE_HINT,
	GET_NAMED,
	GET_FROM,
	GET_TO,
	GET_ACTIVE,
	GET_REFUSED,
	GET_PRODUCT,
	GET_BASE_URL,
	GET_USERNAME,
	GET_PASSWORD,
	GET_DEPLOYMENT,
	GET_ORGANIZATION,
	GET_APP,
	GET_INSTALLATION,
	GET_HAS_QUOTA,
	GET_FULL,
	GET_LACKING,
};

/* What an answer lacks, one a line: names and tokens have no line's end. */
static enum err
read_lacking(struct extract_run *run, struct span lines, int64_t count,
    struct arena *arena, struct diag *diag)
{
	if (count == 0)
		return E_OK;
	run->lacking = arena_ask(arena, (size_t)count * sizeof(*run->lacking));
	if (run->lacking == NULL)
		return arena_done(arena, diag);
	while (lines.at != NULL && run->lacking_count < (size_t)count)
		run->lacking[run->lacking_count++] = span_cut(&lines, '\n');
	return E_OK;
}

enum err
extract_run_get(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct extract_run *ret_run, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_get",
		.sql =
		    "SELECT r.integration_id, r.step, r.state = 'running',"
		    " r.job_type, r.stream_at, r.stream, r.part, r.part_at,"
		    " cardinality(r.parts), r.part_is_read, r.part_failed,"
		    " r.token, r.rest_token, r.token_loop, r.rest_loop,"
		    " r.page_size,"
		    " r.empty_pages, COALESCE(s.page_size, 0),"
		    " COALESCE(jsonb_array_length(NULLIF(jsonb_path_query_array("
		    "" NAMED("r.job_params", "i.settings") ", '$[*]'), '[]'))"
		    " > 0, false),"
		    " CASE WHEN NOT r.is_full THEN (extract(epoch FROM"
		    " COALESCE(r.from_at, s.cursor_at)) * 1000)::bigint END,"
		    " (extract(epoch FROM r.to_at) * 1000)::bigint,"
		    " i.active AND t.active, i.refused_at IS NOT NULL,"
		    " i.product, i.base_url, i.username, i.password,"
		    " i.settings->>'deployment', i.settings->>'organization',"
		    " i.settings->>'app_id', i.settings->>'installation_id',"
		    " " TENANT_HAS_QUOTA_SQL
		    ", r.is_full OR r.from_at IS NOT NULL"
		    " OR r.to_at IS NOT NULL,"
		    " array_to_string(r.lacking, E'\\n'),"
		    " cardinality(r.lacking)"
		    " FROM extract_runs AS r JOIN integrations AS i"
		    " ON i.tenant_id = r.tenant_id AND i.id = r.integration_id"
		    " JOIN tenants AS t ON t.id = r.tenant_id"
		    " LEFT JOIN extract_states AS s"
		    " ON s.tenant_id = r.tenant_id"
		    " AND s.integration_id = r.integration_id"
		    " AND s.stream = r.stream AND s.part = COALESCE(r.part, '')"
		    " WHERE r.tenant_id = $1 AND r.id = $2",
	};
	struct extract_run run = { .tenant_id = tenant_id, .id = id };
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	name(&params, tenant_id, id);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	run.integration_id = db_int(rows, 0, GET_INTEGRATION);
	run.step = db_int(rows, 0, GET_STEP);
	run.is_running = db_bool(rows, 0, GET_RUNNING);
	run.job_type = db_text(rows, 0, GET_JOB_TYPE);
	run.stream_at = db_int(rows, 0, GET_STREAM_AT);
	run.stream = db_text(rows, 0, GET_STREAM);
	run.part = db_text(rows, 0, GET_PART);
	run.part_at = db_int(rows, 0, GET_PART_AT);
	run.part_count = db_int(rows, 0, GET_PART_COUNT);
	run.part_is_read = db_bool(rows, 0, GET_PART_IS_READ);
	run.part_failed = db_bool(rows, 0, GET_PART_FAILED);
	run.token = db_text(rows, 0, GET_TOKEN);
	run.rest_token = db_text(rows, 0, GET_REST_TOKEN);
	run.token_loop = db_text(rows, 0, GET_TOKEN_LOOP);
	run.rest_loop = db_text(rows, 0, GET_REST_LOOP);
	run.page_size = db_int(rows, 0, GET_PAGE_SIZE);
	run.empty_pages = db_int(rows, 0, GET_EMPTY);
	run.page_hint = db_int(rows, 0, GET_PAGE_HINT);
	run.parts_named = db_bool(rows, 0, GET_NAMED);
	run.from_ms = db_text(rows, 0, GET_FROM);
	run.to_ms = db_text(rows, 0, GET_TO);
	run.integration_is_active = db_bool(rows, 0, GET_ACTIVE);
	run.was_refused = db_bool(rows, 0, GET_REFUSED);
	run.product = db_text(rows, 0, GET_PRODUCT);
	run.base_url = db_text(rows, 0, GET_BASE_URL);
	run.username = db_text(rows, 0, GET_USERNAME);
	run.password = db_text(rows, 0, GET_PASSWORD);
	run.deployment = db_text(rows, 0, GET_DEPLOYMENT);
	run.organization = db_text(rows, 0, GET_ORGANIZATION);
	run.is_full = db_bool(rows, 0, GET_FULL);
	run.has_quota = db_bool(rows, 0, GET_HAS_QUOTA);
	run.app_id = db_text(rows, 0, GET_APP);
	run.installation_id = db_text(rows, 0, GET_INSTALLATION);
	rc = read_lacking(&run, db_text(rows, 0, GET_LACKING),
	    db_int(rows, 0, GET_LACKING + 1), arena, diag);
	if (rc == E_OK)
		*ret_run = run;
	return rc;
}

enum err
extract_run_cancel(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, bool *ret_was_active, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_cancel",
		.changes = true,
		.sql =
		    "WITH ended AS (UPDATE extract_runs SET"
		    " state = 'cancelled', ended_at = now(), resume_at = NULL,"
		    " last_updated_at = now()"
		    " WHERE tenant_id = $1 AND id = $2 AND active RETURNING 1)"
		    " SELECT EXISTS (SELECT FROM ended) FROM extract_runs"
		    " WHERE tenant_id = $1 AND id = $2",
	};
	struct db_params params = { 0 };
	enum err rc;

	name(&params, tenant_id, id);
	rc = db_get_bool(db, &statement, &params, arena, ret_was_active, diag);
	return rc == E_NO_ROW ?
	    diag_tell(diag, rc, "There is no such run") :
	    rc;
}

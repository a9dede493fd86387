/* SPDX-License-Identifier: MIT */
/* What an extractor writes of a run: its steps, and how it ends. */
#include "models/extract/extract_run.h"

static void
name(struct db_params *params, const struct extract_run *run)
{
	db_add_int(params, run->tenant_id);
	db_add_int(params, run->id);
}

struct extract_step
extract_step_of(const struct extract_run *run)
{
	return (struct extract_step){
		.stream_at = run->stream_at,
		.part_at = run->part_at,
		.has_part = run->part.at != NULL,
		.part_is_read = run->part_is_read,
		.part_failed = run->part_failed,
		.token = run->token,
		.rest_token = run->rest_token,
		.token_loop = run->token_loop,
		.rest_loop = run->rest_loop,
		.page_size = run->page_size,
		.empty_pages = run->empty_pages,
		.lacking = run->lacking,
		.lacking_count = run->lacking_count,
	};
}

/* Write a step, unless the run is at another one. */
static enum err
take(struct db *db, const struct db_statement *statement,
    struct db_params *params, struct arena *arena, bool *ret_taken,
    struct diag *diag)
{
	int64_t count = 0;
	enum err rc = db_change(db, statement, params, arena, &count, diag);

	*ret_taken = rc == E_OK && count > 0;
	return rc;
}

/* An error more, as long as there are few. */
#define ERRORS(parameter) \
	"CASE WHEN " parameter \
	"::jsonb IS NULL" \
	" OR jsonb_array_length(r.errors) >= 100 THEN r.errors" \
	" ELSE r.errors || " parameter "::jsonb END"

enum err
extract_run_advance(struct db *db, const struct extract_run *run,
    const struct extract_step *step, struct arena *arena, bool *ret_taken,
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_advance",
		.changes = true,
		.sql =
		    "UPDATE extract_runs AS r SET step = r.step + 1,"
		    " stream_at = $4, stream = $5, part_at = $6,"
		    " part = CASE WHEN $7::boolean"
		    " THEN (r.parts || p.more)[($6 + 1)::integer] END,"
		    " part_is_read = $8, part_failed = $9, token = $10,"
		    " rest_token = $11, page_size = $12,"
		    " parts = r.parts || p.more, lacking = $14::varchar[],"
		    " pages = r.pages + $15, items = r.items + $16,"
		    " bytes = r.bytes + $17, requests = r.requests + $18,"
		    " waited_seconds = r.waited_seconds + $19,"
		    " errors = " ERRORS("$20") ", empty_pages = $21,"
		    " token_loop = $22, rest_loop = $23, last_updated_at = now()"
		    " FROM (SELECT ARRAY(SELECT n FROM unnest($13::varchar[])"
		    " WITH ORDINALITY AS u (n, place) WHERE length(n) <= 255"
		    " AND n <> ALL (SELECT"
		    " unnest(parts) FROM extract_runs WHERE tenant_id = $1"
		    " AND id = $2) ORDER BY place) AS more) AS p"
		    " WHERE r.tenant_id = $1 AND r.id = $2 AND r.step = $3"
		    " AND r.state = 'running'",
	};
	struct db_params params = { 0 };

	name(&params, run);
	db_add_int(&params, run->step);
	db_add_int(&params, step->stream_at);
	db_add_text(&params, str_span(step->stream));
	db_add_int(&params, step->part_at);
	db_add_bool(&params, step->has_part);
	db_add_bool(&params, step->part_is_read);
	db_add_bool(&params, step->part_failed);
	db_add_text(&params, step->token);
	db_add_text(&params, step->rest_token);
	db_add_int(&params, step->page_size);
	db_add_array(&params, DB_TEXTS, step->new_parts, step->new_part_count,
	    arena);
	db_add_array(&params, DB_TEXTS, step->lacking, step->lacking_count,
	    arena);
	db_add_int(&params, step->pages);
	db_add_int(&params, step->items);
	db_add_int(&params, step->bytes);
	db_add_int(&params, step->requests);
	db_add_int(&params, (step->waited_ms + 999) / 1000);
	db_add_text(&params, step->error);
	db_add_int(&params, step->empty_pages);
	db_add_text(&params, step->token_loop);
	db_add_text(&params, step->rest_loop);
	return take(db, &statement, &params, arena, ret_taken, diag);
}

enum err
extract_run_part_read(struct db *db, const struct extract_run *run,
    const char *stream, int64_t overlap, struct arena *arena, struct diag *diag)
{
	/* A run from a later time than the last one's end leaves a gap. */
	static const struct db_statement statement = {
		.name = "extract_run_part_read",
		.changes = true,
		.sql =
		    "INSERT INTO extract_states AS s (tenant_id,"
		    " integration_id, stream, part, cursor_at, page_size,"
		    " run_id) SELECT r.tenant_id, r.integration_id, $3, $4,"
		    " CASE WHEN r.is_full OR r.from_at IS NULL"
		    " OR r.from_at <= o.cursor_at"
		    " THEN LEAST(r.started_at - $5 * interval '1 second',"
		    " r.to_at)"
		    " ELSE o.cursor_at END, r.page_size, r.id"
		    " FROM extract_runs AS r LEFT JOIN extract_states AS o"
		    " ON o.tenant_id = r.tenant_id"
		    " AND o.integration_id = r.integration_id"
		    " AND o.stream = $3 AND o.part = $4"
		    " WHERE r.tenant_id = $1 AND r.id = $2"
		    " ON CONFLICT (tenant_id, integration_id, stream, part)"
		    " DO UPDATE SET cursor_at = GREATEST(s.cursor_at,"
		    " excluded.cursor_at), page_size = excluded.page_size,"
		    " run_id = excluded.run_id, last_updated_at = now()",
	};
	struct db_params params = { 0 };

	name(&params, run);
	db_add_text(&params, str_span(stream));
	db_add_text(&params, run->part.at == NULL ? SPAN_LIT("") : run->part);
	db_add_int(&params, overlap);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_run_end(struct db *db, const struct extract_run *run, struct span error,
    struct arena *arena, bool *ret_taken, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_end",
		.changes = true,
		.sql =
		    "WITH ended AS (UPDATE extract_runs AS r SET"
		    " step = r.step + 1,"
		    " state = CASE WHEN $4::jsonb IS NOT NULL THEN 'failed'"
		    " WHEN r.errors = '[]' THEN 'done' ELSE 'partial' END,"
		    " errors = " ERRORS("$4") ", ended_at = now(),"
		    " resume_at = NULL, lacking = '{}', token = NULL,"
		    " rest_token = NULL, token_loop = NULL, rest_loop = NULL,"
		    " last_updated_at = now()"
		    " WHERE r.tenant_id = $1 AND r.id = $2 AND r.step = $3"
		    " AND r.state = 'running' RETURNING *), next AS (INSERT INTO"
		    " extract_runs (tenant_id, integration_id,"
		    " job_type, job_params, state, resume_at)"
		    " SELECT tenant_id, integration_id, job_type,"
		    " jsonb_build_object(CASE job_type WHEN 'jira_hook'"
		    " THEN 'issues' ELSE 'pull_requests' END, to_jsonb(late)),"
		    " 'waiting', now() FROM ended WHERE late <> '{}')"
		    " SELECT FROM ended",
	};
	struct db_params params = { 0 };

	name(&params, run);
	db_add_int(&params, run->step);
	db_add_text(&params, error);
	return take(db, &statement, &params, arena, ret_taken, diag);
}

enum err
extract_run_give_up(struct db *db, int64_t tenant_id, int64_t id,
    struct span error, struct arena *arena, struct diag *diag)
{
	struct extract_run run;
	bool taken;
	enum err rc;

	rc = extract_run_get(db, tenant_id, id, arena, &run, diag);
	return rc == E_OK && run.is_running ?
	    extract_run_end(db, &run, error, arena, &taken, diag) :
	    rc;
}

enum err
extract_run_wait(struct db *db, const struct extract_run *run, int64_t ms,
    struct arena *arena, bool *ret_taken, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_wait",
		.changes = true,
		.sql =
		    "UPDATE extract_runs SET step = step + 1,"
		    " state = 'waiting', queued_at = NULL,"
		    " resume_at = now() + $4 * interval '1 millisecond',"
		    " waited_seconds = waited_seconds + ($4 + 999) / 1000,"
		    " last_updated_at = now()"
		    " WHERE tenant_id = $1 AND id = $2 AND step = $3"
		    " AND state = 'running'",
	};
	struct db_params params = { 0 };

	name(&params, run);
	db_add_int(&params, run->step);
	db_add_int(&params, ms);
	return take(db, &statement, &params, arena, ret_taken, diag);
}

enum err
extract_run_refused(struct db *db, const struct extract_run *run, bool refused,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_refused",
		.changes = true,
		.sql =
		    "UPDATE integrations SET refused_at ="
		    " CASE WHEN $3::boolean THEN COALESCE(refused_at, now())"
		    " END WHERE tenant_id = $1 AND id = $2"
		    " AND (refused_at IS NOT NULL) <> $3::boolean",
	};
	struct db_params params = { 0 };

	db_add_int(&params, run->tenant_id);
	db_add_int(&params, run->integration_id);
	db_add_bool(&params, refused);
	return db_change(db, &statement, &params, arena, NULL, diag);
}

enum err
extract_run_lock(struct db *db, int64_t integration_id, const char *stream,
    struct arena *arena, bool *ret_locked, struct diag *diag)
{
	/* The first number is the purpose; it only has to be ours. */
	static const struct db_statement statement = {
		.name = "extract_run_lock",
		.sql =
		    "SELECT pg_try_advisory_lock(hashtextextended("
		    "$1::text || ':' || $2, 1886745450))",
	};
	struct db_params params = { 0 };

	db_add_int(&params, integration_id);
	db_add_text(&params, str_span(stream));
	return db_get_bool(db, &statement, &params, arena, ret_locked, diag);
}

enum err
extract_run_unlock(struct db *db, struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "extract_run_unlock",
		.sql = "SELECT pg_advisory_unlock_all()",
	};
	struct db_rows *rows;

	return db_run(db, &statement, NULL, arena, &rows, diag);
}

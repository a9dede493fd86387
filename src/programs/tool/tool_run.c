/* SPDX-License-Identifier: MIT */
/* pulse-etl extract, pulse-etl run: runs of extractions. */
#include "programs/tool/tool_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/stamp.h"
#include "extract/extractor.h"
#include "models/catalogue/integration.h"
#include "models/catalogue/integration_state.h"
#include "models/extract/extract_job.h"
#include "programs/tool/tool_broker.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "queue/queue_lanes.h"

#define LIST_LIMIT 50
#define WATCH_SECONDS 2

struct run_options {
	int64_t tenant_id, integration_id, limit;
	const char *type, *from, *to;
	bool full;
};

static const struct option options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "integration", required_argument, NULL, 'i' },
	{ "type", required_argument, NULL, 'y' },
	{ "from", required_argument, NULL, 'f' },
	{ "to", required_argument, NULL, 'b' },
	{ "full", no_argument, NULL, 'a' },
	{ "limit", required_argument, NULL, 'l' },
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
read_options(struct tool *tool, struct run_options *ret)
{
	int option;

	*ret = (struct run_options){ .limit = LIST_LIMIT };
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'i')
			ret->integration_id = tool_number(tool, "--integration",
			    1, INT32_MAX);
		else if (option == 'y')
			ret->type = optarg;
		else if (option == 'f')
			ret->from = optarg;
		else if (option == 'b')
			ret->to = optarg;
		else if (option == 'a')
			ret->full = true;
		else
			ret->limit = tool_number(tool, "--limit", 1, 1000);
	}
	tool_change_of_tenant(tool, ret->tenant_id);
}

enum err
tool_run_start(struct tool *tool, const struct extract_request *request,
    struct diag *diag)
{
	struct job job = { .tenant_id = request->tenant_id,
		.integration_id = request->integration_id,
		.job_type = request->job_type,
		.job_params = request->job_params };
	struct queue_manager *queue;
	struct extract_opened opened;
	enum err rc;

	rc = integration_check_active(tool->db, request->tenant_id,
	    request->integration_id, tool->arena, diag);
	if (rc == E_OK)
		rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = extract_run_open(tool->db, request, tool->arena, &opened, diag);
	rc = tool_change_end(tool, rc, "runs", "job.extract",
	    request->tenant_id, rc == E_OK ? opened.id : 0, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%" PRId64 "\n", opened.id);
	if (!opened.is_new) {
		(void)fprintf(stderr, "pulse-etl: the same run is open\n");
		return E_OK;
	}
	job.run_id = opened.id;
	job.lane = queue_lane_for(job.tenant_id, opened.waiting,
	    QUEUE_FEW_RUNS);
	if (tool_broker(tool, &queue, diag) == E_OK &&
	    queue_manager_publish(queue, QUEUE_EXTRACT, &job, diag) == E_OK)
		return extract_run_queued(tool->db, request->tenant_id,
		    opened.id, tool->arena, diag);
	(void)fprintf(stderr,
	    "pulse-etl: the broker did not take its message (%s); the relay"
	    " queues it later\n",
	    diag->text);
	diag_clear(diag);
	return E_OK;
}

/* The job that reads all of an integration's source. */
static enum err
default_type(struct tool *tool, const struct run_options *given,
    const char **ret_type, struct diag *diag)
{
	enum extract_product product;
	const char *source;
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_get(tool->db, &integration_catalogue, given->tenant_id,
	    given->integration_id, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (!extract_product(
		catalogue_text(&integration_catalogue, rows, "name"), SPAN_NONE,
		&product, &source))
		return diag_set(diag, E_INVALID,
		    "the integration is neither Jira nor GitHub: give --type");
	*ret_type = arena_printf(tool->arena, "%s_sync", source);
	return E_OK;
}

/* A time as a member of the parameters, or nothing. */
static const char *
member_of(struct tool *tool, const char *name, const char *time)
{
	char stamp[STAMP_SIZE];

	if (time == NULL)
		return "";
	if (!stamp_read(str_span(time), stamp))
		tool_usage(tool,
		    "--%s takes a time such as 2026-01-31T23:59:59Z", name);
	return arena_printf(tool->arena, "\"%s\": \"%s\"", name, stamp);
}

/* The parameters, behind a byte that is free to use: db_add_jsonb(). */
static struct span
params_of(struct tool *tool, const struct run_options *given)
{
	bool times = given->from != NULL || given->to != NULL;
	const char *text = arena_printf(tool->arena, " {%s%s%s%s%s}",
	    member_of(tool, "from", given->from),
	    given->from != NULL && given->to != NULL ? ", " : "",
	    member_of(tool, "to", given->to), times && given->full ? ", " : "",
	    given->full ? "\"full\": true" : "");

	return str_span(text[0] == '\0' ? text : text + 1);
}

/* Start a run by hand. */
enum err
tool_extract_run(struct tool *tool, struct diag *diag)
{
	struct extract_request request = { 0 };
	struct run_options given;
	enum err rc = E_OK;

	read_options(tool, &given);
	tool_no_arguments(tool);
	if (given.integration_id == 0)
		tool_usage(tool, "--integration is missing");
	if (given.type == NULL)
		rc = default_type(tool, &given, &given.type, diag);
	if (rc != E_OK)
		return rc;
	if (extract_job_streams(NULL, str_span(given.type)) == NULL)
		tool_usage(tool, "--type takes one of %s",
		    extract_job_types(tool->arena));
	request.tenant_id = given.tenant_id;
	request.integration_id = given.integration_id;
	request.job_type = str_span(given.type);
	request.job_params = params_of(tool, &given);
	return tool_run_start(tool, &request, diag);
}

/* In the order of run_shown_rows.h. */
static const struct tool_column run_columns[] = {
	{ "id", "ID", COLUMN_INT },
	{ "integration_id", NULL, COLUMN_INT },
	{ "integration_name", "INTEGRATION", COLUMN_TEXT },
	{ "job_id", NULL, COLUMN_INT },
	{ "job_type", "TYPE", COLUMN_TEXT },
	{ "job_params", NULL, COLUMN_JSON },
	{ "state", "STATE", COLUMN_TEXT },
	{ "from_at", NULL, COLUMN_STAMP },
	{ "to_at", NULL, COLUMN_STAMP },
	{ "is_full", NULL, COLUMN_BOOL },
	{ "stream", "STREAM", COLUMN_TEXT },
	{ "part", "PART", COLUMN_TEXT },
	{ "pages", "PAGES", COLUMN_INT },
	{ "items", "ITEMS", COLUMN_INT },
	{ "bytes", NULL, COLUMN_INT },
	{ "requests", NULL, COLUMN_INT },
	{ "waited_seconds", NULL, COLUMN_INT },
	{ "resume_at", NULL, COLUMN_STAMP },
	{ "errors", NULL, COLUMN_JSON },
	{ "created_at", NULL, COLUMN_STAMP },
	{ "queued_at", NULL, COLUMN_STAMP },
	{ "started_at", NULL, COLUMN_STAMP },
	{ "ended_at", NULL, COLUMN_STAMP },
};

/* List runs, newest first. */
enum err
tool_run_list(struct tool *tool, struct diag *diag)
{
	struct catalogue_filter filter = { 0 };
	struct run_options given;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &given);
	tool_no_arguments(tool);
	filter.tenant_id = given.tenant_id;
	filter.integration_id = given.integration_id;
	filter.limit = given.limit;
	rc = catalogue_list(tool->db, &run_catalogue, &filter, tool->arena,
	    &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, run_columns, COUNT(run_columns), rows,
	    diag);
}

/* Print all that is known of a run. */
enum err
tool_run_show(struct tool *tool, struct diag *diag)
{
	struct run_options given;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &given);
	rc = catalogue_get(tool->db, &run_catalogue, given.tenant_id,
	    tool_id(tool), tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_row(tool, run_columns, COUNT(run_columns), rows,
	    diag);
}

/* One line of how far it is. */
static void
print_progress(struct tool *tool, const struct db_rows *rows)
{
	struct span state = catalogue_text(&run_catalogue, rows, "state");
	struct span stream = catalogue_text(&run_catalogue, rows, "stream");
	struct span part = tool_plain(tool,
	    catalogue_text(&run_catalogue, rows, "part"));

	(void)printf("%.*s %.*s %.*s pages=%" PRId64 " items=%" PRId64 "\n",
	    SPAN_ARG(state), (int)stream.len,
	    stream.at == NULL ? "" : stream.at, (int)part.len,
	    part.at == NULL ? "" : part.at,
	    catalogue_int(&run_catalogue, rows, "pages"),
	    catalogue_int(&run_catalogue, rows, "items"));
	(void)fflush(stdout);
}

/* Tell how far a run is until it has ended. */
enum err
tool_run_watch(struct tool *tool, struct diag *diag)
{
	struct run_options given;
	struct db_rows *rows;
	bool active = true;
	int64_t id;

	read_options(tool, &given);
	id = tool_id(tool);
	while (active) {
		struct span state;
		enum err rc = catalogue_get(tool->db, &run_catalogue,
		    given.tenant_id, id, tool->arena, &rows, diag);

		if (rc != E_OK)
			return rc;
		print_progress(tool, rows);
		state = catalogue_text(&run_catalogue, rows, "state");
		active = span_is_choice(state, "queued|running|waiting");
		if (!active && !span_is(state, "done"))
			tool->exit_code = 1;
		arena_reset(tool->arena);
		if (active)
			(void)sleep(WATCH_SECONDS);
	}
	return E_OK;
}

/* Cancel a run. */
enum err
tool_run_cancel(struct tool *tool, struct diag *diag)
{
	struct run_options given;
	bool was_active;
	int64_t id;
	enum err rc;

	read_options(tool, &given);
	id = tool_id(tool);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = extract_run_cancel(tool->db, given.tenant_id, id, tool->arena,
	    &was_active, diag);
	if (rc == E_OK && !was_active)
		rc = diag_set(diag, E_CONFLICT,
		    "run %" PRId64 " has ended already", id);
	return tool_change_end(tool, rc, "runs", "run.cancel", given.tenant_id,
	    id, diag);
}

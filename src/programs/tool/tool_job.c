/* SPDX-License-Identifier: MIT */
/* pulse-etl job: extractions with a schedule. */
#include <inttypes.h>
#include <stdio.h>

#include "extract/extractor.h"
#include "models/extract/extract_job.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_password.h"
#include "programs/tool/tool_run.h"

#define NONE (-1)
#define PARAMS_BYTES_MAX 60000

struct job_options {
	int64_t tenant_id, integration_id, interval, jitter;
	const char *name, *type, *params_file, *if_match;
	bool full, manual;
};

static const struct option options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "integration", required_argument, NULL, 'i' },
	{ "name", required_argument, NULL, 'n' },
	{ "type", required_argument, NULL, 'y' },
	{ "every", required_argument, NULL, 'e' },
	{ "jitter", required_argument, NULL, 'j' },
	{ "params-file", required_argument, NULL, 'p' },
	{ "full", no_argument, NULL, 'a' },
	{ "by-hand", no_argument, NULL, 'b' },
	{ "if-match", required_argument, NULL, 'm' },
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static void
read_options(struct tool *tool, struct job_options *ret)
{
	int option;

	*ret = (struct job_options){ .interval = NONE, .jitter = NONE };
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'i')
			ret->integration_id = tool_number(tool, "--integration",
			    1, INT32_MAX);
		else if (option == 'n')
			ret->name = optarg;
		else if (option == 'y')
			ret->type = optarg;
		else if (option == 'e')
			ret->interval = tool_duration(tool, "--every");
		else if (option == 'j')
			ret->jitter = tool_duration(tool, "--jitter");
		else if (option == 'p')
			ret->params_file = optarg;
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else if (option == 'a')
			ret->full = true;
		else
			ret->manual = true;
	}
	tool_change_of_tenant(tool, ret->tenant_id);
	if (ret->interval != NONE &&
	    (ret->interval < 60 || ret->interval > 31536000))
		tool_usage(tool, "--every takes a minute to a year");
	if (ret->jitter > 86400)
		tool_usage(tool, "--jitter takes a day at most");
	if (ret->type != NULL &&
	    extract_job_streams(NULL, str_span(ret->type)) == NULL)
		tool_usage(tool, "--type takes one of %s",
		    extract_job_types(tool->arena));
}

static void
set_text(struct catalogue_change *change, const char *column, const char *text)
{
	if (text != NULL)
		catalogue_set(change,
		    (struct catalogue_value){ .column = column,
			.kind = COLUMN_TEXT,
			.text = str_span(text) });
}

/* What of a job the options change. */
static enum err
read_change(const struct tool *tool, const struct job_options *given,
    struct catalogue_change *change, struct diag *diag)
{
	struct span params;
	enum err rc;

	set_text(change, "job_name", given->name);
	set_text(change, "job_type", given->type);
	if (given->integration_id != 0)
		catalogue_set_int(change, "integration_id",
		    given->integration_id);
	if (given->interval != NONE)
		catalogue_set_int(change, "interval_seconds", given->interval);
	if (given->manual)
		catalogue_set(change,
		    (struct catalogue_value){ .column = "interval_seconds",
			.kind = COLUMN_INT,
			.is_null = true });
	if (given->jitter != NONE)
		catalogue_set_int(change, "jitter_seconds", given->jitter);
	if (given->params_file == NULL)
		return E_OK;
	rc = tool_read_object(tool, given->params_file, PARAMS_BYTES_MAX,
	    &params, diag);
	if (rc == E_OK)
		catalogue_set(change,
		    (struct catalogue_value){ .column = "job_params",
			.kind = COLUMN_JSON,
			.text = params });
	return rc;
}

/* The change, when it is due, and its audit; all or nothing. */
static enum err
finish(struct tool *tool, enum err rc, const char *action, int64_t tenant_id,
    int64_t id, struct diag *diag)
{
	if (rc == E_OK)
		rc = extract_job_schedule(tool->db, tenant_id, id, tool->arena,
		    diag);
	return tool_change_end(tool, rc, "jobs", action, tenant_id, id, diag);
}

/* Make a job and print its id. */
enum err
tool_job_create(struct tool *tool, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct job_options given;
	int64_t id = 0;
	enum err rc;

	read_options(tool, &given);
	tool_no_arguments(tool);
	if (given.name == NULL || given.type == NULL ||
	    given.integration_id == 0)
		tool_usage(tool, "give --name, --type and --integration");
	rc = read_change(tool, &given, &change, diag);
	catalogue_set_int(&change, "execution_order", 0);
	if (rc == E_OK)
		rc = catalogue_begin(tool->db, given.tenant_id, tool->arena,
		    diag);
	if (rc != E_OK)
		return rc;
	rc = catalogue_insert(tool->db, &job_catalogue, given.tenant_id,
	    &change, tool->arena, &id, diag);
	rc = finish(tool, rc, "job.create", given.tenant_id, id, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 "\n", id);
	return rc;
}

/* In the order of job_shown_rows.h. */
static const struct tool_column job_columns[] = {
	{ "id", "ID", COLUMN_INT },
	{ "job_name", "NAME", COLUMN_TEXT },
	{ "job_type", "TYPE", COLUMN_TEXT },
	{ "job_params", NULL, COLUMN_JSON },
	{ "interval_seconds", "SECONDS", COLUMN_INT },
	{ "jitter_seconds", NULL, COLUMN_INT },
	{ "next_at", "NEXT", COLUMN_STAMP },
	{ "last_run_started_at", NULL, COLUMN_STAMP },
	{ "integration_id", NULL, COLUMN_INT },
	{ "integration_name", "INTEGRATION", COLUMN_TEXT },
	{ "active", "ACTIVE", COLUMN_BOOL },
};

/* List the jobs of a tenant. */
enum err
tool_job_list(struct tool *tool, struct diag *diag)
{
	struct catalogue_filter filter = { .limit = 1000 };
	struct job_options given;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &given);
	tool_no_arguments(tool);
	filter.tenant_id = given.tenant_id;
	rc = catalogue_list(tool->db, &job_catalogue, &filter, tool->arena,
	    &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, job_columns, COUNT(job_columns), rows,
	    diag);
}

static enum err
change_job(struct tool *tool, const struct job_options *given,
    const struct catalogue_change *change, struct diag *diag)
{
	const int64_t tenant_id = given->tenant_id;
	int64_t id = tool_id(tool);
	bool changed;
	enum err rc = tool_change_begin(tool, &job_catalogue, tenant_id, id,
	    given->if_match, diag);

	if (rc != E_OK)
		return rc;
	rc = catalogue_update(tool->db, &job_catalogue, tenant_id, id, change,
	    tool->arena, &changed, diag);
	return finish(tool, rc, "job.update", tenant_id, id, diag);
}

/* Change a job. */
enum err
tool_job_set(struct tool *tool, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct job_options given;
	enum err rc;

	read_options(tool, &given);
	rc = read_change(tool, &given, &change, diag);
	if (rc != E_OK)
		return rc;
	if (change.count == 0)
		tool_usage(tool, "say what is to change");
	return change_job(tool, &given, &change, diag);
}

static enum err
set_active(struct tool *tool, bool active, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct job_options given;

	read_options(tool, &given);
	catalogue_set_bool(&change, "active", active);
	return change_job(tool, &given, &change, diag);
}

/* Begin no more runs of a job; one that is open goes on. */
enum err
tool_job_pause(struct tool *tool, struct diag *diag)
{
	return set_active(tool, false, diag);
}

enum err
tool_job_resume(struct tool *tool, struct diag *diag)
{
	return set_active(tool, true, diag);
}

/* Start a run of a job now. */
enum err
tool_job_run(struct tool *tool, struct diag *diag)
{
	struct extract_request request;
	struct job_options given;
	enum err rc;

	read_options(tool, &given);
	rc = extract_job_request(tool->db, given.tenant_id, tool_id(tool),
	    SPAN_NONE, SPAN_NONE, given.full, tool->arena, &request, diag);
	return rc == E_OK ? tool_run_start(tool, &request, diag) : rc;
}

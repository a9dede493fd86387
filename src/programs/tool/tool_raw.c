/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl raw, requeue: looking at stored batches, and processing them again.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_requeue.h"
#include "programs/tool/tool_broker.h"
#include "programs/tool/tool_output.h"
#include "work/requeue.h"
#include "work/worker_job.h"

#define LIST_LIMIT 50
#define LIMIT_MAX 1000000000
/* Batches of one statement, and of one round of messages. */
#define REQUEUE_STEP 500
#define STEP_ARENA_BYTES (4u << 20)

/* What these commands take. */
struct raw_options {
	struct raw_batch_filter filter;
	const char *output; /* a file */
	bool all, dry_run;
};

/* A status as it stands in the table; anything else ends the program. */
static struct span
read_status(const struct tool *tool)
{
	static const char *const statuses[] = { "pending", "processing",
		"completed", "failed" };

	for (size_t i = 0; i < COUNT(statuses); i++)
		if (strcmp(optarg, statuses[i]) == 0)
			return str_span(optarg);
	tool_usage(tool,
	    "--status takes pending, processing, completed or"
	    " failed");
}

/* Read the options; the tenant is not optional. */
static void
read_options(struct tool *tool, struct raw_options *ret)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "id", required_argument, NULL, 'i' },
		{ "integration", required_argument, NULL, 'n' },
		{ "type", required_argument, NULL, 'y' },
		{ "status", required_argument, NULL, 's' },
		{ "limit", required_argument, NULL, 'l' },
		{ "output", required_argument, NULL, 'o' },
		{ "all", no_argument, NULL, 'a' },
		{ "dry-run", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct raw_batch_filter *filter = &ret->filter;
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		switch (option) {
		case 't':
			filter->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
			break;
		case 'i':
			filter->id = tool_number(tool, "--id", 1, INT64_MAX);
			break;
		case 'n':
			filter->integration_id = tool_number(tool,
			    "--integration", 1, INT32_MAX);
			break;
		case 'y':
			filter->entity_type = str_span(optarg);
			break;
		case 's':
			filter->processing_status = read_status(tool);
			break;
		case 'l':
			filter->limit = tool_number(tool, "--limit", 1,
			    LIMIT_MAX);
			break;
		case 'a':
			ret->all = true;
			break;
		case 'd':
			ret->dry_run = true;
			break;
		default:
			if (strstr(tool->usage, "--output FILE") != NULL)
				ret->output = optarg;
			else
				tool->format = tool_output_format(tool, optarg);
			break;
		}
	}
	if (filter->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	db_tenant(tool->db, filter->tenant_id);
}

/* What a table of batches shows of them, and what it calls that. */
static const struct {
	const char *member;
	const char *heading;
} headings[] = {
	{ "id", "ID" },
	{ "entity_type", "TYPE" },
	{ "processing_status", "STATUS" },
	{ "created_at", "CREATED" },
	{ "raw_data_size", "ITEMS" },
	{ "raw_data_bytes", "BYTES" },
	{ "error", "ERROR" },
};

static const struct tool_column *
list_columns(void)
{
	static struct tool_column columns[RAW_BATCH_COLUMNS];

	for (size_t i = 0; i < RAW_BATCH_COLUMNS; i++) {
		columns[i].member = raw_batch_columns[i].member;
		columns[i].kind = raw_batch_columns[i].kind;
		for (size_t j = 0; j < COUNT(headings); j++)
			if (strcmp(headings[j].member, columns[i].member) == 0)
				columns[i].heading = headings[j].heading;
	}
	return columns;
}

enum err
tool_raw_list(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { .filter.limit = LIST_LIMIT };
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &options);
	tool_no_arguments(tool);
	rc = raw_batch_list(tool->db, &options.filter, tool->arena, &rows,
	    diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, list_columns(), RAW_BATCH_COLUMNS, rows,
	    diag);
}

enum err
tool_raw_show(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[] = {
#define SHOWN(member, kind, null, sql) { #member, NULL, COLUMN_##kind },
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
		{ "extraction_metadata", NULL, COLUMN_JSON },
		{ "error_details", NULL, COLUMN_JSON },
	};
	struct raw_options options = { 0 };
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &options);
	rc = raw_batch_get(tool->db, options.filter.tenant_id, tool_id(tool),
	    SPAN_NONE, false, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_row(tool, columns, COUNT(columns), rows, diag);
}

enum err
tool_raw_export(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { 0 };
	struct span payload;
	bool written;
	FILE *out;
	enum err rc;

	read_options(tool, &options);
	rc = raw_batch_payload(tool->db, options.filter.tenant_id,
	    tool_id(tool), tool->arena, &payload, diag);
	if (rc != E_OK)
		return rc;
	if (payload.at == NULL)
		return raw_batch_tell_absent(diag);
	out = options.output == NULL ? stdout : fopen(options.output, "we");
	if (out == NULL)
		return diag_set(diag, E_SYSTEM, "%s: %s", options.output,
		    strerror(errno));
	written = fwrite(payload.at, 1, payload.len, out) == payload.len &&
	    putc('\n', out) != EOF;
	if (out != stdout && fclose(out) != 0)
		written = false;
	if (!written)
		return diag_set(diag, E_SYSTEM, "cannot write the payload: %s",
		    strerror(errno));
	return E_OK;
}

/* Print what came of it; anything but success is an error of the command. */
static enum err
tell_fate(const char *stage, const struct worker_fate *fate, struct diag *diag)
{
	switch (fate->kind) {
	case WORKER_DONE:
	case WORKER_LOAD:
		(void)printf("%s: %" PRId64 " items read, %" PRId64
			     " skipped\n",
		    stage, fate->items, fate->skipped);
		return E_OK;
	case WORKER_WAIT:
		return diag_set(diag, E_CONFLICT, "somebody is at work on it");
	case WORKER_RETRY:
	case WORKER_BURY:
		break;
	}
	return diag_set(diag, E_INVALID, "%s: %s", stage, fate->reason);
}

enum err
tool_raw_process(struct tool *tool, struct diag *diag)
{
	const struct worker_settings *settings = &tool->settings->worker;
	const struct worker_history history = { 0 };
	struct raw_options options = { .filter.limit = 1 };
	struct worker_fate fate;
	struct db_rows *rows;
	struct job job = { 0 };
	enum err rc;

	read_options(tool, &options);
	options.filter.id = tool_id(tool);
	rc = raw_batch_list(tool->db, &options.filter, tool->arena, &rows,
	    diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return raw_batch_tell_absent(diag);
	job.raw_data_id = options.filter.id;
	job.tenant_id = options.filter.tenant_id;
	job.integration_id = db_int(rows, 0, RAW_BATCH_integration_id);
	job.entity_type = db_text(rows, 0, RAW_BATCH_entity_type);
	rc = tool_audit(tool, job.tenant_id, "raw_data.process",
	    job.raw_data_id, diag);
	if (rc != E_OK)
		return rc;
	rc = worker_transform(tool->db, settings, &job, &history, tool->arena,
	    &fate, diag);
	if (rc == E_OK)
		rc = tell_fate("transform", &fate, diag);
	if (rc != E_OK)
		return rc;
	rc = worker_load(tool->db, settings, &job, &history, tool->arena, &fate,
	    diag);
	if (rc != E_OK)
		return rc;
	return tell_fate("load", &fate, diag);
}

/* Requeue in steps, each batch once whatever becomes of it meanwhile. */
static enum err
requeue_all(struct tool *tool, struct queue_manager *queue,
    struct raw_batch_filter *filter, struct requeued *ret_sum,
    struct diag *diag)
{
	struct arena *arena = arena_new(STEP_ARENA_BYTES);
	struct requeued step;
	int64_t cursor = 0;
	enum err rc = arena == NULL ?
	    diag_set(diag, E_NO_MEMORY, "no memory") :
	    E_OK;

	filter->cursor = &cursor;
	for (int64_t left = filter->limit; rc == E_OK && left > 0;
	     left -= filter->limit) {
		filter->limit = left < REQUEUE_STEP ? left : REQUEUE_STEP;
		rc = requeue(tool->db, queue, filter, arena, &step, diag);
		if (rc != E_OK)
			break;
		ret_sum->pending += step.pending;
		ret_sum->queued += step.queued;
		if (step.pending < (size_t)filter->limit)
			break;
		arena_reset(arena);
	}
	arena_free(arena);
	return rc;
}

/* How many there are, and nothing is done. */
static enum err
tell_count(struct tool *tool, const struct raw_batch_filter *filter,
    struct diag *diag)
{
	int64_t count;
	enum err rc;

	rc = raw_batch_requeue_count(tool->db, filter, tool->arena, &count,
	    diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 " batches would be pending again\n",
		    count < filter->limit ? count : filter->limit);
	return rc;
}

enum err
tool_requeue(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { .filter.limit = LIMIT_MAX };
	struct raw_batch_filter *filter = &options.filter;
	struct requeued sum = { 0 };
	struct queue_manager *queue;
	enum err rc;

	read_options(tool, &options);
	tool_no_arguments(tool);
	if (span_is(filter->processing_status, "processing"))
		tool_usage(tool, "batches at work cannot be requeued");
	if (!options.all && raw_batch_filter_is_empty(filter))
		tool_usage(tool,
		    "give --all for all batches of the tenant, or"
		    " an option that selects some");
	if (options.dry_run)
		return tell_count(tool, filter, diag);
	/* An unreachable broker is the relay's business. */
	if (tool_broker(tool, &queue, diag) != E_OK)
		(void)fprintf(stderr, "pulse-etl: %s\n", diag->text);
	diag_clear(diag);
	rc = tool_audit(tool, filter->tenant_id, "raw_data.requeue", filter->id,
	    diag);
	if (rc == E_OK)
		rc = requeue_all(tool, queue, filter, &sum, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%zu batches are pending again, %zu of them queued%s\n",
	    sum.pending, sum.queued,
	    sum.queued < sum.pending ? "; the relay queues the others" : "");
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
/* pulse-etl raw: looking at stored batches. */
#include "programs/tool/tool_raw.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/stamp.h"
#include "base/suggest.h"
#include "models/batch/raw_batch.h"
#include "models/entity_type.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_progress.h"
#include "work/worker_job.h"

#define LIST_LIMIT 50
/* Of a payload that is written, between two looks at whether to stop. */
#define PIECE_BYTES (1u << 20)

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

/* A time, as PostgreSQL reads it; lives in the arena. */
static struct span
read_time(const struct tool *tool, const char *option)
{
	char stamp[STAMP_SIZE];

	if (!stamp_read(str_span(optarg), stamp))
		tool_usage(tool, "%s takes a time such as 2026-01-31T23:59:59Z",
		    option);
	return str_span(arena_printf(tool->arena, "%s", stamp));
}

void
tool_raw_options(struct tool *tool, struct raw_options *ret)
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
		{ "external-id", required_argument, NULL, 'x' },
		{ "after", required_argument, NULL, 'A' },
		{ "before", required_argument, NULL, 'b' },
		{ "first", required_argument, NULL, 'F' },
		{ "last", required_argument, NULL, 'L' },
		{ "folder", required_argument, NULL, 'f' },
		{ "file-bytes", required_argument, NULL, 'B' },
		{ "delete", no_argument, NULL, 'D' },
		TOOL_QUIET_OPTION,
		TOOL_YES_OPTION,
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
			    TOOL_RAW_LIMIT_MAX);
			break;
		case 'a':
			ret->all = true;
			break;
		case 'd':
			ret->dry_run = true;
			break;
		case 'b':
			filter->created_before = read_time(tool, "--before");
			break;
		case 'A':
			filter->created_after = read_time(tool, "--after");
			break;
		case 'x':
			filter->external_id = str_span(optarg);
			break;
		case 'F':
			ret->range.first_id = tool_number(tool, "--first", 1,
			    INT64_MAX);
			break;
		case 'L':
			ret->range.last_id = tool_number(tool, "--last", 1,
			    INT64_MAX);
			break;
		case 'f':
			ret->folder = optarg;
			break;
		case 'B':
			ret->file_bytes = tool_number(tool, "--file-bytes", 1,
			    INT64_MAX / 2);
			break;
		case 'D':
			ret->removes = true;
			break;
		default:
			if (strstr(tool->row->takes, "--output FILE") != NULL)
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

const struct tool_column *
tool_raw_columns(void)
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

/* A type that nothing is made of may be one that was mistyped. */
static void
note_type(struct span entity_type)
{
	struct suggestion near = { 0 };

	if (entity_type.at == NULL || entity_type_find(entity_type) != NULL)
		return;
	for (size_t i = 0; i < entity_type_count; i++)
		suggest(&near, entity_type, entity_types[i].name);
	(void)fprintf(stderr,
	    "pulse-etl: nothing is made of batches of the"
	    " type %.*s%s%s%s\n",
	    SPAN_ARG(entity_type), near.name == NULL ? "" : "; did you mean ",
	    near.name == NULL ? "" : near.name, near.name == NULL ? "" : "?");
}

enum err
tool_raw_list(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { .filter.limit = LIST_LIMIT };
	struct db_rows *rows;
	enum err rc;

	tool_raw_options(tool, &options);
	tool_no_arguments(tool);
	note_type(options.filter.entity_type);
	rc = raw_batch_list(tool->db, &options.filter, tool->arena, &rows,
	    diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, tool_raw_columns(), RAW_BATCH_COLUMNS,
	    rows, diag);
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

	tool_raw_options(tool, &options);
	rc = raw_batch_get(tool->db, options.filter.tenant_id, tool_id(tool),
	    SPAN_NONE, false, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_row(tool, columns, COUNT(columns), rows, diag);
}

/* Take a batch out of all lists; what was made of it stays. */
enum err
tool_raw_delete(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { 0 };
	int64_t id, tenant_id;
	enum err rc;

	tool_raw_options(tool, &options);
	tenant_id = options.filter.tenant_id;
	id = tool_id(tool);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = raw_batch_delete(tool->db, tenant_id, id, tool->arena, diag);
	return tool_change_end(tool, rc, "batches", "raw_data.delete",
	    tenant_id, id, diag);
}

/* Write a payload in pieces, until all is written or a stop. */
static bool
write_payload(struct tool *tool, FILE *out, struct span payload)
{
	struct tool_progress progress;
	size_t done = 0;

	tool_progress_begin(&progress, tool, "bytes", (int64_t)payload.len);
	while (done < payload.len && !tool_progress_stopped()) {
		size_t len = payload.len - done;

		len = len < PIECE_BYTES ? len : PIECE_BYTES;
		if (fwrite(payload.at + done, 1, len, out) != len)
			break;
		done += len;
		tool_progress_set(&progress, (int64_t)done, "");
	}
	tool_progress_end(&progress);
	return tool_progress_stopped() ||
	    (done == payload.len && putc('\n', out) != EOF);
}

enum err
tool_raw_export(struct tool *tool, struct diag *diag)
{
	struct raw_options options = { 0 };
	struct span payload;
	bool written;
	FILE *out;
	enum err rc;

	tool_raw_options(tool, &options);
	rc = raw_batch_check_payload(tool->db, options.filter.tenant_id,
	    tool_id(tool), tool->arena, diag);
	if (rc == E_OK)
		rc = raw_batch_payload(tool->db, options.filter.tenant_id,
		    tool_id(tool), tool->arena, &payload, diag);
	if (rc != E_OK)
		return rc;
	if (payload.at == NULL)
		return raw_batch_tell_absent(diag);
	out = options.output == NULL ? stdout : fopen(options.output, "we");
	if (out == NULL)
		return diag_set(diag, E_INVALID, "%s: %s", options.output,
		    strerror(errno));
	written = write_payload(tool, out, payload);
	if (out != stdout && fclose(out) != 0)
		written = false;
	if (!written)
		return diag_set(diag, E_SYSTEM, "cannot write the payload: %s",
		    strerror(errno));
	if (!tool_progress_stopped())
		return E_OK;
	if (options.output != NULL)
		(void)unlink(options.output);
	tool_progress_tell_stop(tool, "%s",
	    options.output == NULL ?
		"what was printed is not whole" :
		"no file was made");
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
	case WORKER_PARK:
		return diag_set(diag, E_CONFLICT,
		    "its tenant is paused: pulse-etl tenant resume lets it go"
		    " on");
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

	tool_raw_options(tool, &options);
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

/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl purge: removing batches nobody needs any more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/batch/raw_batch_purge.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_progress.h"

/* Rows of one transaction: short locks, small WAL. */
#define STEP 200
#define FIRST 10 /* that a dry run shows */

/* What the command takes; ends the program when it is not enough. */
static bool
read_options(struct tool *tool, struct raw_batch_purge *ret)
{
	static const struct option options[] = {
		{ "older-than", required_argument, NULL, 'a' },
		{ "status", required_argument, NULL, 's' },
		{ "tenant", required_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'd' },
		TOOL_QUIET_OPTION,
		TOOL_YES_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	bool dry = false;
	int option;

	ret->age = -1;
	while ((option = tool_option(tool, options)) != -1) {
		switch (option) {
		case 'a':
			ret->age = tool_duration(tool, "--older-than");
			break;
		case 's':
			ret->status = str_span(optarg);
			break;
		case 't':
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
			break;
		default:
			dry = true;
			break;
		}
	}
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
	if (ret->age < 0 || ret->status.at == NULL)
		tool_usage(tool, "--older-than and --status are needed");
	if (!span_is(ret->status, "completed") &&
	    !span_is(ret->status, "failed") && !span_is(ret->status, "deleted"))
		tool_usage(tool, "--status takes completed, failed or deleted");
	return dry;
}

/* What would be removed, and nothing is. */
static enum err
tell_dry(struct tool *tool, const struct raw_batch_purge *purge, int64_t total,
    int64_t bytes, struct diag *diag)
{
	static const struct tool_column columns[RAW_BATCH_PURGE_COLUMNS] = {
		[RAW_BATCH_PURGE_ID] = { "id", "ID", COLUMN_INT },
		[RAW_BATCH_PURGE_TENANT] = { "tenant_id", "TENANT",
		    COLUMN_INT },
		[RAW_BATCH_PURGE_TYPE] = { "entity_type", "TYPE", COLUMN_TEXT },
		[RAW_BATCH_PURGE_STATUS] = { "processing_status", "STATUS",
		    COLUMN_TEXT },
		[RAW_BATCH_PURGE_CREATED] = { "created_at", "CREATED",
		    COLUMN_STAMP },
		[RAW_BATCH_PURGE_BYTES] = { "raw_data_bytes", "BYTES",
		    COLUMN_INT },
	};
	struct db_rows *rows;
	enum err rc;

	(void)printf("%" PRId64 " batches with %" PRId64
		     " bytes of payload would be removed\n",
	    total, bytes);
	if (total == 0)
		return E_OK;
	rc = raw_batch_purge_first(tool->db, purge, FIRST, tool->arena, &rows,
	    diag);
	if (rc == E_OK)
		rc = tool_output_rows(tool, columns, COUNT(columns), rows,
		    diag);
	if (rc == E_OK && total > FIRST)
		(void)printf("and %" PRId64 " more\n", total - FIRST);
	return rc;
}

/* Remove them step by step, each a transaction, until all are or a stop. */
static enum err
remove_all(struct tool *tool, struct raw_batch_purge *purge, int64_t total,
    int64_t *ret_done, struct diag *diag)
{
	struct tool_progress progress;
	int64_t step = 1;
	enum err rc = E_OK;

	tool_progress_begin(&progress, tool, "batches", total);
	while (rc == E_OK && step > 0 && !tool_progress_stopped()) {
		rc = raw_batch_purge_step(tool->db, purge, STEP, tool->arena,
		    &step, diag);
		if (rc != E_OK)
			break;
		*ret_done += step;
		tool_progress_set(&progress, *ret_done, "");
	}
	tool_progress_end(&progress);
	return rc;
}

enum err
tool_purge(struct tool *tool, struct diag *diag)
{
	struct raw_batch_purge purge = { 0 };
	bool dry = read_options(tool, &purge);
	int64_t total, bytes, done = 0;
	enum err rc;

	if (purge.tenant_id != 0)
		db_tenant(tool->db, purge.tenant_id);
	rc = raw_batch_purge_count(tool->db, &purge, tool->arena, &total,
	    &bytes, diag);
	if (rc != E_OK)
		return rc;
	if (dry)
		return tell_dry(tool, &purge, total, bytes, diag);
	if (!tool_may(tool, total,
		"%" PRId64 " batches with %" PRId64
		" bytes of payload are removed for good",
		total, bytes)) {
		tool->exit_code = 1;
		return E_OK;
	}
	if (total > 0)
		rc = tool_audit(tool, purge.tenant_id, "raw_data.purge", 0,
		    diag);
	if (rc == E_OK && total > 0)
		rc = remove_all(tool, &purge, total, &done, diag);
	(void)printf("%" PRId64 " batches were removed\n", done);
	if (rc == E_OK && tool_progress_stopped() && done < total)
		tool_progress_tell_stop(tool,
		    "%" PRId64 " batches are left: run it again to go on",
		    total - done);
	return rc;
}

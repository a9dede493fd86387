/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl purge: removing batches nobody needs any more.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "models/batch/raw_batch_purge.h"
#include "programs/tool/tool.h"

/* Rows of one transaction: short locks, small WAL. */
#define STEP 200

/* What the command takes; ends the program when it is not enough. */
static bool
read_options(struct tool *tool, struct raw_batch_purge *ret)
{
	static const struct option options[] = {
		{ "older-than", required_argument, NULL, 'a' },
		{ "status", required_argument, NULL, 's' },
		{ "tenant", required_argument, NULL, 't' },
		{ "dry-run", no_argument, NULL, 'd' },
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

static void
tell_progress(int64_t done, int64_t total)
{
	if (isatty(STDERR_FILENO))
		(void)fprintf(stderr, "\rpurged %" PRId64 " of %" PRId64, done,
		    total);
	else if (done % (50 * STEP) == 0)
		(void)fprintf(stderr, "purged %" PRId64 " of %" PRId64 "\n",
		    done, total);
}

enum err
tool_purge(struct tool *tool, struct diag *diag)
{
	struct raw_batch_purge purge = { 0 };
	bool dry = read_options(tool, &purge);
	int64_t total, bytes, step = 1, done = 0;
	enum err rc;

	if (purge.tenant_id != 0)
		db_tenant(tool->db, purge.tenant_id);
	rc = raw_batch_purge_count(tool->db, &purge, tool->arena, &total,
	    &bytes, diag);
	if (rc != E_OK)
		return rc;
	if (dry) {
		(void)printf("%" PRId64 " batches with %" PRId64
			     " bytes of payload would be removed\n",
		    total, bytes);
		return E_OK;
	}
	if (total > 0)
		rc = tool_audit(tool, purge.tenant_id, "raw_data.purge", 0,
		    diag);
	while (rc == E_OK && step > 0) {
		rc = raw_batch_purge_step(tool->db, &purge, STEP, tool->arena,
		    &step, diag);
		if (rc != E_OK || step == 0)
			break;
		done += step;
		tell_progress(done, total);
	}
	if (done > 0 && isatty(STDERR_FILENO))
		(void)fputc('\n', stderr);
	(void)printf("%" PRId64 " batches were removed\n", done);
	return rc;
}

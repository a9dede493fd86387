/* SPDX-License-Identifier: MIT */
/* pulse-etl raw partitions, drop-partition: where the table has partitions. */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "models/batch/raw_partition.h"
#include "programs/tool/tool_output.h"

/* How long to try for the locks, and between two tries, ms. */
#define WAIT_MS 30000
#define PAUSE_MS 500

static enum err
list(struct tool *tool, struct db_rows **ret_rows, struct diag *diag)
{
	enum err rc;

	db_tenant(tool->db, DB_EVERY_TENANT);
	rc = raw_partition_list(tool->db, tool->arena, ret_rows, diag);
	if (rc == E_OK && db_rows_count(*ret_rows) == 0)
		return diag_set(diag, E_CONFLICT,
		    "raw_extraction_data has no partitions: pulse-etl-migrate"
		    " --partition makes them (docs/partitions.md)");
	return rc;
}

enum err
tool_raw_partitions(struct tool *tool, struct diag *diag)
{
#define COLUMN_OF(member, heading, kind) { #member, heading, COLUMN_##kind },
	static const struct tool_column columns[] = {
		RAW_PARTITION_SHOWN(COLUMN_OF)
	};
#undef COLUMN_OF
	static const struct option options[] = {
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct db_rows *rows;
	enum err rc;

	while (tool_option(tool, options) != -1)
		tool->format = tool_output_format(tool, optarg);
	tool_no_arguments(tool);
	rc = list(tool, &rows, diag);
	return rc == E_OK ?
	    tool_output_rows(tool, columns, COUNT(columns), rows, diag) :
	    rc;
}

struct drop_options {
	const char *name;
	bool is_forced, dry_run;
};

static void
read_options(struct tool *tool, struct drop_options *ret)
{
	static const struct option options[] = {
		{ "force", no_argument, NULL, 'f' },
		{ "dry-run", no_argument, NULL, 'd' },
		TOOL_YES_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		if (option == 'f')
			ret->is_forced = true;
		else
			ret->dry_run = true;
	}
	if (optind != tool->argc - 1)
		tool_usage(tool, "the name of one partition is needed");
	ret->name = tool->argv[optind];
}

/* The row of the partition of that name, or -1. */
static int
find(const struct db_rows *rows, const char *name)
{
	for (int i = 0; i < db_rows_count(rows); i++)
		if (span_is(db_text(rows, i, RAW_PARTITION_name), name))
			return i;
	return -1;
}

/* What is done is not whole yet: without these batches it would never be. */
static enum err
refuse_needed(struct tool *tool, const char *name, struct diag *diag)
{
	int64_t count;
	enum err rc = raw_partition_needed(tool->db, name, tool->arena, &count,
	    diag);

	if (rc == E_OK && count > 0)
		return diag_set(diag, E_CONFLICT,
		    "%" PRId64
		    " batches of %s wait for others, or are pages of a census"
		    " that lacks some: let these come, or drop them with"
		    " --force",
		    count, name);
	return rc;
}

static enum err
drop(struct tool *tool, const struct drop_options *options, int64_t first_id,
    struct diag *diag)
{
	const int64_t deadline = clock_ms() + WAIT_MS;
	int64_t batches = 0, bytes = 0;
	enum err rc;

	rc = tool_audit(tool, 0, "raw_data.drop_partition", first_id, diag);
	if (rc != E_OK)
		return rc;
	for (;;) {
		rc = raw_partition_drop(tool->db, options->name,
		    options->is_forced, -1, tool->arena, &batches, &bytes,
		    diag);
		if (rc == E_OK || strcmp(diag->sqlstate, "55P03") != 0 ||
		    clock_left(deadline) == 0)
			break;
		(void)poll(NULL, 0, PAUSE_MS);
	}
	if (rc == E_OK)
		(void)printf("%s was dropped with %" PRId64
			     " batches and %" PRId64 " bytes of payload\n",
		    options->name, batches, bytes);
	return rc;
}

enum err
tool_raw_drop_partition(struct tool *tool, struct diag *diag)
{
	struct drop_options options = { 0 };
	int64_t batches, open;
	struct db_rows *rows;
	int row;
	enum err rc;

	read_options(tool, &options);
	rc = list(tool, &rows, diag);
	if (rc != E_OK)
		return rc;
	row = find(rows, options.name);
	if (row < 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no partition %s:"
		    " pulse-etl raw partitions lists them",
		    options.name);
	batches = db_int(rows, row, RAW_PARTITION_batches);
	open = db_int(rows, row, RAW_PARTITION_open);
	if (open > 0 && !options.is_forced)
		return diag_set(diag, E_CONFLICT,
		    "%" PRId64
		    " batches of %s are pending, processing or failed: let"
		    " them be processed, or drop them with --force",
		    open, options.name);
	rc = options.is_forced ? E_OK : refuse_needed(tool, options.name, diag);
	if (rc != E_OK)
		return rc;
	if (options.dry_run) {
		(void)printf("%s would be dropped with about %" PRId64
			     " batches; it takes %" PRId64 " bytes on disk\n",
		    options.name, batches,
		    db_int(rows, row, RAW_PARTITION_bytes));
		return E_OK;
	}
	if (!tool_may(tool, batches,
		"%s is dropped with about %" PRId64 " batches, for good",
		options.name, batches)) {
		tool->exit_code = 1;
		return E_OK;
	}
	return drop(tool, &options, db_int(rows, row, RAW_PARTITION_lowest_id),
	    diag);
}

/* SPDX-License-Identifier: MIT */
/* pulse-etl counts: how many batches came when, with a bar for each bucket. */
#include <string.h>

#include "base/stamp.h"
#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_counts.h"
#include "programs/tool/tool_output.h"

#define BAR_MOST 22 /* beside the numbers within 80 columns */

struct counts_options {
	struct raw_batch_filter filter;
	struct span bucket;
};

static const struct {
	struct tool_column column;
	enum raw_batch_counts_column at;
} shown[] = {
	{ { "start", "START", COLUMN_STAMP }, RAW_BATCH_COUNTS_START },
	{ { "received", "RECEIVED", COLUMN_INT }, RAW_BATCH_COUNTS_RECEIVED },
	{ { "bytes", "BYTES", COLUMN_INT }, RAW_BATCH_COUNTS_BYTES },
	{ { "pending", NULL, COLUMN_INT }, RAW_BATCH_COUNTS_PENDING },
	{ { "processing", NULL, COLUMN_INT }, RAW_BATCH_COUNTS_PROCESSING },
	{ { "completed", NULL, COLUMN_INT }, RAW_BATCH_COUNTS_COMPLETED },
	{ { "failed", "FAILED", COLUMN_INT }, RAW_BATCH_COUNTS_FAILED },
};

/* A time of an option, as PostgreSQL reads it; lives in the arena. */
static struct span
read_time(const struct tool *tool, const char *option)
{
	char stamp[STAMP_SIZE];

	if (!stamp_read(str_span(optarg), stamp))
		tool_usage(tool, "%s takes a time such as 2026-01-31T23:59:59Z",
		    option);
	return str_span(arena_printf(tool->arena, "%s", stamp));
}

/* One of some words; anything else ends the program. */
static struct span
read_choice(const struct tool *tool, const char *option, const char *choices)
{
	if (!span_is_choice(str_span(optarg), choices))
		tool_usage(tool, "%s takes one of %s", option, choices);
	return str_span(optarg);
}

static void
read_options(struct tool *tool, struct counts_options *ret)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "bucket", required_argument, NULL, 'b' },
		{ "since", required_argument, NULL, 'f' },
		{ "until", required_argument, NULL, 'u' },
		{ "integration", required_argument, NULL, 'n' },
		{ "type", required_argument, NULL, 'y' },
		{ "status", required_argument, NULL, 's' },
		TOOL_OUTPUT_OPTION,
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
		case 'b':
			ret->bucket = read_choice(tool, "--bucket",
			    RAW_BATCH_BUCKETS);
			break;
		case 'f':
			filter->created_after = read_time(tool, "--since");
			break;
		case 'u':
			filter->created_before = read_time(tool, "--until");
			break;
		case 'n':
			filter->integration_id = tool_number(tool,
			    "--integration", 1, INT32_MAX);
			break;
		case 'y':
			filter->entity_type = str_span(optarg);
			break;
		case 's':
			filter->processing_status = read_choice(tool,
			    "--status", RAW_BATCH_STATUSES);
			break;
		default:
			tool->format = tool_output_format(tool, optarg);
			break;
		}
	}
	tool_no_arguments(tool);
	if (filter->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	db_tenant(tool->db, filter->tenant_id);
}

/* So long a bar for `count` of at most `most`; one that is not 0 is seen. */
static struct span
bar_of(int64_t count, int64_t most)
{
	static const char marks[] = "######################";
	double share = most == 0 ? 0 : (double)count / (double)most;
	size_t len = (size_t)(share * BAR_MOST);

	_Static_assert(sizeof(marks) - 1 == BAR_MOST, "as long as the longest");
	return (struct span){ marks, len == 0 && count > 0 ? 1 : len };
}

static enum err
print_counts(struct tool *tool, const struct db_rows *rows, struct diag *diag)
{
	struct tool_column columns[COUNT(shown) + 1];
	const bool has_bars = tool->format == TOOL_TABLE;
	struct tool_output *output;
	int64_t most = 0;

	for (size_t i = 0; i < COUNT(shown); i++)
		columns[i] = shown[i].column;
	columns[COUNT(shown)] = (struct tool_column){ "bar", "", COLUMN_TEXT };
	for (int row = 0; row < db_rows_count(rows); row++) {
		int64_t count = db_int(rows, row, RAW_BATCH_COUNTS_RECEIVED);

		most = count > most ? count : most;
	}
	output = tool_output_begin(tool, columns, COUNT(shown) + has_bars);
	for (int row = 0; row < db_rows_count(rows); row++) {
		for (size_t i = 0; i < COUNT(shown); i++)
			tool_output_cell(output,
			    db_text(rows, row, (int)shown[i].at));
		if (has_bars)
			tool_output_cell(output,
			    bar_of(db_int(rows, row, RAW_BATCH_COUNTS_RECEIVED),
				most));
	}
	return tool_output_end(output, diag);
}

/* Print how many batches came in each minute, hour or day. */
enum err
tool_counts(struct tool *tool, struct diag *diag)
{
	struct counts_options given = { .bucket = SPAN_LIT("1h") };
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &given);
	rc = raw_batch_counts(tool->db, &given.filter, given.bucket,
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) == 0)
		return diag_set(diag, E_INVALID,
		    "--since has to be before --until");
	if (db_rows_count(rows) > RAW_BATCH_BUCKETS_MAX)
		return diag_set(diag, E_INVALID,
		    "these would be more than %d buckets: give a longer"
		    " --bucket, or a later --since",
		    RAW_BATCH_BUCKETS_MAX);
	return print_counts(tool, rows, diag);
}

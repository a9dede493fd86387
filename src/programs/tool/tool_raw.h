/* SPDX-License-Identifier: MIT */
/*
 * What the commands of pulse-etl that are about stored batches share.
 */
#ifndef PROGRAMS_TOOL_TOOL_RAW_H
#define PROGRAMS_TOOL_TOOL_RAW_H

#include "models/batch/raw_batch_archive.h"
#include "programs/tool/tool_output.h"

#define TOOL_RAW_LIMIT_MAX 1000000000

/* What they take. */
struct raw_options {
	struct raw_batch_filter filter;
	const char *output; /* a file */
	bool all, dry_run;
	/* of raw archive, beside the filter */
	struct raw_batch_range range;
	const char *folder;
	int64_t file_bytes;
	bool removes;
};

/* Read the options, of which --tenant is not optional; else the program ends. */
void tool_raw_options(struct tool *tool, struct raw_options *ret);

/* How raw_batch_columns are printed, RAW_BATCH_COLUMNS of them. */
const struct tool_column *tool_raw_columns(void);

/*
 * Let the batches of a filter be processed again, and say what came of it; a
 * person at a terminal is asked before many are. Fails: as db_run().
 */
enum err tool_requeue_batches(struct tool *tool,
    struct raw_batch_filter *filter, struct diag *diag) MUST_CHECK;

#endif

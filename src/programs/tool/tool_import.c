/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl import: storing files of batches, or the lines of standard input,
 * through HTTP. Each one's Idempotency-Key follows from its bytes and where they
 * go, so that a second run stores only what the first one did not.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "programs/tool/import.h"

#define TIMEOUT_MS 120000

/* The places for lines; a place is free once its line came to its end. */
static enum err
list_lines(struct import *import, struct diag *diag)
{
	if (import->tool->argc != optind + 1)
		tool_usage(import->tool,
		    "- is standard input, and stands alone");
	import->reads_lines = true;
	import_lines_init(&import->lines, IMPORT_BODY_MAX);
	import->count = (size_t)import->options.jobs;
	import->items = calloc(import->count, sizeof(*import->items));
	if (import->items == NULL)
		return diag_set(diag, E_NO_MEMORY, "a list of lines");
	for (size_t i = 0; i < import->count; i++)
		import->items[i].outcome = IMPORT_KNOWN;
	return E_OK;
}

/* The files, or lines, as items. */
static enum err
list_items(struct import *import, struct diag *diag)
{
	struct tool *tool = import->tool;
	enum err rc = E_OK;

	for (int i = optind; i < tool->argc; i++)
		if (strcmp(tool->argv[i], "-") == 0)
			return list_lines(import, diag);
	for (int i = optind; rc == E_OK && i < tool->argc; i++)
		rc = import_files_add(&import->files, tool->argv[i],
		    tool->arena, diag);
	if (rc != E_OK)
		return rc;
	import->items = calloc(import->files.count + 1, sizeof(*import->items));
	if (import->items == NULL)
		return diag_set(diag, E_NO_MEMORY, "a list of files");
	import->count = import->taken = import->files.count;
	for (size_t i = 0; i < import->count; i++)
		import->items[i].path = import->files.paths[i];
	return E_OK;
}

/* What came of it, in a line and in an exit code. */
static enum err
sum_up(struct import *import, struct diag *diag)
{
	const char *noun = import->reads_lines ? "line" : "file";
	const size_t away = import->counts[IMPORT_AWAY];
	const size_t refused = import->counts[IMPORT_REFUSED];

	(void)fprintf(import->output == NULL ? stdout : stderr,
	    "%zu %ss: %zu stored, %zu known, %zu failed\n", import->taken, noun,
	    import->counts[IMPORT_STORED], import->counts[IMPORT_KNOWN],
	    refused + away);
	if (tool_progress_stopped() && !import_is_whole(import)) {
		tool_progress_tell_stop(import->tool,
		    "run the import again, and only what is left is stored");
		return E_OK;
	}
	if (away > 0)
		return diag_set(diag, E_HTTP_AWAY,
		    "the service was"
		    " unreachable for %zu %s%s: run the import again",
		    away, noun, away == 1 ? "" : "s");
	if (import->denied)
		return diag_set(diag, E_FORBIDDEN,
		    "the service refuses the token: --token-file, or ETL_TOKEN,"
		    " names one that may store (pulse-etl token list)");
	if (refused > 0)
		return diag_set(diag, E_INVALID, "%zu %s%s refused", refused,
		    noun, refused == 1 ? " was" : "s were");
	if (import->options.strict && import->warned != NULL)
		return diag_set(diag, E_INVALID,
		    "all are stored, but the service warned: see above");
	return E_OK;
}

enum err
tool_import(struct tool *tool, struct diag *diag)
{
	struct import import = { .tool = tool };
	enum err rc;

	import_options_read(tool, &import.options);
	if (!http_client_is_built())
		return diag_set(diag, E_SETTING,
		    "this was built without libcurl: import takes a build with"
		    " it");
	rc = list_items(&import, diag);
	if (rc == E_OK)
		rc = http_client_new((size_t)import.options.jobs, TIMEOUT_MS,
		    &import.client, diag);
	tool_progress_begin(&import.progress, tool,
	    import.reads_lines ? "lines" : "files",
	    import.reads_lines ? -1 : (int64_t)import.count);
	if (rc == E_OK) {
		import_tell_begin(&import);
		rc = import_send(&import, diag);
	}
	tool_progress_end(&import.progress);
	if (rc == E_OK)
		rc = import_tell_end(&import, diag);
	if (rc == E_OK)
		rc = sum_up(&import, diag);
	http_client_free(import.client);
	for (size_t i = 0; i < import.count && import.items != NULL; i++)
		import_item_done(&import.items[i]);
	import_lines_done(&import.lines);
	free(import.items);
	free(import.files.paths);
	return rc;
}

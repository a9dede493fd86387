/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl import tells of each item: a line for people, or a row for
 * programs, with the code of the problem that the service answered.
 */
#include <inttypes.h>
#include <stdio.h>

#include "programs/tool/import.h"
#include "programs/tool/import_answer.h"

/* Columns of --output. */
static const struct tool_column columns[] = {
	{ "path", "PATH", COLUMN_TEXT },
	{ "outcome", "OUTCOME", COLUMN_TEXT },
	{ "raw_data_id", "ID", COLUMN_INT },
	{ "status", "STATUS", COLUMN_INT },
	{ "code", "CODE", COLUMN_TEXT },
	{ "detail", "DETAIL", COLUMN_TEXT },
};

static const char *const outcomes[] = {
	[IMPORT_STORED] = "stored",
	[IMPORT_KNOWN] = "known",
	[IMPORT_REFUSED] = "refused",
	[IMPORT_AWAY] = "unreachable",
};

void
import_tell_begin(struct import *import)
{
	if (import->tool->format != TOOL_TABLE)
		import->output = tool_output_begin(import->tool, columns,
		    COUNT(columns));
}

enum err
import_tell_end(struct import *import, struct diag *diag)
{
	return import->output == NULL ?
	    E_OK :
	    tool_output_end(import->output, diag);
}

/* Its text for people, of an answer that is no success. */
static struct span
reason_of(const struct import *import, const struct http_client_answer *answer)
{
	struct arena *arena = import->tool->arena;
	struct span text = import_answer_text(answer->body, "detail", arena);
	const bool is_whole = answer->outcome == HTTP_CLIENT_WHOLE;

	if (text.at != NULL)
		return text;
	if (answer->status == 0)
		return str_span(answer->detail);
	return str_span(arena_printf(arena, "HTTP status %ld%s%s",
	    answer->status, is_whole ? "" : ": ",
	    is_whole ? "" : answer->detail));
}

static struct span
word_of(const struct import *import, enum err code)
{
	char word[ERR_WORD_SIZE];

	err_word(code, word);
	return str_span(arena_printf(import->tool->arena, "%s", word));
}

struct import_told
import_told_answer(const struct import *import,
    const struct http_client_answer *answer)
{
	struct arena *arena = import->tool->arena;
	struct import_told told = { .status = answer->status };

	told.detail = reason_of(import, answer);
	told.code = import_answer_text(answer->body, "code", arena);
	if (told.code.at == NULL && answer->status == 0)
		told.code = word_of(import, E_HTTP_AWAY);
	else if (told.code.at == NULL) /* of nginx, or of a proxy */
		told.code = str_span(arena_printf(arena, "http_%ld",
		    answer->status));
	return told;
}

struct import_told
import_told_failure(const struct import *import, enum err code,
    const char *text)
{
	return (struct import_told){ .code = word_of(import, code),
		.detail = str_span(arena_printf(import->tool->arena, "%s",
		    text[0] != '\0' ? text : err_text(code))) };
}

static void
add_row(struct import *import, const struct import_item *item,
    enum import_outcome outcome, const struct import_told *told)
{
	struct tool_output *output = import->output;

	tool_output_cell(output, str_span(item->path));
	tool_output_cell(output, str_span(outcomes[outcome]));
	tool_output_cell(output, told->id);
	if (told->status == 0)
		tool_output_cell(output, SPAN_NONE);
	else
		tool_output_int(output, told->status);
	tool_output_cell(output, told->code);
	tool_output_cell(output, told->detail);
	(void)fflush(stdout);
}

/* A line for it in a pipe; what failed is told in any case. */
static void
print_line(struct import *import, const struct import_item *item,
    enum import_outcome outcome, const struct import_told *told)
{
	if (outcome == IMPORT_REFUSED || outcome == IMPORT_AWAY) {
		tool_progress_clear(&import->progress);
		(void)fprintf(stderr, "failed %.*s %s: %.*s\n",
		    SPAN_ARG(told->code), item->path, SPAN_ARG(told->detail));
	} else if (!import->progress.bar && !import->tool->quiet) {
		(void)printf("%s %.*s %s\n", outcomes[outcome],
		    SPAN_ARG(told->id), item->path);
		(void)fflush(stdout);
	}
}

void
import_tell(struct import *import, const struct import_item *item,
    enum import_outcome outcome, const struct import_told *told)
{
	if (import->output != NULL)
		add_row(import, item, outcome, told);
	else
		print_line(import, item, outcome, told);
	if (!import->progress.bar)
		return;
	(void)snprintf(import->note, sizeof(import->note),
	    "%zu stored, %zu known, %zu failed", import->counts[IMPORT_STORED],
	    import->counts[IMPORT_KNOWN],
	    import->counts[IMPORT_REFUSED] + import->counts[IMPORT_AWAY]);
	tool_progress_set(&import->progress, (int64_t)import_finished(import),
	    import->note);
}

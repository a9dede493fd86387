/* SPDX-License-Identifier: MIT */
/* How pulse-etl dead shows messages. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "json/json_write.h"
#include "programs/tool/dead.h"

#define HEADERS_BYTES_MAX (1u << 20)

/*
 * What a message shows; dead list shows fewer of them, and calls that so. The
 * members of a job are those that the API gives a batch.
 */
enum { NUMBER, PUBLISHED, TENANT, BATCH, TYPE, RUN, REASON, LISTED };
static const struct tool_column columns[] = {
	[NUMBER] = { "number", "NUMBER", COLUMN_INT },
	[PUBLISHED] = { "published_at", "PUBLISHED", COLUMN_STAMP },
	[TENANT] = { "tenant_id", "TENANT", COLUMN_INT },
	[BATCH] = { "raw_data_id", "BATCH", COLUMN_INT },
	[TYPE] = { "entity_type", "TYPE", COLUMN_TEXT },
	[RUN] = { "run_id", NULL, COLUMN_INT },
	[REASON] = { "reason", "REASON", COLUMN_TEXT },
	{ "message_id", NULL, COLUMN_TEXT },
	{ "headers", NULL, COLUMN_JSON },
	{ "body", NULL, COLUMN_TEXT },
	{ "body_is_whole", NULL, COLUMN_BOOL },
};

/* A copy of a text, which outlives its message. */
static struct span
kept(const struct tool *tool, struct span text)
{
	if (text.at == NULL)
		return text;
	return (struct span){ arena_text(tool->arena, text), text.len };
}

static struct span
stamp_of(const struct tool *tool, const struct dead *dead)
{
	time_t when = (time_t)dead->delivery->timestamp;
	struct tm parts;
	char stamp[40];

	if (when <= 0 || gmtime_r(&when, &parts) == NULL ||
	    strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		return SPAN_NONE;
	return kept(tool, str_span(stamp));
}

/* Its headers as an object; what counts looks like this one is left out. */
static struct span
headers_of(const struct tool *tool, const struct dead *dead)
{
	const struct mq_delivery *delivery = dead->delivery;
	struct span text = SPAN_NONE;
	struct json json;
	struct buf out;

	buf_init(&out, HEADERS_BYTES_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	for (size_t i = 0; i < delivery->header_count; i++) {
		const struct mq_arg *header = &delivery->headers[i];

		if (strcmp(header->key, "x-delivery-count") == 0)
			continue;
		if (header->text != NULL)
			json_text(&json, header->key, header->text);
		else
			json_int(&json, header->key, header->number);
	}
	json_end(&json);
	if (buf_done(&out) == E_OK)
		text = kept(tool, buf_span(&out));
	buf_free(&out);
	return text;
}

struct tool_output *
dead_output_begin(struct tool *tool, enum queue queue, bool is_whole)
{
	struct tool_column *own = arena_get(tool->arena, sizeof(columns));

	memcpy(own, columns, sizeof(columns));
	if (queue == QUEUE_EXTRACT) { /* it is of a run, not of a batch */
		own[BATCH].heading = NULL;
		own[RUN].heading = "RUN";
	}
	return tool_output_begin(tool, own, is_whole ? COUNT(columns) : LISTED);
}

/* An id; 0 is none. */
static void
add_id(struct tool_output *output, int64_t id)
{
	if (id == 0)
		tool_output_cell(output, SPAN_NONE);
	else
		tool_output_int(output, id);
}

/* The cells of a message that every list has. */
static void
add_cells(struct tool *tool, struct tool_output *output,
    const struct dead *dead)
{
	const struct job *job = &dead->job;

	tool_output_int(output, dead->number);
	tool_output_cell(output, stamp_of(tool, dead));
	/* What is no job has none of these. */
	add_id(output, job->tenant_id);
	add_id(output, job->raw_data_id);
	tool_output_cell(output,
	    kept(tool,
		job->job_type.at == NULL ? job->entity_type : job->job_type));
	add_id(output, job->run_id);
	tool_output_cell(output,
	    kept(tool, str_span(dead_letters_reason(dead->delivery))));
}

enum err
dead_print_line(struct tool *tool, struct queue_manager *queue,
    const struct pick *pick, const struct dead *dead, bool *ret_done,
    struct diag *diag)
{
	(void)queue;
	*ret_done = true;
	add_cells(tool, pick->output, dead);
	return arena_done(tool->arena, diag);
}

/* A message for a person: a line for each of what it has. */
static void
print_lines(const struct tool *tool, const struct dead *dead)
{
	const struct mq_delivery *delivery = dead->delivery;
	struct span text = tool_plain(tool, stamp_of(tool, dead));

	(void)printf("number: %" PRId64 "\npublished_at: %.*s", dead->number,
	    SPAN_ARG(text));
	text = tool_plain(tool, delivery->message_id);
	(void)printf("\nmessage_id: %.*s", SPAN_ARG(text));
	for (size_t i = 0; i < delivery->header_count; i++) {
		const struct mq_arg *header = &delivery->headers[i];

		if (strcmp(header->key, "x-delivery-count") == 0)
			continue; /* of looks like this one */
		text = tool_plain(tool, str_span(header->key));
		(void)printf("\n%.*s: ", SPAN_ARG(text));
		text = tool_plain(tool, str_span(header->text));
		if (header->text != NULL)
			(void)printf("%.*s", SPAN_ARG(text));
		else
			(void)printf("%" PRId64, header->number);
	}
	text = tool_plain(tool, delivery->body);
	(void)printf("\nbody: %.*s", SPAN_ARG(text));
	(void)puts(delivery->cut ? " ... and more\n" : "\n");
}

enum err
dead_print_whole(struct tool *tool, struct queue_manager *queue,
    const struct pick *pick, const struct dead *dead, bool *ret_done,
    struct diag *diag)
{
	const struct mq_delivery *delivery = dead->delivery;

	(void)queue;
	*ret_done = true;
	if (tool->format == TOOL_TABLE) {
		print_lines(tool, dead);
		return E_OK;
	}
	add_cells(tool, pick->output, dead);
	tool_output_cell(pick->output, kept(tool, delivery->message_id));
	tool_output_cell(pick->output, headers_of(tool, dead));
	tool_output_cell(pick->output, kept(tool, delivery->body));
	tool_output_cell(pick->output,
	    delivery->cut ? SPAN_LIT("false") : SPAN_LIT("true"));
	return arena_done(tool->arena, diag);
}

/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl queues, status, health, top: how the service is doing.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "models/batch/raw_batch_states.h"
#include "models/tables/schema.h"
#include "models/tenant/pause.h"
#include "programs/tool/tool_broker.h"
#include "programs/tool/tool_output.h"

#define INTERVAL 2 /* seconds */
#define TOP_ARENA_BYTES (4u << 20)
#define NAME_CHARS 12
/* Home, and clear what is below (ECMA-48: CUP, ED). */
#define SCREEN_CLEAR "\033[H\033[J"

static const struct option output_options[] = {
	{ "tenant", required_argument, NULL, 't' },
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Look at the queues; an alarm of the broker leaves them to be seen. */
static enum err
look(struct queue_manager *queue, const struct queue_state **ret_states,
    size_t *ret_count, struct diag *diag)
{
	enum err rc = queue_manager_look(queue, 0, ret_states, ret_count, diag);

	if (rc != E_MQ_REFUSED)
		return rc;
	(void)fprintf(stderr, "pulse-etl: %s\n", diag->text);
	diag_clear(diag);
	return E_OK;
}

/* List the queues. */
enum err
tool_queues(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[] = {
		{ "name", "QUEUE", COLUMN_TEXT },
		{ "state", "STATE", COLUMN_TEXT },
		{ "message_count", "MESSAGES", COLUMN_INT },
		{ "consumer_count", "CONSUMERS", COLUMN_INT },
		{ "reason", "REASON", COLUMN_TEXT },
	};
	const struct queue_state *states;
	struct queue_manager *queue;
	struct tool_output *output;
	size_t count;
	enum err rc;

	while (tool_option(tool, output_options) != -1)
		continue;
	tool_no_arguments(tool);
	rc = tool_broker(tool, &queue, diag);
	if (rc == E_OK)
		rc = look(queue, &states, &count, diag);
	if (rc != E_OK)
		return rc;
	output = tool_output_begin(tool, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		const struct queue_state *state = &states[i];
		const char *reason = state->text[0] != '\0' ?
		    state->text :
		    state->policy;

		tool_output_cell(output, str_span(state->name));
		tool_output_cell(output,
		    state->is_up ? SPAN_LIT("available") :
				   SPAN_LIT("unavailable"));
		if (state->is_up) {
			tool_output_int(output, state->counts.message_count);
			tool_output_int(output, state->counts.consumer_count);
		} else {
			tool_output_cell(output, SPAN_NONE);
			tool_output_cell(output, SPAN_NONE);
		}
		tool_output_cell(output,
		    reason[0] == '\0' ? SPAN_NONE : str_span(reason));
	}
	return tool_output_end(output, diag);
}

/* Count the batches by status. */
enum err
tool_status(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[RAW_BATCH_STATE_COLUMNS] = {
		[RAW_BATCH_STATE] = { "processing_status", "STATUS",
		    COLUMN_TEXT },
		[RAW_BATCH_STATE_BATCHES] = { "batches", "BATCHES",
		    COLUMN_INT },
		[RAW_BATCH_STATE_OLDEST] = { "oldest_at", "OLDEST",
		    COLUMN_STAMP },
		[RAW_BATCH_STATE_SECONDS] = { "oldest_seconds", "SECONDS",
		    COLUMN_INT },
	};
	struct db_rows *rows;
	int64_t tenant_id = 0;
	enum err rc;

	while (tool_option(tool, output_options) != -1)
		tenant_id = tool_number(tool, "--tenant", 1, INT32_MAX);
	tool_no_arguments(tool);
	if (tenant_id != 0)
		db_tenant(tool->db, tenant_id);
	rc = raw_batch_states(tool->db, tenant_id, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, columns, COUNT(columns), rows, diag);
}

/* What keeps messages from a queue, of all queues. */
static void
tell_broker(const struct queue_state *states, size_t count)
{
	bool ready = true;

	for (size_t i = 0; i < count; i++) {
		const struct queue_state *state = &states[i];

		if (state->is_up && !state->refuses)
			continue;
		ready = false;
		(void)printf("%s: %s\n", state->name,
		    state->missing ? "is not there; the relay declares it" :
				     state->text);
	}
	if (ready)
		(void)puts("broker: ready");
}

/* What waits because somebody has said so. */
static enum err
tell_pauses(struct tool *tool, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = pause_list(tool->db, tool->arena, &rows, diag);

	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		const bool of_queue = !db_is_null(rows, i, PAUSE_QUEUE);

		(void)printf("%s%.*s: is paused since %.*s\n",
		    of_queue ? "" : "tenant ",
		    SPAN_ARG(db_text(rows, i,
			of_queue ? PAUSE_QUEUE : PAUSE_TENANT)),
		    SPAN_ARG(db_text(rows, i, PAUSE_AT)));
	}
	return rc;
}

/* Would a store pass, and would its batch be queued at once? */
enum err
tool_health(struct tool *tool, struct diag *diag)
{
	const struct queue_state *states;
	struct queue_manager *queue;
	size_t count;
	enum err rc;

	while (tool_option(tool, output_options) != -1)
		continue;
	tool_no_arguments(tool);
	rc = schema_ready(tool->db, tool->arena, diag);
	(void)printf("database: %s\n",
	    rc == E_OK			? "ready" :
		diag->client[0] != '\0' ? diag->client :
					  diag->text);
	if (rc == E_OK)
		rc = tell_pauses(tool, diag);
	if (rc != E_OK)
		return rc;
	rc = tool_broker(tool, &queue, diag);
	if (rc == E_OK)
		rc = queue_manager_look(queue, 0, &states, &count, diag);
	if (rc == E_OK)
		tell_broker(states, count);
	else
		(void)printf(
		    "broker: %s; stores answer 202, the relay queues"
		    " their batches later\n",
		    diag->text);
	diag_clear(diag);
	return E_OK;
}

/* -- top */

static volatile sig_atomic_t stop_asked;

static void
on_stop(int number)
{
	(void)number;
	stop_asked = 1;
}

/* What top saw at one time. */
struct sample {
	int64_t batches[4]; /* as raw_batch_states() orders them */
	int64_t oldest;	    /* pending one, seconds; -1: none */
	struct timespec at;
};
static const char *const state_names[] = { "pending", "processing", "completed",
	"failed" };

static enum err
take_sample(struct tool *tool, struct arena *arena, struct sample *ret,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = raw_batch_states(tool->db, 0, arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	for (int i = 0; i < (int)COUNT(ret->batches); i++)
		ret->batches[i] = db_int(rows, i, RAW_BATCH_STATE_BATCHES);
	ret->oldest = db_is_null(rows, 0, RAW_BATCH_STATE_SECONDS) ?
	    -1 :
	    db_int(rows, 0, RAW_BATCH_STATE_SECONDS);
	(void)clock_gettime(CLOCK_MONOTONIC, &ret->at);
	return E_OK;
}

static double
rate(int64_t before, int64_t now, const struct sample *then,
    const struct sample *this)
{
	double seconds = (double)(this->at.tv_sec - then->at.tv_sec) +
	    (double)(this->at.tv_nsec - then->at.tv_nsec) / 1e9;

	return seconds <= 0 ? 0 : (double)(now - before) / seconds;
}

static int64_t
all_of(const struct sample *sample)
{
	int64_t sum = 0;

	for (size_t i = 0; i < COUNT(sample->batches); i++)
		sum += sample->batches[i];
	return sum;
}

/* The batches: one line, or on a terminal one for each figure. */
static void
print_batches(const struct sample *then, const struct sample *this, bool screen)
{
	const char *end = screen ? "\n" : "  ";

	(void)printf("stored/s %.1f%sdone/s %.1f%s",
	    rate(all_of(then), all_of(this), then, this), end,
	    rate(then->batches[2] + then->batches[3],
		this->batches[2] + this->batches[3], then, this),
	    end);
	for (size_t i = 0; i < COUNT(state_names); i++)
		(void)printf("%s %" PRId64 "%s", state_names[i],
		    this->batches[i], end);
	if (this->oldest >= 0)
		(void)printf("oldest pending %" PRId64 " s%s", this->oldest,
		    end);
}

static void
print_queues(const struct queue_state *states, size_t count, bool screen)
{
	for (size_t i = 0; i < count; i++) {
		const struct queue_state *state = &states[i];

		if (!screen && state->is_up &&
		    state->counts.message_count == 0 &&
		    state->counts.consumer_count == 0)
			continue;
		if (state->is_up)
			(void)printf("%s%s %lld messages, %lld consumers%s",
			    screen ? "" : "| ", state->name,
			    (long long)state->counts.message_count,
			    (long long)state->counts.consumer_count,
			    screen ? "\n" : "  ");
		else
			(void)printf("%s%s unavailable: %s%s",
			    screen ? "" : "| ", state->name, state->text,
			    screen ? "\n" : "  ");
	}
}

/* One look at all of it; what cannot be seen is said and not an end. */
static enum err
look_once(struct tool *tool, struct queue_manager *queue, struct arena *arena,
    struct sample *then, bool first, struct diag *diag)
{
	const bool screen = isatty(STDOUT_FILENO) == 1;
	const struct queue_state *states;
	struct sample this;
	char clock[NAME_CHARS];
	size_t count;
	time_t now = time(NULL);
	struct tm parts;
	enum err rc = take_sample(tool, arena, &this, diag);

	if (rc != E_OK)
		return rc;
	if (first)
		*then = this;
	if (gmtime_r(&now, &parts) == NULL ||
	    strftime(clock, sizeof(clock), "%H:%M:%SZ", &parts) == 0)
		clock[0] = '\0';
	(void)printf("%s%s%s", screen ? SCREEN_CLEAR "pulse-etl top, " : "",
	    clock, screen ? "; stop with Ctrl-C\n\n" : "  ");
	print_batches(then, &this, screen);
	*then = this;
	if (queue_manager_look(queue, 0, &states, &count, diag) == E_OK)
		print_queues(states, count, screen);
	else
		(void)printf("| broker: %s", diag->text);
	diag_clear(diag);
	if (!screen)
		(void)putchar('\n');
	return fflush(stdout) == 0 ?
	    E_OK :
	    diag_set(diag, E_SYSTEM, "cannot write to stdout");
}

static void
read_top(struct tool *tool, int64_t *ret_interval, int64_t *ret_count)
{
	static const struct option options[] = {
		{ "interval", required_argument, NULL, 'i' },
		{ "count", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*ret_interval = INTERVAL;
	*ret_count = INT64_MAX;
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 'i')
			*ret_interval = tool_number(tool, "--interval", 1,
			    3600);
		else
			*ret_count = tool_number(tool, "--count", 1, INT32_MAX);
	}
	tool_no_arguments(tool);
}

/* Look again and again until somebody has seen enough. */
enum err
tool_top(struct tool *tool, struct diag *diag)
{
	struct arena *arena = arena_new(TOP_ARENA_BYTES);
	struct sigaction action = { .sa_handler = on_stop };
	struct queue_manager *queue;
	struct sample then;
	int64_t interval, count;
	enum err rc = E_OK;

	read_top(tool, &interval, &count);
	(void)sigaction(SIGINT, &action, NULL);
	(void)sigaction(SIGTERM, &action, NULL);
	if (arena == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	/* An unreachable broker is one of the things to see. */
	if (tool_broker(tool, &queue, diag) != E_OK)
		diag_clear(diag);
	for (int64_t i = 0; rc == E_OK && i < count && !stop_asked; i++) {
		if (i > 0)
			(void)sleep((unsigned)interval);
		if (stop_asked)
			break;
		rc = look_once(tool, queue, arena, &then, i == 0, diag);
		arena_reset(arena);
	}
	arena_free(arena);
	return rc;
}

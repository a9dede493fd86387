/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl queue and tenant, pause and resume: what is begun of batches and
 * extractions. Stores are accepted all the while.
 */
#include <inttypes.h>
#include <string.h>

#include "models/tenant/pause.h"
#include "programs/tool/tool_change.h"
#include "queue/dead_letters.h"

static const struct option no_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Who says so, beside the audit. */
#define BY SPAN_LIT("pulse-etl")

static enum err
change_tenant(struct tool *tool, bool pauses, struct diag *diag)
{
	int64_t id;
	enum err rc;

	while (tool_option(tool, no_options) != -1)
		continue;
	id = tool_id(tool);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = pauses ?
	    pause_tenant(tool->db, id, BY, tool->arena, diag) :
	    pause_tenant_end(tool->db, id, tool->arena, diag);
	return tool_change_end(tool, rc, "what is paused",
	    pauses ? "tenant.pause" : "tenant.resume", id, id, diag);
}

/* Let a tenant's batches and extractions wait. */
enum err
tool_tenant_pause(struct tool *tool, struct diag *diag)
{
	return change_tenant(tool, true, diag);
}

/* Let them go on. */
enum err
tool_tenant_resume(struct tool *tool, struct diag *diag)
{
	return change_tenant(tool, false, diag);
}

/* The queue's whole name, from "transform" or "transform_queue". */
static struct span
read_queue(struct tool *tool)
{
	const char *name;
	enum queue queue;

	while (tool_option(tool, no_options) != -1)
		continue;
	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one QUEUE");
	name = tool->argv[optind];
	if (!dead_letters_queue(name, &queue))
		tool_usage(tool, "QUEUE is transform, load or extract");
	return str_span(arena_printf(tool->arena, "%s%s", name,
	    strchr(name, '_') == NULL ? "_queue" : ""));
}

static enum err
change_queue(struct tool *tool, bool pauses, struct diag *diag)
{
	struct span queue = read_queue(tool);
	enum err rc = db_begin(tool->db, diag);

	if (rc != E_OK)
		return rc;
	rc = pauses ?
	    pause_queue(tool->db, queue, BY, tool->arena, diag) :
	    pause_queue_end(tool->db, queue, tool->arena, diag);
	return tool_change_end(tool, rc, "what is paused",
	    pauses ? "queue.pause" : "queue.resume", 0, 0, diag);
}

/* Let workers take nothing from a queue. */
enum err
tool_queue_pause(struct tool *tool, struct diag *diag)
{
	return change_queue(tool, true, diag);
}

/* Let them take from it again. */
enum err
tool_queue_resume(struct tool *tool, struct diag *diag)
{
	return change_queue(tool, false, diag);
}

/* SPDX-License-Identifier: MIT */
/*
 * A route of the catalogue, answered by the command line in place of the
 * service: its own handler, so that what it checks, moves and applies is the
 * same whichever way a change comes. Besides, each change has a row in audit_log.
 */
#ifndef PROGRAMS_TOOL_TOOL_ROUTE_H
#define PROGRAMS_TOOL_TOOL_ROUTE_H

#include "etl/resource.h"
#include "programs/tool/tool.h"

struct tool_request {
	struct route route; /* as its row has it */
	int64_t tenant_id;
	int64_t id;	      /* of the row; 0: it is made */
	const char *if_match; /* the row's version, or NULL: any */
	bool is_trial;	      /* all of it is taken back in the end */
	struct buf *body;     /* a JSON object; empty: there is none */
};

/* The name of a field's option: "workflow_id" is "workflow". In the arena. */
const char *tool_route_option(const struct tool *tool,
    const struct field *field);

/*
 * Answer it. Needs: db_tenant() of the request's tenant.
 * Gives: *ret_answer, the JSON of the answer, in the arena.
 * Fails: as the route; what is wrong with fields is said of their options.
 */
enum err tool_route_run(struct tool *tool, const struct tool_request *request,
    struct span *ret_answer, struct diag *diag) MUST_CHECK;

#endif

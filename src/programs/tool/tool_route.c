/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_route.h"

#include <string.h>

/* Bytes of an answer: a row and what is said of it. */
#define ANSWER_BYTES_MAX (16u << 20)
#define HEAD_BYTES_MAX 4096
#define FLAWS_BYTES_MAX 65536

const char *
tool_route_option(const struct tool *tool, const struct field *field)
{
	struct span name = str_span(field->name);
	char *option;

	if (name.len > 3 && strcmp(name.at + name.len - 3, "_id") == 0)
		name.len -= 3;
	option = arena_text(tool->arena, name);
	for (char *c = option; *c != '\0'; c++)
		if (*c == '_')
			*c = '-';
	return option;
}

/* What is wrong with the fields, by the names of their options. */
static void
write_flaws(const struct tool *tool, const struct req *rq, struct buf *out)
{
	const struct field_set *set = rq->route->input;

	for (const struct field_error *error = rq->errors; error != NULL;
	     error = error->next) {
		const struct field *field = NULL;

		for (size_t i = 0; error->name != NULL && i < set->count; i++)
			if (strcmp(set->rows[i].name, error->name) == 0)
				field = &set->rows[i];
		buf_add_text(out, out->len > 0 ? "; " : "");
		if (field != NULL)
			buf_printf(out, "--%s ",
			    tool_route_option(tool, field));
		else if (error->name != NULL)
			buf_printf(out, "%s ", error->name);
		buf_add_text(out, error->text);
	}
}

/* Why it failed, for who typed the command. */
static enum err
tell(const struct tool *tool, const struct req *rq, enum err rc,
    struct diag *diag)
{
	struct buf flaws;

	*diag = rq->diag;
	diag->code = rc;
	if (rq->errors != NULL && (rc == E_SYNTAX || rc == E_INVALID)) {
		buf_init(&flaws, FLAWS_BYTES_MAX);
		write_flaws(tool, rq, &flaws);
		if (flaws.len > 0)
			rc = diag_set(diag, rc, "%s", flaws.data);
		buf_free(&flaws);
	}
	return tool_explain(rc, rq->route->resource->table->table, diag);
}

/* Run the handler on a request that is ready but for its body. */
static enum err
answer(const struct tool *tool, struct req *rq, struct resp *rp,
    struct span *ret_answer)
{
	enum err rc = E_OK;

	if (rq->body->len > 0)
		rc = request_read_json(rq, rq->route->input);
	if (rc == E_OK)
		rc = rq->route->handler(rq, rp);
	if (rc == E_OK)
		rc = buf_done(rp->body);
	if (rc == E_OK)
		*ret_answer = arena_span(tool->arena, buf_span(rp->body));
	return rc == E_OK ? arena_done(tool->arena, &rq->diag) : rc;
}

enum err
tool_route_run(struct tool *tool, const struct tool_request *request,
    struct span *ret_answer, struct diag *diag)
{
	struct resource resource = *request->route.resource;
	struct route route = request->route;
	struct buf head, body;
	struct resp rp;
	struct req rq;
	enum err rc;

	resource.recorded = true;
	resource.is_trial = request->is_trial;
	route.resource = &resource;
	request_init(&rq, tool->arena, request->body);
	rq.settings = &tool->settings->http;
	rq.db = tool->db;
	rq.method = str_span(route.method);
	rq.content_type = SPAN_LIT("application/json");
	rq.route = &route;
	rq.id = request->id;
	rq.who.tenant_id = request->tenant_id;
	rq.who.role = ROLE_ADMIN;
	if (request->if_match != NULL)
		rq.if_match = str_span(arena_printf(tool->arena, "\"%s\"",
		    request->if_match));
	buf_init(&head, HEAD_BYTES_MAX);
	buf_init(&body, ANSWER_BYTES_MAX);
	response_init(&rp, &head, &body);
	rc = answer(tool, &rq, &rp, ret_answer);
	if (rc != E_OK)
		rc = tell(tool, &rq, rc, diag);
	buf_free(&head);
	buf_free(&body);
	return rc;
}

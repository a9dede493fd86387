#include "etl/router.h"

#include <string.h>

#include "etl/answers.h"
#include "etl/handlers.h"
#include "http/auth.h"
#include "http/form.h"
#include "http/seats.h"
#include "http/strict.h"

const struct field_set NO_INPUT = { NULL, 0 };

static const struct route routes[] = {
#define ROUTE(method, path, role, handler, input, sentence, answer, statuses) \
	{ method, path, role, handler, &input, sentence, #handler, &answer, \
	    statuses },
#include "etl/route_table.h"
#undef ROUTE
};

const struct route *
router_routes(size_t *ret_count)
{
	*ret_count = COUNT(routes);
	return routes;
}

/*
 * Is a body to be read? One whose fields are all optional may be missing, but
 * not from a PUT, which would change nothing. One that came although the route
 * has no field for it is read as well: its members are refused by name.
 */
static bool
has_body(const struct req *rq)
{
	const struct field_set *input = rq->route->input;
	bool some = false;

	for (size_t i = 0; i < input->count; i++) {
		if (input->rows[i].place != FIELD_BODY)
			continue;
		if (input->rows[i].required)
			return true;
		some = true;
	}
	if (some && span_is(rq->method, "PUT"))
		return true;
	return rq->body->len > 0 || (rq->content_length.at != NULL &&
	    !span_is(rq->content_length, "0"));
}

/* What goes on to PostgreSQL or into an answer has to be text. */
static enum err
check_headers(struct req *rq)
{
	const struct {
		const char *name;
		struct span value;
	} headers[] = {
		{ "Content-Type", rq->content_type },
		{ "Content-Encoding", rq->content_encoding },
		{ "If-Match", rq->if_match },
		{ "If-None-Match", rq->if_none_match },
		{ "Idempotency-Key", rq->idempotency_key },
		{ "traceparent", rq->traceparent },
	};

	for (size_t i = 0; i < COUNT(headers); i++)
		if (span_utf8_chars(headers[i].value) == SIZE_MAX)
			return diag_tell(&rq->diag, E_SYNTAX, "The header %s"
			    " is not valid UTF-8", headers[i].name);
	return E_OK;
}

static bool
is_flaw(enum err rc)
{
	return rc == E_SYNTAX || rc == E_INVALID;
}

/*
 * The tenant, and names that the route does not know. All that is wrong is in
 * one answer, these and the fields.
 */
static enum err
check_names(struct req *rq)
{
	enum err rc = auth_tenant(rq), unknown;

	if (rc != E_OK && !is_flaw(rc))
		return rc;
	unknown = strict_check(rq, rq->route->input);
	if (unknown != E_OK && (rc != E_SYNTAX || !is_flaw(unknown)))
		rc = unknown;
	if (is_flaw(rc) && fields_check(rq->route->input, rq) == E_SYNTAX)
		rc = E_SYNTAX;
	return rc;
}

/* A responder for the caller's tenant, which leaves it after the answer. */
static enum err
take_seat(struct req *rq)
{
	enum err rc;

	if (rq->who.tenant_id == 0) /* development: anybody is any tenant */
		return E_OK;
	rc = seats_take(rq->service->seats, rq->who.tenant_id,
	    rq->route->handler == raw_data_store, rq->waited_ms, &rq->diag);
	if (rc == E_CROWDED)
		rq->retry_after = 1;
	return rc;
}

/* All refusals that do not depend on the resource, in their order. */
static enum err
prepare(struct req *rq, char allow[ROUTE_ALLOW_SIZE])
{
	enum err rc;

	if (rq->fcgi != NULL && !fcgi_is_responder(rq->fcgi))
		return diag_tell(&rq->diag, E_SYNTAX,
		    "Only the FastCGI role of a responder is served");
	rc = route_find(routes, COUNT(routes), rq, allow);
	if (rc == E_OK && rq->route->role != ROLE_OPEN)
		rc = auth_check(rq);
	if (rc == E_OK && rq->route->role != ROLE_OPEN)
		rc = take_seat(rq);
	if (rc == E_OK)
		rc = check_headers(rq);
	if (rc == E_OK)
		rc = params_read(rq->query, rq->arena, &rq->params, &rq->diag);
	if (rc == E_OK && rq->route->role == ROLE_OPEN)
		return strict_check(rq, rq->route->input);
	if (rc == E_OK && form_is_wanted(rq->route->input))
		rc = form_read(rq, rq->route->input);
	else if (rc == E_OK && has_body(rq))
		rc = request_read_json(rq, rq->route->input);
	if (rc != E_OK)
		return rc;
	return check_names(rq);
}

void
router_answer(struct req *rq, struct resp *rp)
{
	char allow[ROUTE_ALLOW_SIZE];
	enum err rc;

	rc = prepare(rq, allow);
	if (rc == E_OK) {
		db_tenant(rq->db, rq->who.tenant_id);
		rc = rq->route->handler(rq, rp);
		db_tenant(rq->db, DB_NO_TENANT);
	}
	if (rc == E_OK) {
		response_end(rp);
		rc = buf_done(rp->body);
	}
	if (rc == E_OK)
		rc = buf_done(rp->head);
	if (rc == E_OK) {
		diag_clear(&rq->diag);
		return;
	}
	rq->diag.code = rc;
	response_problem(rp, rq, rc);
	if (rc == E_METHOD)
		response_header(rp, "Allow", allow);
}

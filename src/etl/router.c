/* SPDX-License-Identifier: MIT */
#include "etl/router.h"

#include <string.h>

#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "etl/answers.h"
#include "etl/handlers.h"
#include "etl/reading.h"
#include "etl/service.h"
#include "etl/store.h"
#include "http/auth.h"
#include "http/field.h"
#include "http/form.h"
#include "http/hook_auth.h"
#include "http/seats.h"
#include "http/strict.h"

const struct field_set NO_INPUT = { NULL, 0 };

static const struct route routes[] = {
#define ROW(is_list, of, name, method, path, role, handler, input, sentence, \
    answer, statuses) \
	{ method, path, role, handler, of, &input, sentence, name, &answer, \
		statuses, is_list },
#define ROUTE(method, path, role, handler, ...) \
	ROW(false, NULL, #handler, method, path, role, handler, __VA_ARGS__)
#define ROUTE_OF(of, name, ...) ROW(false, &of, #name, __VA_ARGS__)
#define ROUTE_LIST(method, path, role, handler, ...) \
	ROW(true, NULL, #handler, method, path, role, handler, __VA_ARGS__)
#define ROUTE_LIST_OF(of, name, ...) ROW(true, &of, #name, __VA_ARGS__)
#include "etl/route_rows.h"
#undef ROW
#undef ROUTE
#undef ROUTE_OF
};

const struct route_list router_routes = { routes, COUNT(routes) };

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
	return rq->body->len > 0 ||
	    (rq->content_length.at != NULL &&
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
			return diag_tell(&rq->diag, E_SYNTAX,
			    "The header %s"
			    " is not valid UTF-8",
			    headers[i].name);
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

/*
 * A responder for the caller's tenant, which leaves it after the answer. Those
 * that go together need one.
 */
static enum err
take_seat(struct req *rq, bool is_seated)
{
	enum err rc;

	if (rq->who.tenant_id == 0) /* development: anybody is any tenant */
		return E_OK;
	if (is_seated) {
		seats_ask(rq->service->seats, rq->who.tenant_id);
		return E_OK;
	}
	rc = seats_take(rq->service->seats, rq->who.tenant_id,
	    rq->route->handler == raw_data_store, rq->waited_ms, &rq->diag);
	if (rc == E_CROWDED)
		rq->retry_after = 1;
	return rc;
}

/* All refusals that do not depend on the resource, in their order. */
static enum err
prepare(struct req *rq, bool is_seated, char allow[ROUTE_ALLOW_SIZE])
{
	enum err rc;

	if (rq->fcgi != NULL && fcgi_is_gone(rq->fcgi))
		return diag_set(&rq->diag, E_SYNTAX,
		    "the client had gone before its turn came");
	if (rq->fcgi != NULL && !fcgi_is_responder(rq->fcgi))
		return diag_tell(&rq->diag, E_SYNTAX,
		    "Only the FastCGI responder role is supported");
	rc = route_find(routes, COUNT(routes), rq, allow);
	if (rc == E_OK && rq->route->role == ROLE_SIGNED)
		rc = hook_auth_check(rq);
	else if (rc == E_OK && rq->route->role != ROLE_OPEN)
		rc = auth_check(rq);
	if (rc == E_OK && rq->route->role != ROLE_OPEN)
		rc = take_seat(rq, is_seated);
	if (rc == E_OK)
		rc = check_headers(rq);
	if (rc == E_OK)
		rc = params_read(rq->query, rq->arena, &rq->params, &rq->diag);
	if (rc == E_OK && rq->route->role == ROLE_OPEN)
		return strict_check(rq, rq->route->input);
	if (rc == E_OK && rq->route->role == ROLE_SIGNED)
		rc = request_scan_payload(rq, rq->route->input);
	else if (rc == E_OK && form_is_wanted(rq->route->input))
		rc = form_read(rq, rq->route->input);
	else if (rc == E_OK && has_body(rq))
		rc = request_read_json(rq, rq->route->input);
	if (rc == E_OK)
		rc = check_names(rq);
	return rc == E_OK ? arena_done(rq->arena, &rq->diag) : rc;
}

#ifdef ETL_DEBUG
/* Is the answer what openapi.json says of it? */
static enum err
check_answer(struct req *rq, const struct resp *rp)
{
	struct buf text;
	enum err rc;

	if (rp->status == 304 || rp->is_packed ||
	    (rq->route->answer->line != NULL &&
		strcmp(rp->media_type, "application/json") != 0))
		return E_OK;
	buf_init(&text, 2 * rp->body->cap);
	response_outline(rp, &text);
	rc = buf_done(&text);
	if (rc == E_OK)
		rc = shape_check(rq->route->answer, buf_span(&text), &rq->diag);
	buf_free(&text);
	return rc;
}
#endif

/*
 * Complete the answer of a handler that came to rc. What it, or what is wrong
 * with the request, is told with may have been made of emergency space.
 */
static void
conclude(struct req *rq, struct resp *rp, enum err rc, const char *allow)
{
	if ((rc == E_OK || is_flaw(rc)) && arena_failed(rq->arena)) {
		rc = arena_done(rq->arena, &rq->diag);
		rq->errors = NULL;
	}
	if (rc == E_OK) {
		response_end(rp);
		rc = buf_done(rp->body);
	}
	if (rc == E_OK)
		rc = buf_done(rp->head);
#ifdef ETL_DEBUG
	if (rc == E_OK)
		rc = check_answer(rq, rp);
#endif
	if (rc == E_OK) {
		diag_clear(&rq->diag);
		return;
	}
	rq->diag.code = rc;
	response_problem(rp, rq, rc);
	if (rc == E_METHOD)
		response_header(rp, "Allow", allow);
	arena_resume(rq->arena); /* for those that came with it */
}

void
router_answer(struct req *rq, struct resp *rp)
{
	char allow[ROUTE_ALLOW_SIZE] = "";
	enum err rc;

	rc = prepare(rq, false, allow);
	if (rc == E_OK && rq->route->role != ROLE_OPEN &&
	    strcmp(rq->route->method, "GET") == 0)
		rc = succession_check(&rq->service->succession, rq->db,
		    rq->arena, &rq->diag);
	if (rc == E_OK)
		rc = reading_answer(rq, rp);
	db_answer_by(rq->db, 0);
	conclude(rq, rp, rc, allow);
}

/* Requests that were accepted together, and which of them still wait. */
struct crowd {
	struct req *const *rqs;
	struct resp *const *rps;
	struct store stores[RAW_BATCH_GROUP_MAX];
	bool waits[RAW_BATCH_GROUP_MAX];
	size_t count;
	int64_t ends; /* of clock_ms(): who has not begun by then is refused */
	router_answered *answered;
	void *to;
};

/* Some of them, of one tenant. */
struct group {
	size_t places[RAW_BATCH_GROUP_MAX];
	struct req *rqs[RAW_BATCH_GROUP_MAX];
	struct resp *rps[RAW_BATCH_GROUP_MAX];
	struct store stores[RAW_BATCH_GROUP_MAX];
	size_t count;
};

/*
 * May one go with another? A tenant's scope is its own; what a quota allows is
 * found out one by one.
 */
static bool
may_go_with(const struct req *rq, const struct req *first)
{
	return rq == first ||
	    (rq->who.tenant_id == first->who.tenant_id && !rq->who.has_quota &&
		!first->who.has_quota);
}

/* One that waits, and all that may go with it; they wait no more. */
static void
take_group(struct crowd *crowd, size_t place, struct group *group)
{
	group->count = 0;
	for (size_t i = place; i < crowd->count; i++) {
		if (!crowd->waits[i] ||
		    !may_go_with(crowd->rqs[i], crowd->rqs[place]))
			continue;
		crowd->waits[i] = false;
		group->places[group->count] = i;
		group->rqs[group->count] = crowd->rqs[i];
		group->rps[group->count] = crowd->rps[i];
		group->stores[group->count++] = crowd->stores[i];
	}
}

/* Store one alone, unless those before it took all the time there is. */
static enum err
store_alone(const struct crowd *crowd, struct req *rq, struct resp *rp,
    const struct store *store)
{
	request_log(rq);
	if (clock_left(crowd->ends) == 0)
		return diag_tell(&rq->diag, E_DB_BUSY,
		    "Stores that came at the"
		    " same time took too long; this one was not begun: send it"
		    " again");
	if (rq->fcgi != NULL && fcgi_is_gone(rq->fcgi))
		return diag_set(&rq->diag, E_SYNTAX,
		    "the client had gone before its turn came");
	daemon_feed_watchdog();
	seats_hold(rq->service->seats, rq->who.tenant_id, true);
	return store_one(rq, rp, store);
}

/* Store them, and answer each as soon as its outcome is known. */
static void
answer_group(const struct crowd *crowd, struct group *group)
{
	struct req *first = group->rqs[0];
	enum err rc = E_DB;
	struct diag diag;
	bool alone = true;

	db_tenant(first->db, first->who.tenant_id);
	diag_clear(&diag);
	if (group->count > 1 && clock_left(crowd->ends) > 0) {
		daemon_feed_watchdog();
		seats_hold(first->service->seats, first->who.tenant_id, true);
		rc = store_group(group->rqs, group->rps, group->stores,
		    group->count, &diag);
		alone = store_is_one_to_blame(rc, &diag);
	}
	for (size_t i = 0; i < group->count; i++) {
		struct req *rq = group->rqs[i];

		if (alone)
			rc = store_alone(crowd, rq, group->rps[i],
			    &group->stores[i]);
		else
			rq->diag = diag;
		conclude(rq, group->rps[i], rc, "");
		if (alone)
			crowd->answered(crowd->to, &group->places[i], 1);
	}
	db_tenant(first->db, DB_NO_TENANT);
	if (!alone)
		crowd->answered(crowd->to, group->places, group->count);
}

void
router_answer_stores(struct req *const *rqs, struct resp *const *rps,
    size_t count, router_answered *answered, void *to)
{
	struct crowd crowd = { .rqs = rqs,
		.rps = rps,
		.count = count,
		.ends = clock_ms() + ROUTER_STORES_MS,
		.answered = answered,
		.to = to };
	struct group group;
	bool seated = false; /* one seat is enough for them */

	for (size_t i = 0; i < count; i++) {
		char allow[ROUTE_ALLOW_SIZE] = "";
		enum err rc;

		request_log(rqs[i]);
		rc = prepare(rqs[i], seated, allow);
		seated = seated || rc == E_OK;
		if (rc == E_OK)
			rc = store_read(rqs[i], &crowd.stores[i]);
		db_tenant(rqs[i]->db, DB_NO_TENANT);
		crowd.waits[i] = rc == E_OK;
		if (rc == E_OK)
			continue;
		conclude(rqs[i], rps[i], rc, allow);
		answered(to, &i, 1);
	}
	for (size_t i = 0; i < count; i++) {
		if (!crowd.waits[i])
			continue;
		take_group(&crowd, i, &group);
		answer_group(&crowd, &group);
	}
}

bool
router_is_open(const struct req *rq)
{
	for (size_t i = 0; i < COUNT(routes); i++)
		if (routes[i].role == ROLE_OPEN &&
		    span_is(rq->path, routes[i].path))
			return true;
	return false;
}

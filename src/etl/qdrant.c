/* SPDX-License-Identifier: MIT */
/* How much of the data has vectors, and whether Qdrant answers. */
#include "etl/handlers.h"

#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "etl/service.h"
#include "models/catalogue/qdrant_vector.h"

/* Ends with .dead? */
static bool
is_dead(const char *queue)
{
	const char *dot = strrchr(queue, '.');

	return dot != NULL && strcmp(dot, ".dead") == 0;
}

/*
 * What waits in the queues that lead to vectors, retries included, and what
 * they gave up. null while the broker is unreachable.
 */
static enum err
write_queues(struct req *rq, struct json *json)
{
	int64_t pending = 0, failed = 0;
	const struct queue_state *states;
	struct diag diag;
	size_t count;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_look(rq->service->queue, 0, &states, &count, &diag);
	if (rc == E_NO_MEMORY)
		return diag_set(&rq->diag, rc, "%s", diag.text);
	if (rc != E_OK && rc != E_MQ_REFUSED) {
		log_warn("no_queue_counts", LOG_TEXT("text", diag.text));
		json_null(json, "queue_pending");
		json_null(json, "queue_failed");
		return E_OK;
	}
	for (size_t i = 0; i < count; i++) {
		if (strncmp(states[i].name, "extract_queue", 13) == 0 ||
		    !states[i].is_up)
			continue;
		if (is_dead(states[i].name))
			failed += states[i].counts.message_count;
		else
			pending += states[i].counts.message_count;
	}
	json_int(json, "queue_pending", pending);
	json_int(json, "queue_failed", failed);
	return E_OK;
}

/* Whole percent, rounded down: 100 means all. */
static int64_t
percent(int64_t part, int64_t whole)
{
	return whole == 0 ? 0 : part * 100 / whole;
}

static void
write_groups(struct json *json, const struct vector_count *counts)
{
	const char *group = NULL;

	json_array(json, "integration_groups");
	for (size_t i = 0; i < QDRANT_VECTOR_TABLES; i++) {
		const struct vector_count *at = &counts[i];

		if (group == NULL || strcmp(group, at->group) != 0) {
			if (group != NULL) {
				json_end(json);
				json_end(json);
			}
			group = at->group;
			json_object(json, NULL);
			json_text(json, "title", group);
			json_span(json, "logo_filename", at->logo_filename);
			json_array(json, "entities");
		}
		json_object(json, NULL);
		json_text(json, "name", at->name);
		json_int(json, "database_count", at->rows);
		json_int(json, "qdrant_count", at->vectors);
		json_int(json, "completion", percent(at->vectors, at->rows));
		json_end(json);
	}
	json_end(json);
	json_end(json);
	json_end(json);
}

/*
 * The names of Qdrant's collections as a JSON array; SPAN_NONE when they are
 * not to be had, and then what the table says has to do.
 */
static enum err
live_collections(struct req *rq, struct buf *out, struct span *ret_names)
{
	struct span *names;
	enum qdrant_state state;
	struct diag diag;
	struct json json;
	size_t count;

	diag_clear(&diag);
	*ret_names = SPAN_NONE;
	state = qdrant_client_collections(rq->service->qdrant, rq->arena,
	    &names, &count, &diag);
	if (state != QDRANT_HEALTHY) {
		if (state != QDRANT_OFF)
			log_warn("qdrant",
			    LOG_TEXT("state", qdrant_state_word(state)),
			    LOG_TEXT("text", diag.text));
		return E_OK;
	}
	json_init(&json, out);
	json_array(&json, NULL);
	for (size_t i = 0; i < count; i++)
		json_span(&json, NULL, names[i]);
	json_end(&json);
	*ret_names = buf_span(out);
	return buf_done(out);
}

/* How much of the tenant's data has vectors. */
enum err
qdrant_dashboard(struct req *rq, struct resp *rp)
{
	struct vector_count counts[QDRANT_VECTOR_TABLES] = { { 0 } };
	int64_t rows = 0, vectors = 0;
	struct span collections;
	struct buf names;
	enum err rc;

	buf_init(&names, 4u << 20);
	rc = live_collections(rq, &names, &collections);
	if (rc == E_OK)
		rc = qdrant_vector_count(rq->db, rq->who.tenant_id, collections,
		    rq->arena, counts, &rq->diag);
	buf_free(&names);
	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < QDRANT_VECTOR_TABLES; i++) {
		rows += counts[i].rows;
		vectors += counts[i].vectors;
	}
	json_object(rp->json, NULL);
	json_int(rp->json, "total_database", rows);
	json_int(rp->json, "total_vectorized", vectors);
	json_int(rp->json, "overall_completion", percent(vectors, rows));
	write_groups(rp->json, counts);
	rc = write_queues(rq, rp->json);
	json_end(rp->json);
	return rc;
}

/* What health and test-connection begin with. */
static void
write_state(struct json *json, enum qdrant_state state,
    const struct qdrant_server *server, const struct diag *diag)
{
	if (state != QDRANT_HEALTHY && state != QDRANT_OFF)
		log_warn("qdrant", LOG_TEXT("state", qdrant_state_word(state)),
		    LOG_TEXT("text", diag->text));
	json_text(json, "status", qdrant_state_word(state));
	json_span(json, "version", server->version);
	json_text(json, "message", qdrant_state_sentence(state));
}

/* Is the server well? Asked of it: who it is, its health, its telemetry. */
enum err
qdrant_health(struct req *rq, struct resp *rp)
{
	struct qdrant_client *client = rq->service->qdrant;
	struct qdrant_server server = { SPAN_NONE, SPAN_NONE };
	int64_t began = clock_ms(), collections = -1;
	enum qdrant_state state;
	struct diag diag;

	diag_clear(&diag);
	state = qdrant_client_health(client, rq->arena, &diag);
	if (state == QDRANT_HEALTHY)
		state = qdrant_client_server(client, rq->arena, &server, &diag);
	/* A key may be good for everything but telemetry. */
	if (state == QDRANT_HEALTHY &&
	    qdrant_client_telemetry(client, rq->arena, &collections, &diag) !=
		QDRANT_HEALTHY)
		log_warn("qdrant_telemetry", LOG_TEXT("text", diag.text));
	json_object(rp->json, NULL);
	write_state(rp->json, state, &server, &diag);
	json_span(rp->json, "commit", server.commit);
	if (collections >= 0)
		json_int(rp->json, "collection_count", collections);
	else
		json_null(rp->json, "collection_count");
	json_int(rp->json, "response_time_ms", clock_ms() - began);
	json_end(rp->json);
	return E_OK;
}

/* Can it be used with the settings' key? */
enum err
qdrant_test_connection(struct req *rq, struct resp *rp)
{
	struct qdrant_client *client = rq->service->qdrant;
	struct qdrant_server server = { SPAN_NONE, SPAN_NONE };
	int64_t began = clock_ms();
	enum qdrant_state state;
	struct span *names;
	struct diag diag;
	size_t count = 0;

	diag_clear(&diag);
	state = qdrant_client_server(client, rq->arena, &server, &diag);
	if (state == QDRANT_HEALTHY)
		state = qdrant_client_collections(client, rq->arena, &names,
		    &count, &diag);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", state == QDRANT_HEALTHY);
	write_state(rp->json, state, &server, &diag);
	/* Not their names: they may be those of other tenants. */
	if (state == QDRANT_HEALTHY)
		json_int(rp->json, "collection_count", (int64_t)count);
	else
		json_null(rp->json, "collection_count");
	json_int(rp->json, "response_time_ms", clock_ms() - began);
	json_end(rp->json);
	return E_OK;
}

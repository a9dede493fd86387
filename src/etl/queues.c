/* SPDX-License-Identifier: MIT */
/* The messages and consumers of each queue. */
#include "etl/handlers.h"
#include "etl/service.h"

static void
write_queue(struct json *json, const struct queue_state *state)
{
	json_text(json, "name", state->name);
	json_text(json, "state", state->is_up ? "available" : "unavailable");
	if (!state->is_up) {
		json_null(json, "message_count");
		json_null(json, "consumer_count");
		return;
	}
	json_int(json, "message_count", state->counts.message_count);
	json_int(json, "consumer_count", state->counts.consumer_count);
}

enum err
queues_list(struct req *rq, struct resp *rp)
{
	const struct queue_state *states;
	size_t count;
	enum err rc;

	rc = queue_manager_look(rq->service->queue, 0, &states, &count,
	    &rq->diag);
	if (rc == E_MQ_REFUSED) /* an alarm: they can be counted all the same */
		diag_clear(&rq->diag);
	else if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_array(rp->json, "queues");
	for (size_t i = 0; i < count; i++) {
		json_object(rp->json, NULL);
		write_queue(rp->json, &states[i]);
		json_end(rp->json);
	}
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

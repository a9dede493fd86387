/* SPDX-License-Identifier: MIT */
/* Whether the process answers, and whether a store would pass. */
#include "etl/handlers.h"

#include <stdio.h>

#include "etl/reading.h"
#include "etl/service.h"
#include "models/tables/schema.h"
#include "models/tenant/pause.h"

enum err
health_get(struct req *rq, struct resp *rp)
{
	(void)rq;
	json_object(rp->json, NULL);
	json_text(rp->json, "status", "ok");
	json_text(rp->json, "version", PACKAGE_VERSION);
	json_end(rp->json);
	return E_OK;
}

/* Queues that are paused: their names, or a sentence of each. */
static void
write_pauses(struct json *json, const struct db_rows *rows, struct arena *arena,
    bool sentences)
{
	for (int i = 0; i < db_rows_count(rows); i++) {
		struct span queue = db_text(rows, i, PAUSE_QUEUE);

		if (queue.at == NULL)
			continue; /* which tenants are is not for everybody */
		if (!sentences)
			json_span(json, NULL, queue);
		else
			json_text(json, NULL,
			    arena_printf(arena,
				"%.*s: it is paused since %.*s; pulse-etl queue"
				" resume lets it go on",
				SPAN_ARG(queue),
				SPAN_ARG(db_text(rows, i, PAUSE_AT))));
	}
}

enum err
health_ready(struct req *rq, struct resp *rp)
{
	struct queue_trouble trouble;
	struct db_rows *pauses;
	const char *standby;
	enum err rc = schema_ready(rq->db, rq->arena, &rq->diag);
	size_t place = 0;

	if ((rc == E_DB_CONNECT || rc == E_DB_LOST) &&
	    rq->diag.client[0] == '\0')
		(void)snprintf(rq->diag.client, sizeof(rq->diag.client),
		    "The database is unreachable");
	if (rc == E_OK)
		rc = pause_list(rq->db, rq->arena, &pauses, &rq->diag);
	if (rc != E_OK)
		return rc;
	standby = reading_trouble(rq);
	json_object(rp->json, NULL);
	json_text(rp->json, "status", "ready");
	json_array(rp->json, "degraded");
	while (queue_manager_trouble(rq->service->queue, &place, &trouble))
		json_text(rp->json, NULL, trouble.what);
	write_pauses(rp->json, pauses, rq->arena, false);
	if (standby != NULL)
		json_text(rp->json, NULL, "standby");
	json_end(rp->json);
	json_array(rp->json, "reasons");
	place = 0;
	while (queue_manager_trouble(rq->service->queue, &place, &trouble))
		json_text(rp->json, NULL, trouble.text);
	write_pauses(rp->json, pauses, rq->arena, true);
	if (standby != NULL)
		json_text(rp->json, NULL,
		    arena_printf(rq->arena,
			"standby: %s; the primary answers lists meanwhile",
			standby));
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

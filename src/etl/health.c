/* SPDX-License-Identifier: MIT */
/* Whether the process answers, and whether a store would pass. */
#include "etl/handlers.h"

#include <stdio.h>

#include "etl/service.h"
#include "models/tables/schema.h"

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

enum err
health_ready(struct req *rq, struct resp *rp)
{
	struct queue_trouble trouble;
	enum err rc = schema_ready(rq->db, rq->arena, &rq->diag);
	size_t place = 0;

	if ((rc == E_DB_CONNECT || rc == E_DB_LOST) &&
	    rq->diag.client[0] == '\0')
		(void)snprintf(rq->diag.client, sizeof(rq->diag.client),
		    "The database is unreachable");
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_text(rp->json, "status", "ready");
	json_array(rp->json, "degraded");
	while (queue_manager_trouble(rq->service->queue, &place, &trouble))
		json_text(rp->json, NULL, trouble.what);
	json_end(rp->json);
	json_array(rp->json, "reasons");
	place = 0;
	while (queue_manager_trouble(rq->service->queue, &place, &trouble))
		json_text(rp->json, NULL, trouble.text);
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

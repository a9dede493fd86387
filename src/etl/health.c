#include "etl/handlers.h"

#include "models/schema.h"

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
	enum err rc = schema_ready(rq->db, rq->arena, &rq->diag);

	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_text(rp->json, "status", "ready");
	json_array(rp->json, "degraded");
	if (!queue_manager_is_up(rq->service->queue))
		json_text(rp->json, NULL, "broker");
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

#include "etl/handlers.h"

enum err
queues_list(struct req *rq, struct resp *rp)
{
	struct queue_stats *stats;
	size_t count;
	enum err rc;

	rc = queue_manager_stats(rq->service->queue, rq->arena, &stats, &count,
	    &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_array(rp->json, "queues");
	for (size_t i = 0; i < count; i++) {
		json_object(rp->json, NULL);
		json_text(rp->json, "name", stats[i].name);
		json_int(rp->json, "message_count",
		    stats[i].counts.message_count);
		json_int(rp->json, "consumer_count",
		    stats[i].counts.consumer_count);
		json_end(rp->json);
	}
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

#include "etl/handlers.h"

#include <inttypes.h>

#include "base/metrics.h"

/* Batches queued longer ago than this, seconds, are told apart. */
#define OLD 900

static void
write_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRId64 "\n", name,
	    help, name, name, value);
}

/* How many batches wait, of all tenants; a database that is away tells 0. */
static void
write_backlog(struct req *rq, struct buf *out)
{
	struct raw_batch_backlog backlog = { 0 };
	struct diag diag;
	bool up;

	diag_clear(&diag);
	db_tenant(rq->db, DB_EVERY_TENANT);
	up = raw_batch_pending(rq->db, OLD, rq->arena, &backlog, &diag) == E_OK;
	write_gauge(out, "etl_database_up", "1 when PostgreSQL answers", up);
	write_gauge(out, "etl_broker_up",
	    "1 when the answering responder has its connection to RabbitMQ",
	    queue_manager_is_up(rq->service->queue));
	if (!up)
		return;
	write_gauge(out, "etl_batches_unqueued",
	    "Pending batches that are not on the queue yet", backlog.unqueued);
	write_gauge(out, "etl_batches_queued",
	    "Pending batches that are on the queue", backlog.queued);
	write_gauge(out, "etl_batches_queued_long",
	    "Of these, for more than 15 minutes", backlog.old);
}

/* All counters, of all processes, for Prometheus. */
enum err
metrics_get_all(struct req *rq, struct resp *rp)
{
	rp->media_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(rp->body);
	write_backlog(rq, rp->body);
	return E_OK;
}

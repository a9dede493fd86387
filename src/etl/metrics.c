/* SPDX-License-Identifier: MIT */
/* The counters of the whole pool, in Prometheus's format. */
#include "etl/handlers.h"

#include <inttypes.h>

#include "base/metrics.h"
#include "etl/service.h"
#include "http/auth_metrics.h"
#include "models/batch/raw_batch_chores.h"

/* Batches queued longer ago than this, seconds, are told apart. */
#define OLD 900
/* What was seen of the queues so lately is told again, ms. */
#define LOOK_AGE_MS 2000

static void
write_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRId64 "\n", name,
	    help, name, name, value);
}

/* How many batches wait, of all tenants; an unreachable database tells 0. */
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

/* Which queues answer; without a broker nobody knows. */
static void
write_queues(struct req *rq, struct buf *out)
{
	static const char name[] = "etl_queue_up";
	const struct queue_state *states;
	struct diag diag;
	size_t count;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_look(rq->service->queue, LOOK_AGE_MS, &states,
	    &count, &diag);
	if (rc != E_OK && rc != E_MQ_REFUSED)
		return;
	buf_printf(out,
	    "# HELP %s 1 when the queue has a leader\n"
	    "# TYPE %s gauge\n",
	    name, name);
	for (size_t i = 0; i < count; i++)
		buf_printf(out, "%s{queue=\"%s\"} %d\n", name, states[i].name,
		    states[i].is_up);
}

/* All counters, of all processes and tenants, for Prometheus. */
enum err
metrics_get_all(struct req *rq, struct resp *rp)
{
	enum err rc = auth_metrics_check(rq);

	if (rc != E_OK)
		return rc;
	rp->media_type = "text/plain; version=0.0.4; charset=utf-8";
	metrics_write(rp->body);
	write_backlog(rq, rp->body);
	write_queues(rq, rp->body);
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
/*
 * The main queues: QUEUE(id, queue, routing key, what it carries). Each also
 * gets a dead-letter queue and the retry queues below; all are bound to the
 * durable direct exchange etl.direct.
 */
#ifdef QUEUE
QUEUE(QUEUE_EXTRACT, "extract_queue", "extract",
    "runs of extractions, for pulse-etl-extractor")
QUEUE(QUEUE_TRANSFORM, "transform_queue", "transform",
    "the id of a stored batch")
QUEUE(QUEUE_LOAD, "load_queue", "load", "the id of a transformed batch")
#endif

/*
 * The bulk queues of each, for tenants that have many jobs waiting: LANE(number,
 * from how many, in multiples of what is few; the exchange that is there once
 * those of its version were declared). Those of one multiple are shared out by
 * tenant. See queue_lanes.h.
 */
#ifdef LANE
LANE(1, 1, "etl.lanes")
LANE(2, 20, "etl.lanes")
LANE(3, 20, "etl.lanes.5")
LANE(4, 20, "etl.lanes.5")
LANE(5, 20, "etl.lanes.5")
#endif

/* The retry queues of each: RETRY(number, delay in milliseconds). */
#ifdef RETRY
RETRY(1, 1000)
RETRY(2, 10000)
RETRY(3, 60000)
RETRY(4, 600000)
#endif

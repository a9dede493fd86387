/* SPDX-License-Identifier: MIT */
/*
 * What is counted; docs/metrics.md tells more of each. A new row makes a new
 * file: see metrics.h.
 *
 *	METRIC(id, kind, name, labels, help)
 *		a counter. Rows of one name stand together. COUNT counts things,
 *		SECONDS is fed in microseconds
 *	SERIES(id, kind, most, name, rest, help)
 *		a name whose labels come with what is counted: `most` sets of
 *		them, and what comes when these are taken counts for the labels
 *		`rest`. EACH is a counter, QUICK and SLOW are histograms of
 *		seconds. Rows of one name stand together: what fills one leaves
 *		the other its place
 *	BUCKET(quick, slow)
 *		the upper bounds of the histograms' buckets, microseconds
 *
 * Before including, define those that you need; all are undefined afterwards.
 */
#ifndef METRIC
#define METRIC(...)
#endif
#ifndef SERIES
#define SERIES(...)
#endif
#ifndef BUCKET
#define BUCKET(...)
#endif

METRIC(METRIC_REQUESTS_2XX, COUNT, "etl_requests_total", "status=\"2xx\"",
    "Requests answered, by the class of their status")
METRIC(METRIC_REQUESTS_3XX, COUNT, "etl_requests_total", "status=\"3xx\"", "")
METRIC(METRIC_REQUESTS_4XX, COUNT, "etl_requests_total", "status=\"4xx\"", "")
METRIC(METRIC_REQUESTS_5XX, COUNT, "etl_requests_total", "status=\"5xx\"", "")
METRIC(METRIC_REQUESTS_GONE, COUNT, "etl_requests_gone_total", "",
    "Requests whose client had gone before the answer's end")
METRIC(METRIC_REQUESTS_CROWDED, COUNT, "etl_requests_crowded_total", "",
    "Requests refused because those of their tenant that take long hold its"
    " share of the responders")
METRIC(METRIC_REQUEST_SECONDS, SECONDS, "etl_request_seconds_total", "",
    "Time spent on requests in the responders")

METRIC(METRIC_STORED, COUNT, "etl_batches_stored_total", "",
    "Batches stored")
METRIC(METRIC_STORED_BYTES, COUNT, "etl_batches_stored_bytes_total", "",
    "Bytes of these batches as they came")
METRIC(METRIC_REPLACED, COUNT, "etl_characters_replaced_total", "",
    "Characters of these batches that were stored as U+FFFD")
METRIC(METRIC_KEPT, COUNT, "etl_batches_kept_total", "",
    "Batches stored of an entity type that nothing is made of")
METRIC(METRIC_REPLAYED, COUNT, "etl_batches_replayed_total", "",
    "Stores answered with the batch of an earlier one with the same key")
METRIC(METRIC_RESOLVED, COUNT, "etl_commits_resolved_total", "",
    "Stores whose COMMIT reply was lost and was looked up")

METRIC(METRIC_PUBLISHED, COUNT, "etl_messages_confirmed_total", "",
    "Messages that the broker confirmed")
METRIC(METRIC_UNQUEUED_RETURNED, COUNT, "etl_messages_failed_total",
    "cause=\"returned\"", "Messages that the broker did not take, by cause")
METRIC(METRIC_UNQUEUED_NACKED, COUNT, "etl_messages_failed_total",
    "cause=\"nacked\"", "")
METRIC(METRIC_UNQUEUED_CLOSED, COUNT, "etl_messages_failed_total",
    "cause=\"closed\"", "")
METRIC(METRIC_UNQUEUED_BLOCKED, COUNT, "etl_messages_failed_total",
    "cause=\"blocked\"", "")
METRIC(METRIC_UNQUEUED_TIMEOUT, COUNT, "etl_messages_failed_total",
    "cause=\"timeout\"", "")
METRIC(METRIC_UNQUEUED_AWAY, COUNT, "etl_messages_failed_total",
    "cause=\"away\"", "")
METRIC(METRIC_RETIRED_DELETE, COUNT, "etl_batches_retired_total",
    "action=\"delete\"", "Batches that retention has removed, and those of"
    " which it has removed the payload only, by action")
METRIC(METRIC_RETIRED_PAYLOAD, COUNT, "etl_batches_retired_total",
    "action=\"payload\"", "")
METRIC(METRIC_RELAYED, COUNT, "etl_batches_relayed_total", "",
    "Batches that a relay has queued")

METRIC(METRIC_JOBS_DONE, COUNT, "etl_jobs_total", "fate=\"done\"",
    "Worker jobs by result")
METRIC(METRIC_JOBS_TRANSFORMED, COUNT, "etl_jobs_total",
    "fate=\"transformed\"", "")
METRIC(METRIC_JOBS_RETRY, COUNT, "etl_jobs_total", "fate=\"retry\"", "")
METRIC(METRIC_JOBS_WAIT, COUNT, "etl_jobs_total", "fate=\"wait\"", "")
METRIC(METRIC_JOBS_DEAD, COUNT, "etl_jobs_total", "fate=\"dead\"", "")
METRIC(METRIC_JOBS_PARKED, COUNT, "etl_jobs_total", "fate=\"parked\"", "")
METRIC(METRIC_INCOMPLETE, COUNT, "etl_batches_incomplete_total", "",
    "Batches transformed whose answer the source left incomplete")
METRIC(METRIC_IDENTICAL, COUNT, "etl_batches_identical_total", "",
    "Batches completed without work, for one with the same payload was")
METRIC(METRIC_JOB_SECONDS, SECONDS, "etl_job_seconds_total", "",
    "Time spent on jobs in the workers")

METRIC(METRIC_DB_CONNECTED, COUNT, "etl_database_connections_total", "",
    "Connections opened to PostgreSQL")
METRIC(METRIC_DB_LOST, COUNT, "etl_database_losses_total", "",
    "Connections to PostgreSQL lost or refused")
METRIC(METRIC_READS_STANDBY, COUNT, "etl_reads_total",
    "from=\"standby\",reason=\"current\"", "Lists and reports, where there is"
    " a standby for them, by who has answered and why")
METRIC(METRIC_READS_BEHIND, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"behind\"", "")
METRIC(METRIC_READS_UNREACHABLE, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"unreachable\"", "")
METRIC(METRIC_READS_PROMOTED, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"promoted\"", "")
METRIC(METRIC_READS_OTHER_TIMELINE, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"other_timeline\"", "")
METRIC(METRIC_READS_OTHER_DATABASE, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"other_database\"", "")
METRIC(METRIC_READS_FAILED, COUNT, "etl_reads_total",
    "from=\"primary\",reason=\"failed\"", "")
METRIC(METRIC_MQ_CONNECTED, COUNT, "etl_broker_connections_total", "",
    "Connections opened to RabbitMQ")
METRIC(METRIC_MQ_LOST, COUNT, "etl_broker_losses_total", "",
    "Connections to RabbitMQ lost or refused")
METRIC(METRIC_EXTRACT_TAKEN, COUNT, "etl_queue_confirms_total",
    "queue=\"extract_queue\"", "Messages that a main queue took")
METRIC(METRIC_TRANSFORM_TAKEN, COUNT, "etl_queue_confirms_total",
    "queue=\"transform_queue\"", "")
METRIC(METRIC_LOAD_TAKEN, COUNT, "etl_queue_confirms_total",
    "queue=\"load_queue\"", "")
METRIC(METRIC_EXTRACT_REFUSED, COUNT, "etl_queue_nacks_total",
    "queue=\"extract_queue\"", "Messages that a main queue refused")
METRIC(METRIC_TRANSFORM_REFUSED, COUNT, "etl_queue_nacks_total",
    "queue=\"transform_queue\"", "")
METRIC(METRIC_LOAD_REFUSED, COUNT, "etl_queue_nacks_total",
    "queue=\"load_queue\"", "")
METRIC(METRIC_CHANNELS_RENEWED, COUNT, "etl_broker_channels_renewed_total", "",
    "Channels opened anew because they had nothing but nacks")
METRIC(METRIC_QUEUES_DOWN, COUNT, "etl_queues_down_total", "",
    "Times that the relay found a queue without a leader")

METRIC(METRIC_SPANS_SENT, COUNT, "etl_spans_total", "fate=\"sent\"",
    "Spans that were handed to the collector of otlp_url, and those that it"
    " could not be given")
METRIC(METRIC_SPANS_DROPPED, COUNT, "etl_spans_total", "fate=\"dropped\"", "")
METRIC(METRIC_RELAY_ROUNDS, COUNT, "etl_relay_rounds_total", "",
    "Rounds of the relay, whatever came of them: it runs")

SERIES(SERIES_ROUTE, QUICK, 68, "etl_request_duration_seconds",
    "method=\"other\",route=\"other\"",
    "How long a request took in the responder, by its route")
SERIES(SERIES_ROUTE_STATUS, EACH, 240, "etl_route_requests_total",
    "method=\"other\",route=\"other\",status=\"other\"",
    "Requests answered, by their route and status")
SERIES(SERIES_ROUTE_FAILED, EACH, 80, "etl_route_requests_total",
    "method=\"other\",route=\"other\",status=\"5xx\"", "")
SERIES(SERIES_STORE, QUICK, 5, "etl_store_stage_duration_seconds",
    "stage=\"other\"", "How long each stage of a store took")
SERIES(SERIES_JOB, SLOW, 42, "etl_job_stage_duration_seconds",
    "entity_type=\"other\",stage=\"other\"",
    "How long each stage of a worker's job took, by the batch's entity type")
SERIES(SERIES_WAIT, SLOW, 1, "etl_queue_wait_seconds", "",
    "How long a batch waited from its being queued to its first claim")

BUCKET(1000, 5000)
BUCKET(2500, 25000)
BUCKET(5000, 100000)
BUCKET(10000, 500000)
BUCKET(25000, 2500000)
BUCKET(100000, 10000000)
BUCKET(500000, 60000000)
BUCKET(2500000, 600000000)
BUCKET(10000000, 3600000000)

#undef METRIC
#undef SERIES
#undef BUCKET

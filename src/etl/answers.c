/* SPDX-License-Identifier: MIT */
#include "etl/answers.h"

/* clang-format off */
static const struct shape_row done_rows[] = {
	{ "success", SHAPE_TRUE, 0, NULL, NULL },
	{ "message", SHAPE_TEXT, 0, "What was done", NULL },
};
SHAPE(answer_done, "done", "The change was made", done_rows)

static const struct shape_row health_rows[] = {
	{ "status", SHAPE_TEXT, 0, NULL, NULL },
	{ "version", SHAPE_TEXT, 0, "The program's", NULL },
};
SHAPE(answer_health, "health", "The process answers", health_rows)

static const struct shape_row ready_rows[] = {
	{ "status", SHAPE_TEXT, 0, NULL, NULL },
	{ "degraded", SHAPE_TEXTS, 0,
	  "Parts that do not work while stores are accepted all the same: broker,"
	  " standby, or a queue's name", NULL },
	{ "reasons", SHAPE_TEXTS, 0, "Why, a sentence for each", NULL },
};
SHAPE(answer_ready, "ready", "Stores can be accepted", ready_rows)

static const struct shape_row stored_rows[] = {
	{ "success", SHAPE_TRUE, 0, NULL, NULL },
	{ "raw_data_id", SHAPE_INT, 0, "The batch's id", NULL },
	{ "message", SHAPE_TEXT, 0, NULL, NULL },
	{ "queued", SHAPE_BOOL, 0, "Whether its message is on the queue already",
	  NULL },
	{ "replaced_characters", SHAPE_INT, 0, "How many characters that jsonb"
	  " cannot hold were stored as U+FFFD", NULL },
	{ "warning", SHAPE_TEXT, SHAPE_OPTIONAL, "The batch is stored, but its"
	  " entity_type is none that is transformed, so it is completed as it"
	  " came, or it is one of another source than its integration", NULL },
};
SHAPE(answer_stored, "stored", "A batch that was stored", stored_rows)

static const struct shape_row requeued_rows[] = {
	{ "success", SHAPE_TRUE, 0, NULL, NULL },
	{ "message", SHAPE_TEXT, 0, NULL, NULL },
	{ "requeued", SHAPE_INT, 0, "Batches that are pending again", NULL },
	{ "queued", SHAPE_INT, 0, "Those whose message is on the queue already;"
	  " the others follow automatically", NULL },
	{ "found", SHAPE_INT, SHAPE_OPTIONAL, "With dry_run: how many batches"
	  " the filter finds, limit aside", NULL },
};
SHAPE(answer_requeued, "requeued", "What is processed again", requeued_rows)

const struct shape answer_metrics = { "text/plain",
	"Prometheus's text format, version 0.0.4", NULL, 0, false, NULL };

static const struct shape_row record_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
	{ "raw_data", SHAPE_JSON, SHAPE_OPTIONAL | SHAPE_NULLABLE,
	  "The payload, with include_raw_data; null: it has gone", NULL },
};
static const struct shape_row raw_data_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/batch/raw_batch_shown_rows.h"
#undef SHOWN
	{ "raw_data", SHAPE_JSON, SHAPE_OPTIONAL | SHAPE_NULLABLE,
	  "The payload, but for include_raw_data=false; null: it has gone",
	  NULL },
	{ "extraction_metadata", SHAPE_JSON, SHAPE_NULLABLE,
	  "How it was extracted", NULL },
	{ "error_details", SHAPE_JSON, SHAPE_NULLABLE, "What went wrong", NULL },
};
static const struct shape record = { "raw_data_record", "A batch in a list",
	record_rows, COUNT(record_rows), false, NULL };
SHAPE(answer_raw_data, "raw_data", "A batch with its payload", raw_data_rows)

static const struct shape_row raw_data_list_rows[] = {
	{ "raw_data_records", SHAPE_LIST, 0, NULL, &record },
	{ "total_count", SHAPE_INT, 0, "All that the filter finds; with a filter"
	  " at most 10000 are counted", NULL },
	{ "total_count_is_exact", SHAPE_BOOL, 0, "false: there are more than"
	  " total_count", NULL },
	{ "limit", SHAPE_INT, 0, NULL, NULL },
	{ "offset", SHAPE_INT, 0, NULL, NULL },
	{ "next_cursor", SHAPE_TEXT, SHAPE_NULLABLE, "null: this is the last page",
	  NULL },
};
const struct shape answer_raw_data_list = { "raw_data_list",
	"A page of batches", raw_data_list_rows, COUNT(raw_data_list_rows), false,
	&record };

static const struct shape_row queue_rows[] = {
	{ "name", SHAPE_TEXT, 0, NULL, NULL },
	{ "state", SHAPE_TEXT, 0, "available, or unavailable: it has no leader,"
	  " or is missing", NULL },
	{ "message_count", SHAPE_INT, SHAPE_NULLABLE, "Messages that wait; null:"
	  " it does not say", NULL },
	{ "consumer_count", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL },
};
static const struct shape queue = { "queue", "One queue", queue_rows,
	COUNT(queue_rows), false, NULL };
static const struct shape_row queues_rows[] = {
	{ "queues", SHAPE_LIST, 0, NULL, &queue },
};
SHAPE(answer_queues, "queues", "The main queues, each followed by its retry"
    " and dead-letter queues", queues_rows)

const struct shape answer_openapi = { "openapi", "An OpenAPI 3.1 document",
	NULL, 0, false, NULL };

static const struct shape_row logo_rows[] = {
	{ "success", SHAPE_TRUE, 0, NULL, NULL },
	{ "logo_filename", SHAPE_TEXT, 0, "Served below /app/etl/logos/", NULL },
};
SHAPE(answer_logo, "logo", "A logo that is kept", logo_rows)

const struct shape answer_logo_file = { "image/svg+xml",
	"The picture, as it came", NULL, 0, false, NULL };

static const struct shape_row vector_rows[] = {
	{ "name", SHAPE_TEXT, 0, NULL, NULL },
	{ "database_count", SHAPE_INT, 0, "Active rows of the table", NULL },
	{ "qdrant_count", SHAPE_INT, 0, "Those of them that have a vector",
	  NULL },
	{ "completion", SHAPE_INT, 0, "Percent", NULL },
};
static const struct shape vector = { "qdrant_entity", "One table",
	vector_rows, COUNT(vector_rows), false, NULL };
static const struct shape_row vector_group_rows[] = {
	{ "title", SHAPE_TEXT, 0, NULL, NULL },
	{ "logo_filename", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
	{ "entities", SHAPE_LIST, 0, NULL, &vector },
};
static const struct shape vector_group = { "qdrant_group", "What one source"
	" gave", vector_group_rows, COUNT(vector_group_rows), false, NULL };
static const struct shape_row dashboard_rows[] = {
	{ "total_database", SHAPE_INT, 0, NULL, NULL },
	{ "total_vectorized", SHAPE_INT, 0, NULL, NULL },
	{ "overall_completion", SHAPE_INT, 0, "Percent", NULL },
	{ "integration_groups", SHAPE_LIST, 0, NULL, &vector_group },
	{ "queue_pending", SHAPE_INT, SHAPE_NULLABLE,
	  "Messages of the transform and load queues; null: the broker is"
	  " unreachable",
	  NULL },
	{ "queue_failed", SHAPE_INT, SHAPE_NULLABLE,
	  "Messages of their dead-letter queues", NULL },
};
SHAPE(answer_qdrant_dashboard, "qdrant_dashboard", "Rows and their vectors",
    dashboard_rows)

#define QDRANT_STATE \
	{ "status", SHAPE_TEXT, 0, "healthy, unreachable, unauthorized," \
	  " unhealthy, not_configured or not_built", NULL }, \
	{ "version", SHAPE_TEXT, SHAPE_NULLABLE, "Qdrant's", NULL }, \
	{ "message", SHAPE_TEXT, 0, "What to do about it", NULL }
#define QDRANT_ANSWERED \
	{ "collection_count", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL }, \
	{ "response_time_ms", SHAPE_INT, 0, NULL, NULL }
static const struct shape_row qdrant_health_rows[] = {
	QDRANT_STATE,
	{ "commit", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
	QDRANT_ANSWERED,
};
SHAPE(answer_qdrant_health, "qdrant_health", "How Qdrant is",
    qdrant_health_rows)
static const struct shape_row qdrant_connection_rows[] = {
	{ "success", SHAPE_BOOL, 0, NULL, NULL },
	QDRANT_STATE,
	QDRANT_ANSWERED,
};
SHAPE(answer_qdrant_connection, "qdrant_connection", "Whether Qdrant can be"
    " used", qdrant_connection_rows)
/* clang-format on */

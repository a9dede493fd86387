/* SPDX-License-Identifier: MIT */
/* How many batches came when: JSON, CSV (RFC 4180) or lines of JSON. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "http/accept.h"
#include "http/field.h"
#include "models/batch/raw_batch.h"
#include "models/batch/raw_batch_counts.h"

/* What GET /raw-data/counts takes. */
struct counts_input {
	struct raw_batch_filter filter;
	struct span bucket;
};

#define AT(member) .offset = offsetof(struct counts_input, member)
static const struct field rows[] = {
	/* clang-format off */
	{ FIELD_QUERY, "bucket", .kind = FIELD_TEXT,
	  .choices = RAW_BATCH_BUCKETS, AT(bucket),
	  .sentence = "How long a bucket is; 1h" },
	{ FIELD_QUERY, "created_after", .kind = FIELD_STAMP,
	  AT(filter.created_after), .sentence = "The first bucket is the one that"
	  " this time lies in; without it there are 60" },
	{ FIELD_QUERY, "created_before", .kind = FIELD_STAMP,
	  AT(filter.created_before), .sentence = "The last bucket is the one"
	  " before, or around, this time; now" },
	{ FIELD_QUERY, "integration_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, AT(filter.integration_id),
	  .sentence = "Only batches of this integration" },
	{ FIELD_QUERY, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50,
	  AT(filter.entity_type), .sentence = "Only batches of this type" },
	{ FIELD_QUERY, "processing_status", .kind = FIELD_TEXT,
	  .choices = RAW_BATCH_STATUSES, AT(filter.processing_status),
	  .sentence = "Only batches in this status" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_counts_input = { rows, COUNT(rows) };

/* clang-format off */
static const struct shape_row status_rows[] = {
	{ "pending", SHAPE_INT, 0, "Batches that wait", NULL },
	{ "processing", SHAPE_INT, 0, "Batches that a worker has", NULL },
	{ "completed", SHAPE_INT, 0, "Batches that are processed", NULL },
	{ "failed", SHAPE_INT, 0, "Batches that failed", NULL },
};
static const struct shape status_counts = { "status_counts",
	"How many batches are in which status now", status_rows,
	COUNT(status_rows), false, NULL };
static const struct shape_row bucket_rows[] = {
	{ "start", SHAPE_STAMP, 0, "When the bucket begins", NULL },
	{ "received", SHAPE_INT, 0, "Batches stored within it, but for deleted"
	  " ones", NULL },
	{ "bytes", SHAPE_INT, 0, "The bytes of their payloads, as they came",
	  NULL },
	{ "statuses", SHAPE_OBJECT, 0, NULL, &status_counts },
};
static const struct shape bucket = { "count_bucket", "Batches of one bucket",
	bucket_rows, COUNT(bucket_rows), false, NULL };
static const struct shape_row counts_rows[] = {
	{ "from", SHAPE_STAMP, 0, "When the first bucket begins", NULL },
	{ "to", SHAPE_STAMP, 0, "When the last bucket ends", NULL },
	{ "bucket", SHAPE_TEXT, 0, "How long a bucket is: 1m, 5m, 1h or 1d",
	  NULL },
	{ "buckets", SHAPE_LIST, 0, "Oldest first, also those without a batch;"
	  " 2000 at most", &bucket },
};

/* A line of CSV or JSON: a bucket with its statuses beside the others. */
static const struct shape_row line_rows[] = {
	{ "start", SHAPE_STAMP, 0, NULL, NULL },
	{ "received", SHAPE_INT, 0, NULL, NULL },
	{ "bytes", SHAPE_INT, 0, NULL, NULL },
	{ "pending", SHAPE_INT, 0, NULL, NULL },
	{ "processing", SHAPE_INT, 0, NULL, NULL },
	{ "completed", SHAPE_INT, 0, NULL, NULL },
	{ "failed", SHAPE_INT, 0, NULL, NULL },
};
static const struct shape line = { "count_line", "Batches of one bucket",
	line_rows, COUNT(line_rows), true, NULL };
const struct shape answer_raw_data_counts = { "raw_data_counts",
	"Batches by the time they were stored", counts_rows, COUNT(counts_rows),
	false, &line };
/* clang-format on */

enum form { AS_JSON, AS_LINES, AS_CSV };
static const char *const media_types[] = {
	[AS_JSON] = ACCEPT_JSON,
	[AS_LINES] = ACCEPT_LINES,
	[AS_CSV] = ACCEPT_CSV,
};

/* The columns as they are named; the end is not shown. */
static const struct {
	enum raw_batch_counts_column at;
	const char *member;
} shown[] = {
	{ RAW_BATCH_COUNTS_RECEIVED, "received" },
	{ RAW_BATCH_COUNTS_BYTES, "bytes" },
	{ RAW_BATCH_COUNTS_PENDING, "pending" },
	{ RAW_BATCH_COUNTS_PROCESSING, "processing" },
	{ RAW_BATCH_COUNTS_COMPLETED, "completed" },
	{ RAW_BATCH_COUNTS_FAILED, "failed" },
};
#define SHOWN_STATUSES 2 /* from here on they are statuses */

/* A bucket as an object; nested: its statuses are one of their own. */
static void
write_bucket(struct json *json, const struct db_rows *counts, int row,
    bool nested)
{
	json_object(json, NULL);
	json_span(json, "start", db_text(counts, row, RAW_BATCH_COUNTS_START));
	for (size_t i = 0; i < COUNT(shown); i++) {
		if (nested && i == SHOWN_STATUSES)
			json_object(json, "statuses");
		json_int(json, shown[i].member,
		    db_int(counts, row, (int)shown[i].at));
	}
	if (nested)
		json_end(json);
	json_end(json);
}

static void
write_json(struct resp *rp, const struct db_rows *counts, struct span bucket_of)
{
	struct json *json = rp->json;
	const int count = db_rows_count(counts);

	json_object(json, NULL);
	json_span(json, "from", db_text(counts, 0, RAW_BATCH_COUNTS_START));
	json_span(json, "to", db_text(counts, count - 1, RAW_BATCH_COUNTS_END));
	json_span(json, "bucket", bucket_of);
	json_array(json, "buckets");
	for (int i = 0; i < count; i++)
		write_bucket(json, counts, i, true);
	json_end(json);
	json_end(json);
}

static void
write_csv(struct resp *rp, const struct db_rows *counts)
{
	buf_add_text(rp->body, "start");
	for (size_t i = 0; i < COUNT(shown); i++)
		buf_printf(rp->body, ",%s", shown[i].member);
	buf_add_text(rp->body, "\r\n");
	for (int row = 0; row < db_rows_count(counts); row++) {
		buf_add_span(rp->body,
		    db_text(counts, row, RAW_BATCH_COUNTS_START));
		for (size_t i = 0; i < COUNT(shown); i++)
			buf_printf(rp->body, ",%lld",
			    (long long)db_int(counts, row, (int)shown[i].at));
		buf_add_text(rp->body, "\r\n");
	}
}

/* Count batches by the time they were stored. */
enum err
raw_data_counts(struct req *rq, struct resp *rp)
{
	const enum form form = (enum form)accept_choose(rq->accept, media_types,
	    COUNT(media_types));
	struct counts_input input = { .bucket = SPAN_LIT("1h") };
	struct db_rows *counts;
	enum err rc;

	rc = fields_read(&raw_data_counts_input, rq, &input);
	if (rc != E_OK)
		return rc;
	input.filter.tenant_id = rq->who.tenant_id;
	rc = raw_batch_counts(rq->db, &input.filter, input.bucket, rq->arena,
	    &counts, &rq->diag);
	if (rc != E_OK)
		return rc;
	if (db_rows_count(counts) == 0)
		return request_refuse(rq, FIELD_QUERY, "created_after",
		    "conflict", "must be before created_before");
	if (db_rows_count(counts) > RAW_BATCH_BUCKETS_MAX)
		return request_refuse(rq, FIELD_QUERY, "bucket", "value_error",
		    "would give more than 2000 buckets: ask for longer ones,"
		    " or for less time");
	response_header(rp, "Vary", "Accept");
	if (form != AS_JSON)
		rp->media_type = media_types[form];
	if (form == AS_JSON)
		write_json(rp, counts, input.bucket);
	if (form == AS_CSV)
		write_csv(rp, counts);
	for (int i = 0; form == AS_LINES && i < db_rows_count(counts); i++) {
		json_init(rp->json, rp->body);
		write_bucket(rp->json, counts, i, false);
		buf_add_char(rp->body, '\n');
	}
	return resource_version(rq, rp, SPAN_NONE);
}

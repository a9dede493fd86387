/* SPDX-License-Identifier: MIT */
/* Extractions: jobs with a schedule, their runs, and runs by hand. */
#include "etl/handlers.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/log.h"
#include "base/stamp.h"
#include "etl/answers.h"
#include "etl/resource.h"
#include "etl/service.h"
#include "extract/extractor.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "models/catalogue/integration_state.h"
#include "models/extract/extract_job.h"
#include "queue/queue_lanes.h"

/* A message holds so much of them, and the rest of it. */
#define JOB_PARAMS_MAX 60000

/* What POST /jobs/extract takes. */
struct extract_input {
	int64_t integration_id;
	struct span job_type;
	struct span job_params;
};

#define AT(member) .offset = offsetof(struct extract_input, member)
static const struct field extract_rows[] = {
	/* clang-format off */
	{ FIELD_HEADER, "traceparent", .kind = FIELD_TEXT, .min = 1, .max = 255,
	  .sentence = "W3C Trace Context, which the message carries on" },
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .required = true,
	  .min = 1, .max = INT32_MAX, AT(integration_id),
	  .sentence = "The tenant's integration to extract from" },
	{ FIELD_BODY, "job_type", .kind = FIELD_TEXT, .required = true,
	  .min = 1, .max = 50, AT(job_type),
	  .sentence = "What to extract, such as jira_sync or github_sync" },
	{ FIELD_BODY, "job_params", .kind = FIELD_OBJECT, .required = true,
	  AT(job_params), .sentence = "from, to: changes since and before this"
	    " time; full: true for everything; projects or repositories: a list"
	    " of the only ones to read. Others are kept and not looked at" },
	/* clang-format on */
};
#undef AT
const struct field_set jobs_extract_input = { extract_rows,
	COUNT(extract_rows) };

/* What POST and PUT /jobs take. */
struct job_input {
	struct span job_name;
	struct span job_type;
	struct span job_params;
	int64_t interval_seconds;
	int64_t jitter_seconds;
	int64_t integration_id;
	bool active;
};

#define AT(member) .offset = offsetof(struct job_input, member)
/* clang-format off */
#define JOB_ROWS(needed) \
	{ FIELD_BODY, "job_name", .kind = FIELD_TEXT, .form = FORM_WORDS, \
	  .required = needed, .min = 1, .max = 100, AT(job_name), \
	  .sentence = "Its name; once for each tenant" }, \
	{ FIELD_BODY, "job_type", .kind = FIELD_TEXT, .required = needed, \
	  .min = 1, .max = 50, AT(job_type), \
	  .sentence = "What to extract, such as jira_sync or github_sync" }, \
	{ FIELD_BODY, "job_params", .kind = FIELD_OBJECT, AT(job_params), \
	  .sentence = "As for jobs/extract" }, \
	{ FIELD_BODY, "interval_seconds", .kind = FIELD_INT, .min = 60, \
	  .max = 31536000, AT(interval_seconds), \
	  .sentence = "A run begins so often; null: only by hand" }, \
	{ FIELD_BODY, "jitter_seconds", .kind = FIELD_INT, .min = 0, \
	  .max = 86400, AT(jitter_seconds), \
	  .sentence = "Each run begins up to so much later, by chance; 0" }, \
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(integration_id), \
	  .sentence = "What to extract from; the first active Jira" \
	    " integration" }, \
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active), \
	  .sentence = "false: it is paused; true" }
/* clang-format on */

static const struct field job_create_rows[] = { JOB_ROWS(true) };
const struct field_set job_create_input = { job_create_rows,
	COUNT(job_create_rows) };

static const struct field job_update_rows[] = { JOB_ROWS(false) };
#undef AT
const struct field_set job_update_input = { job_update_rows,
	COUNT(job_update_rows) };

/* What POST /jobs/{id}/run takes. */
struct job_run_input {
	struct span from;
	struct span to;
	bool full;
};

#define AT(member) .offset = offsetof(struct job_run_input, member)
static const struct field job_run_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "from", .kind = FIELD_TEXT, .min = 1, .max = 60,
	  AT(from), .sentence = "Changes since this time (ISO 8601), in place of"
	    " those since the last run" },
	{ FIELD_BODY, "to", .kind = FIELD_TEXT, .min = 1, .max = 60,
	  AT(to), .sentence = "Changes before this time; what comes later is"
	    " left to later runs" },
	{ FIELD_BODY, "full", .kind = FIELD_BOOL, AT(full),
	  .sentence = "Everything, whatever was read before; false" },
	/* clang-format on */
};
#undef AT
const struct field_set job_run_input = { job_run_rows, COUNT(job_run_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row started_rows[] = {
	{ "success", SHAPE_TRUE, 0, NULL, NULL },
	{ "message", SHAPE_TEXT, 0, NULL, NULL },
	{ "run_id", SHAPE_INT, 0, "The run: GET /runs/{id} tells how far it is",
	  NULL },
	{ "queued", SHAPE_BOOL, 0, "Whether its message is on the queue already;"
	  " if not, it follows automatically", NULL },
	{ "consumers", SHAPE_INT, SHAPE_NULLABLE, "Extractors that take messages"
	  " now; null: the broker does not say", NULL },
};
SHAPE(answer_run_started, "run_started", "A run that was asked for",
    started_rows)

static const struct shape_row job_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/extract/job_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_job, "job", "An extraction with a schedule", job_rows)
SHAPE_PAGE(answer_job_list, "job_list", "Jobs", job_rows)

static const struct shape_row run_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/extract/run_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_run, "run", "A run of an extraction", run_rows)
SHAPE_PAGE(answer_run_list, "run_list", "Runs, newest first", run_rows)
/* clang-format on */

static enum err
refuse_type(struct req *rq)
{
	return request_refuse(rq, FIELD_BODY, "job_type", "unknown",
	    arena_printf(rq->arena, "must be one of %s",
		extract_job_types(rq->arena)));
}

static enum err
refuse_params(struct req *rq)
{
	return diag_tell(&rq->diag, E_TOO_LARGE,
	    "job_params is larger than a message may be");
}

/* Publish a new run's message. Without the broker the relay does it later. */
static bool
publish_run(struct req *rq, const struct extract_request *request,
    const struct extract_opened *opened)
{
	int64_t id = opened->id;
	const struct job job = { .tenant_id = request->tenant_id,
		.integration_id = request->integration_id,
		.job_type = request->job_type,
		.job_params = request->job_params,
		.run_id = id,
		.lane = queue_lane_for(request->tenant_id, opened->waiting,
		    QUEUE_FEW_RUNS),
		.traceparent = request_traceparent(rq) };
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_publish(rq->service->queue, QUEUE_EXTRACT, &job,
	    &diag);
	if (rc == E_OK)
		rc = extract_run_queued(rq->db, request->tenant_id, id,
		    rq->arena, &diag);
	if (rc != E_OK)
		log_warn("not_queued", LOG_INT("run_id", id),
		    LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	return rc == E_OK;
}

static void
write_started(struct req *rq, struct resp *rp,
    const struct extract_opened *opened, bool queued)
{
	struct mq_queue_stats stats;
	struct diag diag;
	char location[64];

	diag_clear(&diag);
	(void)snprintf(location, sizeof(location), "/app/etl/runs/%" PRId64,
	    opened->id);
	response_header(rp, "Location", location);
	rp->status = 202;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message",
	    !opened->is_new ? "The same run is open already" :
		queued	    ? "The extraction is queued" :
			      "The extraction will be queued automatically");
	json_int(rp->json, "run_id", opened->id);
	json_bool(rp->json, "queued", queued);
	if (queue_manager_count(rq->service->queue, QUEUE_EXTRACT, &stats,
		&diag) == E_OK)
		json_int(rp->json, "consumers", stats.consumer_count);
	else
		json_null(rp->json, "consumers");
	json_end(rp->json);
}

/* Make a run, unless the same one is open, and queue it. */
static enum err
start_run(struct req *rq, struct resp *rp,
    const struct extract_request *request)
{
	struct extract_opened opened;
	bool queued = true;
	enum err rc;

	rc = quota_take(rq, 1, request->job_params.len);
	if (rc != E_OK)
		return rc;
	rc = extract_run_open(rq->db, request, rq->arena, &opened, &rq->diag);
	if ((rc != E_OK && rc != E_DB_UNKNOWN) ||
	    (rc == E_OK && !opened.is_new))
		quota_give_back(rq, 1, request->job_params.len);
	if (rc != E_OK)
		return rc;
	if (opened.is_new) {
		queued = publish_run(rq, request, &opened);
		audit_note(rq, "job.extract", opened.id);
	}
	write_started(rq, rp, &opened, queued);
	return E_OK;
}

/* Start an extraction. */
enum err
jobs_extract(struct req *rq, struct resp *rp)
{
	struct extract_input input = { 0 };
	struct extract_request request = { .tenant_id = rq->who.tenant_id };
	enum err rc;

	rc = fields_read(&jobs_extract_input, rq, &input);
	if (rc == E_OK && input.job_params.len > JOB_PARAMS_MAX)
		rc = refuse_params(rq);
	if (rc == E_OK && extract_job_streams(NULL, input.job_type) == NULL)
		rc = refuse_type(rq);
	if (rc == E_OK)
		rc = integration_check_active(rq->db, rq->who.tenant_id,
		    input.integration_id, rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	request.integration_id = input.integration_id;
	request.job_type = input.job_type;
	request.job_params = input.job_params;
	return start_run(rq, rp, &request);
}

/* A time that was given, as a stamp. */
static enum err
read_time(struct req *rq, const char *name, char stamp[STAMP_SIZE],
    struct span *time)
{
	if (time->at == NULL)
		return E_OK;
	if (!stamp_read(*time, stamp))
		return request_refuse(rq, FIELD_BODY, name, "datetime",
		    "must be a time as ISO 8601 has it, such as"
		    " 2026-01-31T23:59:59Z");
	*time = str_span(stamp);
	return E_OK;
}

/* Start a run of a job. */
enum err
job_run(struct req *rq, struct resp *rp)
{
	struct job_run_input input = { 0 };
	struct extract_request request;
	char from[STAMP_SIZE], to[STAMP_SIZE];
	enum err rc;

	rc = fields_read(&job_run_input, rq, &input);
	if (rc == E_OK)
		rc = read_time(rq, "from", from, &input.from);
	if (rc == E_OK)
		rc = read_time(rq, "to", to, &input.to);
	if (rc == E_OK)
		rc = extract_job_request(rq->db, rq->who.tenant_id, rq->id,
		    input.from, input.to, input.full, rq->arena, &request,
		    &rq->diag);
	if (rc == E_OK)
		rc = integration_check_active(rq->db, rq->who.tenant_id,
		    request.integration_id, rq->arena, &rq->diag);
	return rc == E_OK ? start_run(rq, rp, &request) : rc;
}

/* Cancel a run: it ends behind the page that is being read. */
enum err
run_cancel(struct req *rq, struct resp *rp)
{
	struct edit edit = { 0 };
	bool was_active = false;
	enum err rc;

	rc = resource_begin_edit(rq, &run_resource, false, &edit);
	if (rc != E_OK)
		return rc;
	rc = extract_run_cancel(rq->db, rq->who.tenant_id, rq->id, rq->arena,
	    &was_active, &rq->diag);
	if (rc == E_OK && !was_active)
		rc = diag_tell(&rq->diag, E_CONFLICT,
		    "The run has ended already");
	if (rc != E_OK) {
		db_rollback(rq->db);
		return rc;
	}
	rc = db_commit(rq->db, &rq->diag);
	if (rc != E_OK)
		return rc;
	audit_note(rq, "run.cancel", rq->id);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", "The run is cancelled");
	json_end(rp->json);
	return E_OK;
}

/* A job's type is one that there is. */
static enum err
check_job(struct req *rq, struct edit *edit)
{
	const struct catalogue_value *type = catalogue_new_value(&edit->change,
	    "job_type");
	const struct job_input *input = edit->values;

	if (type != NULL && extract_job_streams(NULL, type->text) == NULL)
		return refuse_type(rq);
	if (input->job_params.len > JOB_PARAMS_MAX)
		return refuse_params(rq);
	if (edit->before == NULL) /* what older programs had jobs ordered by */
		catalogue_set_int(&edit->change, "execution_order", 0);
	return E_OK;
}

/* When it is due next. */
static enum err
apply_job(struct req *rq, struct edit *edit)
{
	return extract_job_schedule(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, &rq->diag);
}

/* Its runs stay, without it. */
static enum err
release_job(struct req *rq, struct edit *edit)
{
	(void)rq;
	(void)edit;
	return E_OK;
}

const struct resource job_resource = {
	.table = &job_catalogue,
	.event = "job",
	.recorded = true,
	.size = sizeof(struct job_input),
	.check = check_job,
	.apply = apply_job,
	.release = release_job,
};
const struct resource run_resource = { .table = &run_catalogue };

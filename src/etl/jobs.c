/* SPDX-License-Identifier: MIT */
/* Queueing an extraction. */
#include "etl/handlers.h"

#include "base/log.h"
#include "etl/service.h"
#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "models/catalogue/integration_state.h"

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
	  AT(job_params), .sentence = "For the extractor, as it is" },
	/* clang-format on */
};
#undef AT
const struct field_set jobs_extract_input = { extract_rows,
	COUNT(extract_rows) };

/*
 * Queue an extraction. There is no row that would keep the job while the
 * broker is unreachable: either the broker has it, or the client hears that it
 * has not.
 */
enum err
jobs_extract(struct req *rq, struct resp *rp)
{
	struct extract_input input = { 0 };
	struct job job = { .tenant_id = rq->who.tenant_id };
	enum err rc;

	rc = fields_read(&jobs_extract_input, rq, &input);
	if (rc == E_OK)
		rc = integration_check_active(rq->db, rq->who.tenant_id,
		    input.integration_id, rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	rc = quota_take(rq, 1, input.job_params.len);
	if (rc != E_OK)
		return rc;
	job.integration_id = input.integration_id;
	job.job_type = input.job_type;
	job.job_params = input.job_params;
	job.traceparent = request_traceparent(rq);
	rc = queue_manager_publish(rq->service->queue, QUEUE_EXTRACT, &job,
	    &rq->diag);
	if (rc != E_OK && rc != E_MQ_TIMEOUT)
		quota_give_back(rq, 1, input.job_params.len);
	if (rc == E_TOO_LARGE)
		return diag_tell(&rq->diag, rc,
		    "job_params is larger than a message may be");
	if (rc == E_NO_MEMORY || rc == E_SYSTEM)
		return rc;
	if (rc != E_OK) {
		log_warn("not_queued", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", rq->diag.text));
		/* Whatever it was, it is the broker's, and it may pass. */
		return rc == E_MQ_TIMEOUT ?
		    diag_tell(&rq->diag, rc,
			"The message broker did not confirm the job in time: it"
			" may have been queued; try again") :
		    diag_tell(&rq->diag, E_MQ_REFUSED,
			"The message broker"
			" is unreachable, and nothing was queued: try again");
	}
	audit_note(rq, "job.extract", input.integration_id);
	rp->status = 202;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", "The extraction is queued");
	json_end(rp->json);
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
/* Setting the processing status of a batch. */
#include "etl/handlers.h"

#include "http/audit.h"
#include "http/field.h"
#include "http/quota.h"
#include "models/batch/raw_batch.h"

#define AT(member) .offset = offsetof(struct raw_batch_change, member)
static const struct field status_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "processing_status", .older_name = "status",
	  .kind = FIELD_TEXT, .required = true, .choices = RAW_BATCH_STATUSES, AT(status),
	  .sentence = "The new status" },
	{ FIELD_BODY, "error_details", .kind = FIELD_OBJECT, AT(error_details),
	  .sentence = "What went wrong; null forgets it" },
	/* clang-format on */
};
#undef AT
const struct field_set raw_data_status_input = { status_rows,
	COUNT(status_rows) };

/* Set the processing status of one batch. */
enum err
raw_data_status(struct req *rq, struct resp *rp)
{
	struct raw_batch_change change = { 0 };
	const char *message;
	enum err rc;

	rc = fields_read(&raw_data_status_input, rq, &change);
	if (rc != E_OK)
		return rc;
	change.has_details = request_member(rq, "error_details") != NULL;
	rc = quota_take(rq, 0, change.error_details.len);
	if (rc != E_OK)
		return rc;
	message = arena_printf(rq->arena, "The batch is %.*s",
	    SPAN_ARG(change.status));
	rc = raw_batch_set_status(rq->db, rq->who.tenant_id, rq->id, &change,
	    rq->arena, &rq->diag);
	if (rc != E_OK && rc != E_DB_UNKNOWN)
		quota_give_back(rq, 0, change.error_details.len);
	if (rc != E_OK)
		return rc;
	audit_note(rq, "raw_data.status", rq->id);
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", message);
	json_end(rp->json);
	return E_OK;
}

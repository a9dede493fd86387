/* SPDX-License-Identifier: MIT */
#include "http/audit.h"

#include "base/log.h"
#include "models/tenant/audit_log.h"

void
audit_note(const struct req *rq, const char *action, int64_t row_id)
{
	log_info("audit", LOG_TEXT("who", rq->who.name),
	    LOG_INT("tenant_id", rq->who.tenant_id), LOG_TEXT("action", action),
	    LOG_INT("row_id", row_id));
}

/* A change by hand is of no caller and no request: see audit_log.h. */
static const char *
text_or_none(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

enum err
audit_record(struct req *rq, const char *action, int64_t row_id)
{
	const struct audit_entry entry = {
		.tenant_id = rq->who.tenant_id,
		.who = text_or_none(rq->who.name),
		.action = action,
		.row_id = row_id,
		.request_id = text_or_none(rq->request_id),
	};

	return audit_log_insert(rq->db, &entry, rq->arena, &rq->diag);
}

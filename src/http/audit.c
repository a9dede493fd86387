#include "http/audit.h"

#include "base/log.h"

/* The line has the request's id from the log's context. */
void
audit_note(const struct req *rq, const char *action, int64_t row_id)
{
	log_info("audit", LOG_INT("tenant_id", rq->who.tenant_id),
	    LOG_TEXT("action", action), LOG_INT("row_id", row_id));
}

#include "http/audit.h"

#include "base/log.h"

/* The line has the request's id from the log's context. */
void
audit_note(const struct req *rq, const char *what, int64_t id)
{
	log_info("audit", LOG_TEXT("what", what), LOG_INT("row", id),
	    LOG_INT("tenant_id", rq->who.tenant_id));
}

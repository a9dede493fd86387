/* SPDX-License-Identifier: MIT */
/* Pausing what is made of a tenant's batches; stores are accepted meanwhile. */
#include "etl/handlers.h"
#include "http/audit.h"
#include "models/tenant/pause.h"

static void
answer_done(struct resp *rp, const char *message)
{
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", message);
	json_end(rp->json);
}

/* Let the tenant's batches and extractions wait. */
enum err
processing_pause(struct req *rq, struct resp *rp)
{
	enum err rc = pause_tenant(rq->db, rq->who.tenant_id,
	    SPAN_LIT("the tenant"), rq->arena, &rq->diag);

	if (rc != E_OK)
		return rc;
	audit_note(rq, "processing.pause", 0);
	answer_done(rp, "Processing is paused");
	return E_OK;
}

/* Let them go on. */
enum err
processing_resume(struct req *rq, struct resp *rp)
{
	enum err rc = pause_tenant_end(rq->db, rq->who.tenant_id, rq->arena,
	    &rq->diag);

	if (rc != E_OK)
		return rc;
	audit_note(rq, "processing.resume", 0);
	answer_done(rp, "Processing goes on");
	return E_OK;
}

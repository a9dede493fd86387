/* SPDX-License-Identifier: MIT */
/* Whose token a request has shown: what a client may offer its user. */
#include "etl/answers.h"
#include "etl/handlers.h"

static const struct shape_row whoami_rows[] = {
	{ "tenant_id", SHAPE_INT, 0, NULL, NULL },
	{ "role", SHAPE_TEXT, 0,
	    "reader, writer or admin: each may do what those before it may",
	    NULL },
	{ "caller", SHAPE_TEXT, 0, "As logs and the audit name the caller",
	    NULL },
};
SHAPE(answer_whoami, "whoami", "Whose token it is", whoami_rows)

/* Tell whose token it is. */
enum err
whoami_get(struct req *rq, struct resp *rp)
{
	json_object(rp->json, NULL);
	json_int(rp->json, "tenant_id", rq->who.tenant_id);
	json_text(rp->json, "role", role_name(rq->who.role));
	json_text(rp->json, "caller", rq->who.name);
	json_end(rp->json);
	return E_OK;
}

#include "http/auth.h"

#include <string.h>

enum err
auth_check(struct req *rq)
{
	if (strcmp(rq->service->settings->auth, "none") == 0)
		return E_OK;
	if (rq->authorization.at == NULL)
		return diag_tell(&rq->diag, E_UNKNOWN_CALLER,
		    "Send a token: Authorization: Bearer TOKEN");
	/* There is nowhere yet to look a token up: none is valid. */
	return diag_tell(&rq->diag, E_UNKNOWN_CALLER, "The token is not valid");
}

/* Take the tenant named at one place; another than before is refused. */
static enum err
take_tenant(struct req *rq, enum field_place place, struct span text)
{
	int64_t tenant_id;

	if (!span_int64(text, &tenant_id) || tenant_id < 1 ||
	    tenant_id > INT32_MAX)
		return field_refuse(rq, place, "tenant_id", "int_type",
		    "must be a tenant's number");
	if (rq->who.tenant_id != 0 && rq->who.tenant_id != tenant_id)
		return diag_tell(&rq->diag, E_FORBIDDEN,
		    "tenant_id is not the caller's tenant");
	rq->who.tenant_id = tenant_id;
	return E_OK;
}

enum err
auth_tenant(struct req *rq)
{
	const struct json_member *member = request_member(rq, "tenant_id");
	struct span text;
	enum err rc;

	for (size_t i = 0; i < rq->params.count; i++) {
		if (!span_is(rq->params.pairs[i].name, "tenant_id"))
			continue;
		text = rq->params.pairs[i].value;
		rc = take_tenant(rq, FIELD_QUERY, text);
		if (rc != E_OK)
			return rc;
	}
	if (member != NULL && member->kind != JSON_NULL) {
		rc = take_tenant(rq, FIELD_BODY, member->value);
		if (rc != E_OK)
			return rc;
	}
	if (rq->who.tenant_id == 0)
		return field_refuse(rq, FIELD_QUERY, "tenant_id", "missing",
		    "is missing");
	return E_OK;
}

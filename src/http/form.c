/* SPDX-License-Identifier: MIT */
#include "http/form.h"

/* What a form has besides its fields: boundaries, headers, small texts. */
#define OVERHEAD 65536

bool
form_is_wanted(const struct field_set *wanted)
{
	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->rows[i].kind == FIELD_FILE)
			return true;
	return false;
}

/* Older clients name the tenant in the body, here too. */
static void
take_tenant(struct req *rq, const struct parts *parts)
{
	const struct part *part = NULL;

	if (multipart_find(parts, "tenant_id", &part) == 0)
		return;
	rq->members = arena_get(rq->arena, sizeof(*rq->members));
	rq->members->name = "tenant_id";
	rq->members->kind = JSON_NUMBER;
	rq->members->value = part->bytes;
	rq->member_count = 1;
}

enum err
form_read(struct req *rq, const struct field_set *wanted)
{
	struct span boundary = { 0 };
	struct parts *parts;
	int64_t max = OVERHEAD;
	enum err rc;

	for (size_t i = 0; i < wanted->count; i++)
		if (wanted->rows[i].kind == FIELD_FILE)
			max += wanted->rows[i].max;
	rc = multipart_boundary(rq->content_type, &boundary, &rq->diag);
	if (rc == E_OK)
		rc = request_read_body(rq, max);
	if (rc != E_OK)
		return rc;
	parts = arena_get(rq->arena, sizeof(*parts));
	rc = multipart_read(buf_span(rq->body), boundary, parts, &rq->diag);
	if (rc != E_OK)
		return rc;
	take_tenant(rq, parts);
	rq->form = parts;
	return E_OK;
}

/* SPDX-License-Identifier: MIT */
#include "etl/resource.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "http/audit.h"
#include "http/etag.h"
#include "http/field.h"
#include "models/catalogue/integration.h"

/* Characters of a version's second half. */
#define CONTENT_CHARS 32

/*
 * The digest of an answer so far: its body, and what its head says of it, for a
 * page of the same rows has another version once there is a page behind it.
 */
static enum err
digest_answer(const struct resp *rp, unsigned char content[DIGEST_SHA256_SIZE],
    struct diag *diag)
{
	struct digest *digest = digest_new();
	enum err rc;

	if (digest == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	rc = digest_add(digest, buf_span(rp->body), diag);
	if (rc == E_OK)
		rc = digest_add(digest, buf_span(rp->head), diag);
	if (rc == E_OK)
		rc = digest_end(digest, content, diag);
	digest_free(digest);
	return rc;
}

enum err
resource_version(struct req *rq, struct resp *rp, struct span version)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	char content[CONTENT_CHARS + 1];
	char *tag;
	enum err rc = buf_done(rp->body);

	if (rc == E_OK)
		rc = buf_done(rp->head);
	if (rc == E_OK)
		rc = digest_answer(rp, digest, &rq->diag);
	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < CONTENT_CHARS / 2; i++)
		(void)snprintf(&content[2 * i], 3, "%02x", digest[i]);
	tag = arena_printf(rq->arena, "\"%.*s%s%s\"", SPAN_ARG(version),
	    version.len > 0 ? "-" : "", content);
	rc = arena_done(rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	response_header(rp, "ETag", tag);
	response_header(rp, "Cache-Control", "private, no-cache");
	if (strcmp(rq->route->method, "GET") == 0 &&
	    etag_is_known(rq->if_none_match,
		(struct span){ tag + 1,
		    version.len + (version.len > 0) + CONTENT_CHARS }))
		rp->status = 304;
	return E_OK;
}

/* Answer with a row as it is now, in or out of a transaction. */
static enum err
answer_row(struct req *rq, struct resp *rp, const struct catalogue *table,
    int64_t id)
{
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_get(rq->db, table, rq->who.tenant_id, id, rq->arena,
	    &rows, &rq->diag);
	if (rc != E_OK)
		return rc;
	catalogue_write(rp->json, NULL, table, rows, 0);
	return resource_version(rq, rp, catalogue_version(table, rows, 0));
}

/* One row. */
enum err
resource_get(struct req *rq, struct resp *rp)
{
	return answer_row(rq, rp, rq->route->resource->table, rq->id);
}

/* What depends on a row, as its table's statement tells. */
enum err
resource_dependencies(struct req *rq, struct resp *rp)
{
	const struct resource *resource = rq->route->resource;
	struct span json;
	enum err rc;

	rc = catalogue_document(rq->db, resource->table, resource->dependencies,
	    rq->who.tenant_id, rq->id, rq->arena, &json, &rq->diag);
	if (rc != E_OK)
		return rc;
	json_raw(rp->json, NULL, json);
	return resource_version(rq, rp, SPAN_NONE);
}

/* A field that was given, as a column's new value. */
static void
take_field(struct req *rq, const struct catalogue *table,
    const struct field *row, const void *value, struct catalogue_change *change)
{
	const struct json_member *member = request_member(rq, row->name);
	struct catalogue_value new = { .column = row->name };
	bool may_be_null;

	if (member == NULL && row->older_name != NULL)
		member = request_member(rq, row->older_name);
	if (row->place != FIELD_BODY || member == NULL ||
	    !catalogue_writes(table, row->name, &may_be_null))
		return;
	new.is_null = member->kind == JSON_NULL;
	if (new.is_null && !may_be_null)
		return; /* as if it had not been given */
	switch (row->kind) {
	case FIELD_INT:
		new.kind = COLUMN_INT;
		new.number = *(const int64_t *)value;
		break;
	case FIELD_BOOL:
		new.kind = COLUMN_BOOL;
		new.number = *(const bool *)value;
		break;
	case FIELD_TEXT:
	case FIELD_STAMP:
		new.kind = COLUMN_TEXT;
		new.text = *(const struct span *)value;
		break;
	case FIELD_OBJECT:
	case FIELD_DOCUMENT:
	case FIELD_FILE:
		new.kind = COLUMN_JSON;
		new.text = *(const struct span *)value;
		break;
	}
	catalogue_set(change, new);
}

/* Read the request's fields, and what of them is to be written. */
static enum err
read_edit(struct req *rq, struct edit *edit)
{
	const struct field_set *set = rq->route->input;
	enum err rc;

	edit->of = rq->route->resource;
	edit->values = arena_get(rq->arena, edit->of->size + 1);
	rc = fields_read(set, rq, edit->values);
	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < set->count; i++)
		take_field(rq, edit->of->table, &set->rows[i],
		    (const char *)edit->values + set->rows[i].offset,
		    &edit->change);
	return E_OK;
}

/* A client that names no integration means the tenant's Jira. */
static enum err
complete(struct req *rq, const struct resource *resource, struct edit *edit)
{
	int64_t id;
	bool unused;
	enum err rc;

	if (!catalogue_writes(resource->table, "integration_id", &unused) ||
	    catalogue_new_value(&edit->change, "integration_id") != NULL)
		return E_OK;
	rc = integration_default(rq->db, rq->who.tenant_id, rq->arena, &id,
	    &rq->diag);
	if (rc == E_OK && id == 0)
		rc = request_refuse(rq, FIELD_BODY, "integration_id", "missing",
		    "is missing, and there is no active Jira integration to"
		    " stand in");
	if (rc == E_OK)
		catalogue_set_int(&edit->change, "integration_id", id);
	return rc;
}

/*
 * End the transaction: commit what went well so far, with who did it, or take
 * all of it back.
 */
static enum err
finish(struct req *rq, const struct resource *resource, const char *verb,
    int64_t id, enum err so_far)
{
	enum err rc = so_far;
	char what[64];

	(void)snprintf(what, sizeof(what), "%s.%s", resource->event, verb);
	if (rc == E_OK && resource->recorded)
		rc = audit_record(rq, what, id);
	if (rc == E_OK)
		rc = arena_done(rq->arena, &rq->diag);
	if (rc != E_OK || resource->is_trial) {
		db_rollback(rq->db);
		return rc;
	}
	rc = db_commit(rq->db, &rq->diag);
	if (rc == E_OK)
		audit_note(rq, what, id);
	return rc;
}

/* Make a row, and answer with it and where it is. */
enum err
resource_create(struct req *rq, struct resp *rp)
{
	const struct resource *resource = rq->route->resource;
	struct edit edit = { .changed = true };
	enum err rc;

	rc = read_edit(rq, &edit);
	if (rc == E_OK)
		rc = catalogue_begin(rq->db, rq->who.tenant_id, rq->arena,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	rc = complete(rq, resource, &edit);
	if (rc == E_OK && resource->check != NULL)
		rc = resource->check(rq, &edit);
	if (rc == E_OK)
		rc = catalogue_insert(rq->db, resource->table,
		    rq->who.tenant_id, &edit.change, rq->arena, &edit.id,
		    &rq->diag);
	if (rc == E_OK && resource->apply != NULL)
		rc = resource->apply(rq, &edit);
	if (rc == E_OK)
		rc = answer_row(rq, rp, resource->table, edit.id);
	rc = finish(rq, resource, "create", edit.id, rc);
	if (rc != E_OK)
		return rc;
	rp->status = 201;
	buf_printf(rp->head, "Location: %s/%" PRId64 "\r\n", rq->route->path,
	    edit.id);
	return E_OK;
}

enum err
resource_begin_edit(struct req *rq, const struct resource *resource,
    bool is_removal, struct edit *edit)
{
	struct db_rows *rows;
	enum err rc;

	rc = catalogue_begin(rq->db, rq->who.tenant_id, rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	edit->id = rq->id;
	rc = catalogue_lock(rq->db, resource->table, rq->who.tenant_id, rq->id,
	    is_removal, rq->arena, &rq->diag);
	if (rc == E_OK)
		rc = catalogue_get(rq->db, resource->table, rq->who.tenant_id,
		    rq->id, rq->arena, &rows, &rq->diag);
	if (rc == E_OK &&
	    !etag_allows(rq->if_match,
		catalogue_version(resource->table, rows, 0)))
		rc = diag_tell(&rq->diag, E_PRECONDITION,
		    "The %s was changed"
		    " since the version that If-Match names: read it again",
		    resource->table->noun);
	if (rc == E_OK)
		edit->before = rows;
	else
		db_rollback(rq->db);
	return rc;
}

/* Change a row, and answer with it. */
enum err
resource_update(struct req *rq, struct resp *rp)
{
	const struct resource *resource = rq->route->resource;
	struct edit edit = { 0 };
	enum err rc;

	rc = read_edit(rq, &edit);
	if (rc == E_OK)
		rc = resource_begin_edit(rq, resource, false, &edit);
	if (rc != E_OK)
		return rc;
	if (resource->check != NULL)
		rc = resource->check(rq, &edit);
	if (rc == E_OK && edit.change.count > 0)
		rc = catalogue_update(rq->db, resource->table,
		    rq->who.tenant_id, edit.id, &edit.change, rq->arena,
		    &edit.changed, &rq->diag);
	if (rc == E_OK && resource->apply != NULL)
		rc = resource->apply(rq, &edit);
	if (rc == E_OK)
		rc = answer_row(rq, rp, resource->table, edit.id);
	return finish(rq, resource, "update", edit.id, rc);
}

/* Deactivate what something still depends on, remove anything else. */
static enum err
write_removal(struct req *rq, const struct resource *resource,
    struct edit *edit)
{
	if (edit->kept == NULL)
		return catalogue_delete(rq->db, resource->table,
		    rq->who.tenant_id, edit->id, rq->arena, &rq->diag);
	catalogue_set_bool(&edit->change, "active", false);
	return catalogue_update(rq->db, resource->table, rq->who.tenant_id,
	    edit->id, &edit->change, rq->arena, &edit->changed, &rq->diag);
}

/* Delete a row, or deactivate it while something uses it. */
enum err
resource_remove(struct req *rq, struct resp *rp)
{
	const struct resource *resource = rq->route->resource;
	struct edit edit = { 0 };
	const char *message;
	enum err rc;

	rc = read_edit(rq, &edit);
	if (rc == E_OK)
		rc = resource_begin_edit(rq, resource, true, &edit);
	if (rc != E_OK)
		return rc;
	rc = resource->release(rq, &edit);
	if (rc == E_OK)
		rc = write_removal(rq, resource, &edit);
	message = edit.kept != NULL ?
	    edit.kept :
	    arena_printf(rq->arena, "The %s is deleted", resource->table->noun);
	rc = finish(rq, resource, edit.kept != NULL ? "deactivate" : "delete",
	    edit.id, rc);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", message);
	json_end(rp->json);
	return E_OK;
}

int64_t
resource_number(const struct edit *edit, const char *column)
{
	const struct catalogue_value *value = catalogue_new_value(&edit->change,
	    column);

	if (value != NULL)
		return value->number;
	return edit->before == NULL ?
	    0 :
	    catalogue_int(edit->of->table, edit->before, column);
}

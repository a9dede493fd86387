/* SPDX-License-Identifier: MIT */
/* Entity types of a tenant's own: how their batches become rows. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "http/field.h"
#include "models/catalogue/mapped_type.h"
#include "work/type_try.h"

/* What POST and PUT /types take; check and try as well. */
struct type_input {
	struct span name;
	struct span items_path;
	struct span key_path;
	struct span updated_path;
	struct span target;
	struct span columns;
	bool active;
	int64_t raw_data_id;
	int64_t limit;
};

#define AT(member) .offset = offsetof(struct type_input, member)
/* clang-format off */
#define TYPE_ROWS(needed) \
	{ FIELD_BODY, "name", .kind = FIELD_TEXT, .form = FORM_WORD, \
	  .required = needed, .min = 1, .max = 50, AT(name), \
	  .sentence = "The entity_type of its batches; once for each tenant" }, \
	{ FIELD_BODY, "items_path", .kind = FIELD_TEXT, .required = needed, \
	  .min = 1, .max = 500, AT(items_path), \
	  .sentence = "The jsonpath of the items in a batch" }, \
	{ FIELD_BODY, "key_path", .kind = FIELD_TEXT, .required = needed, \
	  .min = 1, .max = 500, AT(key_path), \
	  .sentence = "The jsonpath of an item's key, in the item" }, \
	{ FIELD_BODY, "updated_path", .kind = FIELD_TEXT, .min = 1, .max = 500, \
	  AT(updated_path), .sentence = "That of the time of its last change;" \
	    " null: it is as old as its batch" }, \
	{ FIELD_BODY, "target", .kind = FIELD_TEXT, \
	  .choices = "records|work_items|prs|repositories", AT(target), \
	  .sentence = "What items become; records" }, \
	{ FIELD_BODY, "columns", .kind = FIELD_DOCUMENT, .required = needed, \
	  AT(columns), .sentence = "A list of 1 to 60 objects: name, path and," \
	    " perhaps, kind (text, texts, number, boolean, time or json)" }, \
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active), \
	  .sentence = "false: its batches are kept as they came; true" }

#define BATCH_ROW \
	{ FIELD_BODY, "raw_data_id", .kind = FIELD_INT, .required = true, \
	  .min = 1, .max = INT64_MAX, AT(raw_data_id), \
	  .sentence = "The batch" }

static const struct field create_rows[] = { TYPE_ROWS(true) };
const struct field_set entity_type_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = { TYPE_ROWS(false) };
const struct field_set entity_type_update_input = { update_rows,
	COUNT(update_rows) };

static const struct field try_rows[] = {
	TYPE_ROWS(true),
	BATCH_ROW,
	{ FIELD_BODY, "limit", .kind = FIELD_INT, .min = 1,
	  .max = TYPE_TRY_ROWS_MAX, AT(limit),
	  .sentence = "So many rows are shown at most; 10" },
};
const struct field_set type_try_input = { try_rows, COUNT(try_rows) };

static const struct field infer_rows[] = { BATCH_ROW };
const struct field_set type_infer_input = { infer_rows, COUNT(infer_rows) };
#undef AT

/* What is answered. */
static const struct shape_row type_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/mapped_type_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_entity_type, "entity_type", "An entity type of a tenant's own",
    type_rows)
SHAPE_PAGE(answer_entity_type_list, "entity_type_list",
    "Entity types of a tenant's own, and those that all tenants share",
    type_rows)

static const struct shape_row try_answer_rows[] = {
	{ "items", SHAPE_INT, 0, "Items of the batch", NULL },
	{ "unreadable", SHAPE_INT, 0, "Those of them that have no key", NULL },
	{ "skipped", SHAPE_INT, 0,
	  "Items and values that could not be read", NULL },
	{ "skipped_list", SHAPE_JSON, SHAPE_NULLABLE,
	  "The first of them; null: there is none", NULL },
	{ "rows", SHAPE_JSON, 0, "The first rows, as they would be stored",
	  NULL },
};
SHAPE(answer_type_trial, "type_trial", "What a mapping makes of a batch",
    try_answer_rows)

static const struct shape_row mapping_rows[] = {
	{ "name", SHAPE_TEXT, 0, NULL, NULL },
	{ "items_path", SHAPE_TEXT, 0, NULL, NULL },
	{ "key_path", SHAPE_TEXT, SHAPE_NULLABLE,
	  "null: nothing in the batch looks like a key", NULL },
	{ "updated_path", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
	{ "target", SHAPE_TEXT, 0, NULL, NULL },
	{ "columns", SHAPE_JSON, 0, NULL, NULL },
};
SHAPE(answer_mapping, "mapping", "A mapping, proposed", mapping_rows)
/* clang-format on */

/* Refuse each member that is wrong. */
static enum err
refuse(struct req *rq, const struct db_rows *rows)
{
	enum err rc = E_OK;

	for (int i = 0; i < db_rows_count(rows); i++)
		rc = request_refuse(rq, FIELD_BODY,
		    arena_text(rq->arena, db_text(rows, i, MAPPED_TYPE_MEMBER)),
		    "mapping",
		    arena_text(rq->arena, db_text(rows, i, MAPPED_TYPE_FLAW)));
	return rc;
}

/* What is wrong with the row as it was written. */
static enum err
apply_type(struct req *rq, struct edit *edit)
{
	struct db_rows *rows;
	enum err rc = mapped_type_flaws(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, &rows, &rq->diag);

	return rc == E_OK ? refuse(rq, rows) : rc;
}

/* What was made of its batches stays. */
static enum err
release_type(struct req *rq, struct edit *edit)
{
	(void)rq;
	(void)edit;
	return E_OK;
}

const struct resource entity_type_resource = {
	.table = &mapped_type_catalogue,
	.event = "entity_type",
	.recorded = true,
	.size = sizeof(struct type_input),
	.apply = apply_type,
	.release = release_type,
};

/* Read a mapping that is not stored. */
static enum err
read_mapping(struct req *rq, const struct field_set *set,
    struct type_input *input)
{
	struct db_rows *rows;
	enum err rc = fields_read(set, rq, input);

	if (rc == E_OK)
		rc = mapped_type_document_flaws(rq->db, request_body(rq),
		    rq->arena, &rows, &rq->diag);
	return rc == E_OK ? refuse(rq, rows) : rc;
}

/* Look at a mapping, and change nothing. */
enum err
type_check(struct req *rq, struct resp *rp)
{
	struct type_input input = { 0 };
	enum err rc = read_mapping(rq, &entity_type_create_input, &input);

	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_bool(rp->json, "success", true);
	json_text(rp->json, "message", "The mapping can be stored");
	json_end(rp->json);
	return E_OK;
}

/* Transform a batch by a mapping, show what came of it, and take it back. */
enum err
type_trial(struct req *rq, struct resp *rp)
{
	struct type_input input = { .limit = 10 };
	struct type_trial trial;
	enum err rc = read_mapping(rq, &type_try_input, &input);

	if (rc == E_OK)
		rc = type_try(rq->db, rq->who.tenant_id, input.raw_data_id,
		    request_body(rq), input.limit, rq->arena, &trial,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_int(rp->json, "items", trial.outcome.items);
	json_int(rp->json, "unreadable", trial.outcome.unreadable);
	json_int(rp->json, "skipped", trial.outcome.skipped);
	if (trial.outcome.skipped_json.at == NULL)
		json_null(rp->json, "skipped_list");
	else
		json_raw(rp->json, "skipped_list", trial.outcome.skipped_json);
	json_array(rp->json, "rows");
	for (int i = 0; i < db_rows_count(trial.rows); i++)
		json_raw(rp->json, NULL, db_text(trial.rows, i, 0));
	json_end(rp->json);
	json_end(rp->json);
	return E_OK;
}

/* Propose a mapping for a batch. */
enum err
type_infer(struct req *rq, struct resp *rp)
{
	struct type_input input = { 0 };
	struct span document;
	enum err rc = fields_read(&type_infer_input, rq, &input);

	if (rc == E_OK)
		rc = mapped_type_infer(rq->db, rq->who.tenant_id,
		    input.raw_data_id, rq->arena, &document, &rq->diag);
	if (rc == E_OK)
		json_raw(rp->json, NULL, document);
	return rc;
}

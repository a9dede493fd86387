/* SPDX-License-Identifier: MIT */
/* Retention rules: what of a tenant's batches goes, and when. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "http/field.h"
#include "models/batch/raw_batch_retention.h"
#include "models/catalogue/retention_rule.h"

/* A tenant sees so many at most, its own and those of all. */
#define RULES_MAX 200

/* What POST and PUT /retention-rules take. */
struct rule_input {
	struct span entity_type;
	struct span processing_status;
	struct span action;
	int64_t keep_days;
	int64_t keep_newest;
	bool active;
};

#define AT(member) .offset = offsetof(struct rule_input, member)
/* clang-format off */
#define RULE_ROWS(needed) \
	{ FIELD_BODY, "entity_type", .kind = FIELD_TEXT, .min = 1, .max = 50, \
	  AT(entity_type), .sentence = "The type of its batches; null: each" \
	    " type that has no such rule" }, \
	{ FIELD_BODY, "processing_status", .kind = FIELD_TEXT, \
	  .choices = RETENTION_STATUSES, AT(processing_status), \
	  .sentence = "The status of its batches; completed. deleted: those" \
	    " that were deleted, in any status" }, \
	{ FIELD_BODY, "keep_days", .kind = FIELD_INT, .required = needed, \
	  .min = 1, .max = RETENTION_DAYS_MAX, AT(keep_days), \
	  .sentence = "So many days they stay, since they were processed or" \
	    " else stored" }, \
	{ FIELD_BODY, "keep_newest", .kind = FIELD_INT, .min = 0, \
	  .max = RETENTION_NEWEST_MAX, AT(keep_newest), \
	  .sentence = "So many of each integration and type stay, however old;" \
	    " 0, and of deleted ones always. The newest completed one is" \
	    " never deleted" }, \
	{ FIELD_BODY, "action", .kind = FIELD_TEXT, .required = needed, \
	  .choices = RETENTION_ACTIONS, AT(action), \
	  .sentence = "delete: the batch goes; payload: its payload only" }, \
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active), \
	  .sentence = "false: it is not applied; true" }

static const struct field create_rows[] = { RULE_ROWS(true) };
const struct field_set retention_rule_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = { RULE_ROWS(false) };
const struct field_set retention_rule_update_input = { update_rows,
	COUNT(update_rows) };
#undef AT

/* What is answered. */
static const struct shape_row rule_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/retention_rule_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_retention_rule, "retention_rule",
    "What of the batches goes, and when", rule_rows)
SHAPE_PAGE(answer_retention_rule_list, "retention_rule_list",
    "Retention rules of the tenant's own, and those of all tenants", rule_rows)

static const struct shape_row preview_rows[] = {
	{ "batches", SHAPE_INT, 0, "So many batches the rule would take now",
	  NULL },
	{ "bytes", SHAPE_INT, 0, "The bytes of their payloads, as they came",
	  NULL },
	{ "is_exact", SHAPE_BOOL, 0, "false: there are more", NULL },
};
SHAPE(answer_retention_preview, "retention_preview",
    "What a retention rule would take", preview_rows)
/* clang-format on */

/* Batches that were deleted have no order in which some could stay. */
static enum err
check_rule(struct req *rq, struct edit *edit)
{
	const struct catalogue_value *status =
	    catalogue_new_value(&edit->change, "processing_status");
	struct span text = SPAN_NONE;

	if (status != NULL)
		text = status->text;
	else if (edit->before != NULL)
		text = catalogue_text(edit->of->table, edit->before,
		    "processing_status");
	if (!span_is(text, "deleted") ||
	    resource_number(edit, "keep_newest") == 0)
		return E_OK;
	return request_refuse(rq, FIELD_BODY, "keep_newest", "conflict",
	    RETENTION_NONE_STAYS);
}

/* A tenant has no more of them than there may be. */
static enum err
apply_rule(struct req *rq, struct edit *edit)
{
	const struct catalogue_filter filter = {
		.tenant_id = rq->who.tenant_id
	};
	int64_t count;
	enum err rc;

	if (edit->before != NULL)
		return E_OK;
	rc = catalogue_total(rq->db, &retention_rule_catalogue, &filter,
	    rq->arena, &count, &rq->diag);
	if (rc == E_OK && count > RULES_MAX)
		return diag_tell(&rq->diag, E_CONFLICT,
		    "A tenant has %d retention rules at most: delete one"
		    " before",
		    RULES_MAX);
	return rc;
}

/* What it took stays gone. */
static enum err
release_rule(struct req *rq, struct edit *edit)
{
	(void)rq;
	(void)edit;
	return E_OK;
}

const struct resource retention_rule_resource = {
	.table = &retention_rule_catalogue,
	.event = "retention_rule",
	.recorded = true,
	.size = sizeof(struct rule_input),
	.check = check_rule,
	.apply = apply_rule,
	.release = release_rule,
};

/* Tell what a rule would take of the tenant's batches now. */
enum err
retention_rule_preview(struct req *rq, struct resp *rp)
{
	struct retention_sum sum;
	struct retention rule;
	bool is_exact;
	enum err rc;

	db_tenant(rq->db, rq->who.tenant_id);
	rc = retention_get_rule(rq->db, rq->who.tenant_id, rq->id, rq->arena,
	    &rule, &rq->diag);
	if (rc == E_OK)
		rc = retention_preview(rq->db, &rule, rq->who.tenant_id,
		    rq->arena, &sum, &is_exact, &rq->diag);
	if (rc != E_OK)
		return rc;
	json_object(rp->json, NULL);
	json_int(rp->json, "batches", sum.batches);
	json_int(rp->json, "bytes", sum.bytes);
	json_bool(rp->json, "is_exact", is_exact);
	json_end(rp->json);
	return E_OK;
}

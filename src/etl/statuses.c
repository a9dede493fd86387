/* SPDX-License-Identifier: MIT */
/* Statuses and their mappings. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/status.h"
#include "models/catalogue/workflow.h"

/* What POST, PUT and DELETE /status-mappings take. */
struct mapping_input {
	struct span status_from;
	struct span status_to;
	struct span status_category;
	int64_t workflow_id;
	int64_t integration_id;
	bool active;
	int64_t target_mapping_id;
};

#define AT(member) .offset = offsetof(struct mapping_input, member)
/* clang-format off */
#define MAPPING_ROWS(needed) \
	{ FIELD_BODY, "status_from", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(status_from), \
	  .sentence = "The source's name of a status, in any case" }, \
	{ FIELD_BODY, "status_to", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(status_to), \
	  .sentence = "The common name" }, \
	{ FIELD_BODY, "status_category", .kind = FIELD_TEXT, \
	  .required = needed, .min = 1, .max = 255, AT(status_category), \
	  .sentence = "To Do, In Progress or Done" }, \
	{ FIELD_BODY, "workflow_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(workflow_id), \
	  .sentence = "The active workflow step it belongs to" }, \
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(integration_id), \
	  .sentence = "Whose names; the first active Jira integration" }
/* clang-format on */

static const struct field create_rows[] = { MAPPING_ROWS(true) };
const struct field_set status_mapping_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = {
	/* clang-format off */
	MAPPING_ROWS(false),
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active),
	  .sentence = "Whether it is used" },
	/* clang-format on */
};
const struct field_set status_mapping_update_input = { update_rows,
	COUNT(update_rows) };

static const struct field delete_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "target_mapping_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, AT(target_mapping_id),
	  .sentence = "The active mapping that takes its statuses over" },
	/* clang-format on */
};
#undef AT
const struct field_set status_mapping_delete_input = { delete_rows,
	COUNT(delete_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row status_mapping_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/status_mapping_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_status_mapping, "status_mapping", "A status mapping",
    status_mapping_rows)
SHAPE_PAGE(answer_status_mapping_list, "status_mapping_list", "Status mappings",
    status_mapping_rows)

static const struct shape_row status_mapping_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
};
SHAPE_PART(status_mapping_self, "What is asked about", status_mapping_self_rows)

static const struct shape_row status_mapping_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "original_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_category", SHAPE_TEXT, 0, NULL, NULL },
};
SHAPE_PART(status_mapping_user, "What depends on it", status_mapping_user_rows)

static const struct shape_row status_mapping_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_category", SHAPE_TEXT, 0, NULL, NULL },
};
SHAPE_PART(status_mapping_target, "What may take its place",
    status_mapping_target_rows)

static const struct shape_row status_mapping_depends_rows[] = {
	{ "status_mapping", SHAPE_OBJECT, 0, NULL, &status_mapping_self },
	{ "has_dependencies", SHAPE_BOOL, 0, NULL, NULL },
	{ "dependency_count", SHAPE_INT, 0, NULL, NULL },
	{ "affected_statuses_count", SHAPE_INT, 0, NULL, NULL },
	{ "dependent_statuses", SHAPE_LIST, 0, NULL, &status_mapping_user },
	{ "reassignment_targets", SHAPE_LIST, 0, NULL, &status_mapping_target },
};
SHAPE(answer_status_mapping_dependencies, "status_mapping_dependencies",
    "What depends on a status mapping", status_mapping_depends_rows)
/* clang-format on */

/* A step that it is given must be there. */
static enum err
check_mapping(struct req *rq, struct edit *edit)
{
	const struct catalogue_value *workflow =
	    catalogue_new_value(&edit->change, "workflow_id");
	bool is_active;
	enum err rc;

	if (workflow == NULL || workflow->is_null)
		return E_OK;
	rc = workflow_keep(rq->db, rq->who.tenant_id, workflow->number,
	    rq->arena, &is_active, &rq->diag);
	if (rc == E_OK && !is_active)
		return request_refuse(rq, FIELD_BODY, "workflow_id",
		    "no_such_row", "must name an active workflow step");
	return rc;
}

const struct resource status_mapping_resource = {
	.table = &status_mapping_catalogue,
	.event = "status_mapping",
	.size = sizeof(struct mapping_input),
	.dependencies = &status_mapping_dependencies,
	.noun = "mapping",
	.referrers = "active statuses",
	.target = offsetof(struct mapping_input, target_mapping_id),
	.check = check_mapping,
	.apply = resource_remap,
	.release = resource_release,
};

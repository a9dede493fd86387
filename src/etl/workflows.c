/* SPDX-License-Identifier: MIT */
/* The steps of workflows. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/workflow.h"

/* What POST, PUT and DELETE /workflows take. */
struct workflow_input {
	struct span step_name;
	int64_t step_number;
	struct span step_category;
	bool is_commitment_point;
	int64_t integration_id;
	bool active;
	int64_t target_workflow_id;
};

#define AT(member) .offset = offsetof(struct workflow_input, member)
/* clang-format off */
#define WORKFLOW_ROWS(needed) \
	{ FIELD_BODY, "step_name", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(step_name), .sentence = "Its name" }, \
	{ FIELD_BODY, "step_category", .kind = FIELD_TEXT, \
	  .required = needed, .min = 1, .max = 255, AT(step_category), \
	  .sentence = "To Do, In Progress or Done" }, \
	{ FIELD_BODY, "step_number", .kind = FIELD_INT, .min = INT32_MIN, \
	  .max = INT32_MAX, AT(step_number), .sentence = "Position" }, \
	{ FIELD_BODY, "is_commitment_point", .kind = FIELD_BOOL, \
	  AT(is_commitment_point), \
	  .sentence = "Whether this is the commitment point; one step of" \
	  " each integration may be; false" }, \
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(integration_id), \
	  .sentence = "Integration of the step; the first active Jira one" }
/* clang-format on */

static const struct field create_rows[] = { WORKFLOW_ROWS(true) };
const struct field_set workflow_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = {
	/* clang-format off */
	WORKFLOW_ROWS(false),
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active),
	  .sentence = "Whether it is used" },
	/* clang-format on */
};
const struct field_set workflow_update_input = { update_rows,
	COUNT(update_rows) };

static const struct field delete_rows[] = {
	/* clang-format off */
	{ FIELD_BODY, "target_workflow_id", .kind = FIELD_INT, .min = 1,
	  .max = INT32_MAX, AT(target_workflow_id),
	  .sentence = "The active step that takes its status mappings over" },
	/* clang-format on */
};
#undef AT
const struct field_set workflow_delete_input = { delete_rows,
	COUNT(delete_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row workflow_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/workflow_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_workflow, "workflow", "A workflow step", workflow_rows)
SHAPE_PAGE(answer_workflow_list, "workflow_list", "Workflow steps",
    workflow_rows)

static const struct shape_row workflow_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "step_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "step_number", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL },
};
SHAPE_PART(workflow_self, "What is asked about", workflow_self_rows)

static const struct shape_row workflow_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "affected_statuses_count", SHAPE_INT, 0, NULL, NULL },
};
SHAPE_PART(workflow_user, "What depends on it", workflow_user_rows)

static const struct shape_row workflow_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "step_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "step_number", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL },
	{ "step_category", SHAPE_TEXT, 0, NULL, NULL },
};
SHAPE_PART(workflow_target, "What may take its place", workflow_target_rows)

static const struct shape_row workflow_depends_rows[] = {
	{ "workflow", SHAPE_OBJECT, 0, NULL, &workflow_self },
	{ "has_dependencies", SHAPE_BOOL, 0, NULL, NULL },
	{ "dependency_count", SHAPE_INT, 0, NULL, NULL },
	{ "affected_statuses_count", SHAPE_INT, 0, NULL, NULL },
	{ "dependent_mappings", SHAPE_LIST, 0, NULL, &workflow_user },
	{ "reassignment_targets", SHAPE_LIST, 0, NULL, &workflow_target },
};
SHAPE(answer_workflow_dependencies, "workflow_dependencies",
    "What depends on a workflow step", workflow_depends_rows)
/* clang-format on */

/* Only one step of an integration may be its commitment point. */
static enum err
check_workflow(struct req *rq, struct edit *edit)
{
	if (resource_number(edit, "is_commitment_point") == 0)
		return E_OK;
	return workflow_commitment(rq->db, rq->who.tenant_id,
	    resource_number(edit, "integration_id"), edit->id, rq->arena,
	    &rq->diag);
}

const struct resource workflow_resource = {
	.table = &workflow_catalogue,
	.event = "workflow",
	.size = sizeof(struct workflow_input),
	.dependencies = &workflow_dependencies,
	.noun = "workflow step",
	.referrers = "status mappings",
	.target = offsetof(struct workflow_input, target_workflow_id),
	.check = check_workflow,
	.release = resource_release,
};

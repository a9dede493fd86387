/* The steps of workflows. */
#include "etl/handlers.h"
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

static const struct resource workflow;

/* Only one step of an integration may be its commitment point. */
static enum err
check_workflow(struct req *rq, struct edit *edit)
{
	if (resource_number(&workflow, edit, "is_commitment_point") == 0)
		return E_OK;
	return workflow_commitment(rq->db, rq->who.tenant_id,
	    resource_number(&workflow, edit, "integration_id"), edit->id,
	    rq->arena, &rq->diag);
}

static const struct resource workflow = {
	.table = &workflow_catalogue,
	.path = "/app/etl/workflows",
	.event = "workflow",
	.create = &workflow_create_input,
	.update = &workflow_update_input,
	.remove = &workflow_delete_input,
	.size = sizeof(struct workflow_input),
	.noun = "workflow step",
	.referrers = "status mappings",
	.target = offsetof(struct workflow_input, target_workflow_id),
	.check = check_workflow,
	.release = resource_release,
};

enum err
workflows_list(struct req *rq, struct resp *rp)
{
	return resource_list(rq, rp, &workflow_catalogue);
}

enum err
workflow_get(struct req *rq, struct resp *rp)
{
	return resource_get(rq, rp, &workflow_catalogue);
}

enum err
workflow_depends(struct req *rq, struct resp *rp)
{
	return resource_document(rq, rp, &workflow_catalogue,
	    &workflow_dependencies);
}

enum err
workflow_create(struct req *rq, struct resp *rp)
{
	return resource_create(rq, rp, &workflow);
}

enum err
workflow_update(struct req *rq, struct resp *rp)
{
	return resource_update(rq, rp, &workflow);
}

enum err
workflow_delete(struct req *rq, struct resp *rp)
{
	return resource_remove(rq, rp, &workflow);
}

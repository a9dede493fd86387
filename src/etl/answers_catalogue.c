/* The shapes of the answers about the catalogue. */
#include "etl/answers.h"

/* The catalogue: a row of each table, and a page of them. */
#define LIST(id, name, sentence, rows) \
	const struct shape id = { name, sentence, rows, COUNT(rows), true };

/* clang-format off */
static const struct shape_row wit_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_shown_rows.h"
#undef SHOWN
};
static const struct shape wit = { "wit", "A work item type", wit_rows,
	COUNT(wit_rows), false };
LIST(answer_wit_list, "wit_list", "Work item types", wit_rows)

static const struct shape_row wit_mapping_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_mapping_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_wit_mapping, "wit_mapping", "A work item type mapping", wit_mapping_rows)
LIST(answer_wit_mapping_list, "wit_mapping_list", "Work item type mappings", wit_mapping_rows)

static const struct shape_row wits_hierarchy_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_hierarchy_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_wits_hierarchy, "wits_hierarchy", "A hierarchy", wits_hierarchy_rows)
LIST(answer_wits_hierarchy_list, "wits_hierarchy_list", "Hierarchies", wits_hierarchy_rows)

static const struct shape_row status_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/status_shown_rows.h"
#undef SHOWN
};
static const struct shape status = { "status", "A status", status_rows,
	COUNT(status_rows), false };
LIST(answer_status_list, "status_list", "Statuses", status_rows)

static const struct shape_row status_mapping_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/status_mapping_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_status_mapping, "status_mapping", "A status mapping", status_mapping_rows)
LIST(answer_status_mapping_list, "status_mapping_list", "Status mappings", status_mapping_rows)

static const struct shape_row workflow_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/workflow_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_workflow, "workflow", "A workflow step", workflow_rows)
LIST(answer_workflow_list, "workflow_list", "Workflow steps", workflow_rows)

static const struct shape_row integration_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/integration_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_integration, "integration", "An integration, never its secret", integration_rows)
LIST(answer_integration_list, "integration_list", "Integrations", integration_rows)

static const struct shape_row project_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/project_shown_rows.h"
#undef SHOWN
	{ "wits", SHAPE_LIST, 0, NULL, &wit },
	{ "statuses", SHAPE_LIST, 0, NULL, &status },
};
LIST(answer_project_list, "project_list", "Projects", project_rows)

static const struct shape_row wits_hierarchy_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "level_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "level_number", SHAPE_INT, 0, NULL, NULL },
};
static const struct shape wits_hierarchy_self = { "wits_hierarchy_self", "What is asked about",
	wits_hierarchy_self_rows, COUNT(wits_hierarchy_self_rows), false };

static const struct shape_row wits_hierarchy_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "wit_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "wit_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "affected_wits_count", SHAPE_INT, 0, NULL, NULL },
};
static const struct shape wits_hierarchy_user = { "wits_hierarchy_user", "What depends on it",
	wits_hierarchy_user_rows, COUNT(wits_hierarchy_user_rows), false };

static const struct shape_row wits_hierarchy_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "level_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "level_number", SHAPE_INT, 0, NULL, NULL },
	{ "description", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
};
static const struct shape wits_hierarchy_target = { "wits_hierarchy_target", "What may take its place",
	wits_hierarchy_target_rows, COUNT(wits_hierarchy_target_rows), false };

static const struct shape_row wits_hierarchy_depends_rows[] = {
	{ "hierarchy", SHAPE_OBJECT, 0, NULL, &wits_hierarchy_self },
	{ "has_dependencies", SHAPE_BOOL, 0, NULL, NULL },
	{ "dependency_count", SHAPE_INT, 0, NULL, NULL },
	{ "affected_wits_count", SHAPE_INT, 0, NULL, NULL },
	{ "dependent_mappings", SHAPE_LIST, 0, NULL, &wits_hierarchy_user },
	{ "reassignment_targets", SHAPE_LIST, 0, NULL, &wits_hierarchy_target },
};
SHAPE(answer_wits_hierarchy_dependencies, "wits_hierarchy_dependencies",
    "What depends on a hierarchy", wits_hierarchy_depends_rows)

static const struct shape_row status_mapping_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
};
static const struct shape status_mapping_self = { "status_mapping_self", "What is asked about",
	status_mapping_self_rows, COUNT(status_mapping_self_rows), false };

static const struct shape_row status_mapping_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "original_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_category", SHAPE_TEXT, 0, NULL, NULL },
};
static const struct shape status_mapping_user = { "status_mapping_user", "What depends on it",
	status_mapping_user_rows, COUNT(status_mapping_user_rows), false };

static const struct shape_row status_mapping_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_category", SHAPE_TEXT, 0, NULL, NULL },
};
static const struct shape status_mapping_target = { "status_mapping_target", "What may take its place",
	status_mapping_target_rows, COUNT(status_mapping_target_rows), false };

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

static const struct shape_row workflow_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "step_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "step_number", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL },
};
static const struct shape workflow_self = { "workflow_self", "What is asked about",
	workflow_self_rows, COUNT(workflow_self_rows), false };

static const struct shape_row workflow_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "status_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "status_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "affected_statuses_count", SHAPE_INT, 0, NULL, NULL },
};
static const struct shape workflow_user = { "workflow_user", "What depends on it",
	workflow_user_rows, COUNT(workflow_user_rows), false };

static const struct shape_row workflow_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "step_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "step_number", SHAPE_INT, SHAPE_NULLABLE, NULL, NULL },
	{ "step_category", SHAPE_TEXT, 0, NULL, NULL },
};
static const struct shape workflow_target = { "workflow_target", "What may take its place",
	workflow_target_rows, COUNT(workflow_target_rows), false };

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

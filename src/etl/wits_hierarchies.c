/* SPDX-License-Identifier: MIT */
/* The hierarchy of work item types. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/wit.h"

/* What POST, PUT and DELETE /wits-hierarchies take. */
struct hierarchy_input {
	struct span level_name;
	int64_t level_number;
	struct span description;
	int64_t integration_id;
	bool active;
	int64_t target_hierarchy_id;
};

#define AT(member) .offset = offsetof(struct hierarchy_input, member)
/* clang-format off */
#define HIERARCHY_ROWS(needed) \
	{ FIELD_BODY, "level_name", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(level_name), .sentence = "Its name" }, \
	{ FIELD_BODY, "level_number", .kind = FIELD_INT, .required = needed, \
	  .min = INT32_MIN, .max = INT32_MAX, AT(level_number), \
	  .sentence = "Level; 0 is the level of a story" }, \
	{ FIELD_BODY, "description", .kind = FIELD_TEXT, .min = 0, \
	  .max = 4000, AT(description), .sentence = "What belongs there" }, \
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(integration_id), \
	  .sentence = "Whose level; the first active Jira integration" }
#define TARGET_ROW \
	{ FIELD_BODY, "target_hierarchy_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(target_hierarchy_id), \
	  .sentence = "The active hierarchy that takes its mappings over" }
/* clang-format on */

static const struct field create_rows[] = { HIERARCHY_ROWS(true) };
const struct field_set wits_hierarchy_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = {
	/* clang-format off */
	HIERARCHY_ROWS(false),
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active),
	  .sentence = "Whether it is used" },
	TARGET_ROW,
	/* clang-format on */
};
const struct field_set wits_hierarchy_update_input = { update_rows,
	COUNT(update_rows) };

static const struct field delete_rows[] = { TARGET_ROW };
#undef AT
const struct field_set wits_hierarchy_delete_input = { delete_rows,
	COUNT(delete_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row wits_hierarchy_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_hierarchy_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_wits_hierarchy, "wits_hierarchy", "A hierarchy",
    wits_hierarchy_rows)
SHAPE_PAGE(answer_wits_hierarchy_list, "wits_hierarchy_list", "Hierarchies",
    wits_hierarchy_rows)

static const struct shape_row wits_hierarchy_self_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "level_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "level_number", SHAPE_INT, 0, NULL, NULL },
};
SHAPE_PART(wits_hierarchy_self, "What is asked about", wits_hierarchy_self_rows)

static const struct shape_row wits_hierarchy_user_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "wit_from", SHAPE_TEXT, 0, NULL, NULL },
	{ "wit_to", SHAPE_TEXT, 0, NULL, NULL },
	{ "affected_wits_count", SHAPE_INT, 0, NULL, NULL },
};
SHAPE_PART(wits_hierarchy_user, "What depends on it", wits_hierarchy_user_rows)

static const struct shape_row wits_hierarchy_target_rows[] = {
	{ "id", SHAPE_INT, 0, NULL, NULL },
	{ "level_name", SHAPE_TEXT, 0, NULL, NULL },
	{ "level_number", SHAPE_INT, 0, NULL, NULL },
	{ "description", SHAPE_TEXT, SHAPE_NULLABLE, NULL, NULL },
};
SHAPE_PART(wits_hierarchy_target, "What may take its place",
    wits_hierarchy_target_rows)

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
/* clang-format on */

/*
 * Before a hierarchy goes: its mappings move to the target; without one there
 * must be none.
 */
static enum err
clear(struct req *rq, struct edit *edit, struct wit_dependents *ret_left)
{
	const struct hierarchy_input *input = edit->values;
	enum err rc;

	*ret_left = (struct wit_dependents){ 0, 0 };
	rc = catalogue_lock(rq->db, &wit_hierarchy_catalogue, rq->who.tenant_id,
	    edit->id, true, rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	if (input->target_hierarchy_id != 0)
		return catalogue_move(rq->db, &wit_hierarchy_catalogue,
		    rq->who.tenant_id, edit->id, input->target_hierarchy_id,
		    rq->arena, &rq->diag);
	rc = wit_hierarchy_dependents(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, ret_left, &rq->diag);
	if (rc == E_OK && ret_left->active > 0)
		return diag_tell(&rq->diag, E_SYNTAX,
		    "%lld work item type"
		    " mappings depend on this hierarchy: name a"
		    " target_hierarchy_id that takes them over",
		    (long long)ret_left->active);
	return rc;
}

/* Deactivation leaves no mapping behind; a target is one in any case. */
static enum err
check_hierarchy(struct req *rq, struct edit *edit)
{
	const struct hierarchy_input *input = edit->values;
	const struct catalogue_value *active =
	    catalogue_new_value(&edit->change, "active");
	struct wit_dependents left;

	if (active != NULL && active->number == 0 && edit->before != NULL)
		return clear(rq, edit, &left);
	if (input->target_hierarchy_id == 0)
		return E_OK;
	return catalogue_target(rq->db, &wit_hierarchy_catalogue,
	    rq->who.tenant_id, edit->id, input->target_hierarchy_id, rq->arena,
	    &rq->diag);
}

static enum err
release_hierarchy(struct req *rq, struct edit *edit)
{
	struct wit_dependents left;
	enum err rc = clear(rq, edit, &left);

	if (rc == E_OK && left.inactive > 0)
		edit->kept = arena_printf(rq->arena,
		    "The hierarchy is"
		    " deactivated, not deleted: %lld inactive mappings use it",
		    (long long)left.inactive);
	return rc;
}

const struct resource wits_hierarchy_resource = {
	.table = &wit_hierarchy_catalogue,
	.event = "wits_hierarchy",
	.size = sizeof(struct hierarchy_input),
	.dependencies = &wit_hierarchy_dependencies,
	.check = check_hierarchy,
	.release = release_hierarchy,
};

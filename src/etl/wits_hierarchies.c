/* The hierarchy of work item types. */
#include "etl/handlers.h"
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
	rc = catalogue_lock(rq->db, &wit_hierarchy_catalogue,
	    rq->who.tenant_id, edit->id, true, rq->arena, &rq->diag);
	if (rc != E_OK)
		return rc;
	if (input->target_hierarchy_id != 0)
		return catalogue_move(rq->db, &wit_hierarchy_catalogue,
		    rq->who.tenant_id, edit->id, input->target_hierarchy_id,
		    rq->arena, &rq->diag);
	rc = wit_hierarchy_dependents(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, ret_left, &rq->diag);
	if (rc == E_OK && ret_left->active > 0)
		return diag_tell(&rq->diag, E_SYNTAX, "%lld work item type"
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
		edit->kept = arena_printf(rq->arena, "The hierarchy is"
		    " deactivated, not deleted: %lld inactive mappings use it",
		    (long long)left.inactive);
	return rc;
}

static const struct resource wits_hierarchy = {
	.table = &wit_hierarchy_catalogue,
	.path = "/app/etl/wits-hierarchies",
	.event = "wits_hierarchy",
	.create = &wits_hierarchy_create_input,
	.update = &wits_hierarchy_update_input,
	.remove = &wits_hierarchy_delete_input,
	.size = sizeof(struct hierarchy_input),
	.check = check_hierarchy,
	.release = release_hierarchy,
};

enum err
wits_hierarchies_list(struct req *rq, struct resp *rp)
{
	return resource_list(rq, rp, &wit_hierarchy_catalogue);
}

enum err
wits_hierarchy_get(struct req *rq, struct resp *rp)
{
	return resource_get(rq, rp, &wit_hierarchy_catalogue);
}

enum err
wits_hierarchy_depends(struct req *rq, struct resp *rp)
{
	return resource_document(rq, rp, &wit_hierarchy_catalogue,
	    &wit_hierarchy_dependencies);
}

enum err
wits_hierarchy_create(struct req *rq, struct resp *rp)
{
	return resource_create(rq, rp, &wits_hierarchy);
}

enum err
wits_hierarchy_update(struct req *rq, struct resp *rp)
{
	return resource_update(rq, rp, &wits_hierarchy);
}

enum err
wits_hierarchy_delete(struct req *rq, struct resp *rp)
{
	return resource_remove(rq, rp, &wits_hierarchy);
}

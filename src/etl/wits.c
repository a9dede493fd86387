/* SPDX-License-Identifier: MIT */
/* Work item types and their mappings. */
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/wit.h"

/* What POST and PUT /wit-mappings take. */
struct mapping_input {
	struct span wit_from;
	struct span wit_to;
	int64_t hierarchy_level;
	int64_t integration_id;
	bool active;
};

#define AT(member) .offset = offsetof(struct mapping_input, member)
/* clang-format off */
#define MAPPING_ROWS(needed) \
	{ FIELD_BODY, "wit_from", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(wit_from), \
	  .sentence = "The source's name of a type, in any case" }, \
	{ FIELD_BODY, "wit_to", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 255, AT(wit_to), .sentence = "The common name" }, \
	{ FIELD_BODY, "hierarchy_level", .kind = FIELD_INT, \
	  .required = needed, .min = INT32_MIN, .max = INT32_MAX, \
	  AT(hierarchy_level), \
	  .sentence = "The level_number of an active hierarchy" }, \
	{ FIELD_BODY, "integration_id", .kind = FIELD_INT, .min = 1, \
	  .max = INT32_MAX, AT(integration_id), \
	  .sentence = "Whose names; the first active Jira integration" }
/* clang-format on */

static const struct field create_rows[] = { MAPPING_ROWS(true) };
const struct field_set wit_mapping_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = {
	/* clang-format off */
	MAPPING_ROWS(false),
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active),
	  .sentence = "Whether it is used" },
	/* clang-format on */
};
#undef AT
const struct field_set wit_mapping_update_input = { update_rows,
	COUNT(update_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row wit_mapping_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/wit_mapping_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_wit_mapping, "wit_mapping", "A work item type mapping",
    wit_mapping_rows)
SHAPE_PAGE(answer_wit_mapping_list, "wit_mapping_list",
    "Work item type mappings", wit_mapping_rows)
/* clang-format on */

/* Find its hierarchy; one that is active belongs to an active one. */
static enum err
check_mapping(struct req *rq, struct edit *edit)
{
	const struct mapping_input *input = edit->values;
	const struct json_member *level = request_member(rq, "hierarchy_level");
	const struct catalogue_value *active =
	    catalogue_new_value(&edit->change, "active");
	int64_t id;
	enum err rc;

	if (level == NULL || level->kind == JSON_NULL) {
		if (active == NULL || active->number == 0)
			return E_OK;
		return wit_mapping_keep_hierarchy(rq->db, rq->who.tenant_id,
		    edit->id, rq->arena, &rq->diag);
	}
	rc = wit_hierarchy_of_level(rq->db, rq->who.tenant_id,
	    input->hierarchy_level, resource_number(edit, "integration_id"),
	    edit->id, rq->arena, &id, &rq->diag);
	if (rc == E_OK)
		catalogue_set_int(&edit->change, "wits_hierarchy_id", id);
	return rc;
}

const struct resource wit_mapping_resource = {
	.table = &wit_mapping_catalogue,
	.event = "wit_mapping",
	.size = sizeof(struct mapping_input),
	.noun = "mapping",
	.referrers = "active work item types",
	.check = check_mapping,
	.apply = resource_remap,
	.release = resource_release,
};

/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_noun.h"

#include <assert.h>
#include <string.h>

#include "etl/answers.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_route.h"

/* The values of the options of fields, for getopt_long(3). */
#define FIELD_OPTION 1000

static const struct tool_noun nouns[] = {
	{ "status-mapping", &status_mapping_resource,
	    &status_mapping_create_input, &status_mapping_update_input,
	    &status_mapping_delete_input, &answer_status_mapping_dependencies,
	    "id=ID status_from=FROM status_to=TO status_category=CATEGORY"
	    " active=ACTIVE" },
	{ "wit-mapping", &wit_mapping_resource, &wit_mapping_create_input,
	    &wit_mapping_update_input, &NO_INPUT, NULL,
	    "id=ID wit_from=FROM wit_to=TO hierarchy_level=LEVEL"
	    " integration_name=INTEGRATION active=ACTIVE" },
	{ "workflow", &workflow_resource, &workflow_create_input,
	    &workflow_update_input, &workflow_delete_input,
	    &answer_workflow_dependencies,
	    "id=ID step_number=NUMBER step_name=STEP step_category=CATEGORY"
	    " is_commitment_point=COMMITMENT integration_name=INTEGRATION"
	    " active=ACTIVE" },
	{ "hierarchy", &wits_hierarchy_resource, &wits_hierarchy_create_input,
	    &wits_hierarchy_update_input, &wits_hierarchy_delete_input,
	    &answer_wits_hierarchy_dependencies,
	    "id=ID level_number=LEVEL level_name=NAME"
	    " integration_name=INTEGRATION active=ACTIVE"
	    " description=DESCRIPTION" },
	{ "statuses", &status_resource, NULL, NULL, NULL, NULL,
	    "id=ID original_name=NAME status_category=CATEGORY"
	    " integration_id=INTEGRATION active=ACTIVE" },
	{ "wits", &wit_resource, NULL, NULL, NULL, NULL,
	    "id=ID original_name=NAME hierarchy_level=LEVEL"
	    " wits_mapping_id=MAPPING integration_id=INTEGRATION"
	    " active=ACTIVE" },
	{ "integration", &integration_resource, NULL, NULL, &NO_INPUT, NULL,
	    "" },
	{ "job", &job_resource, NULL, NULL, &NO_INPUT, NULL, "" },
	{ "type", &entity_type_resource, NULL, NULL, NULL, NULL, "" },
	{ "retention", &retention_rule_resource, NULL, NULL, NULL, NULL, "" },
};

const struct tool_noun *
tool_noun_of(const struct tool *tool)
{
	size_t i = 0;

	while (i < COUNT(nouns) &&
	    strcmp(nouns[i].group, tool->row->group) != 0)
		i++;
	assert(i < COUNT(nouns));
	return &nouns[i];
}

/* The value of a field's option; what cannot be one ends the program. */
static struct tool_value
read_value(const struct tool *tool, const struct catalogue *table,
    const struct field *field, const char *name)
{
	const char *option = arena_printf(tool->arena, "--%s", name);
	struct tool_value value = { .text = optarg };
	bool may_be_null;

	value.is_null = optarg[0] == '\0' &&
	    catalogue_writes(table, field->name, &may_be_null) && may_be_null;
	if (value.is_null)
		return value;
	if (field->kind == FIELD_INT)
		value.number = tool_number(tool, option, field->min,
		    field->max);
	if (field->kind == FIELD_BOOL &&
	    !span_is_choice(str_span(optarg), "true|false"))
		tool_usage(tool, "%s takes true or false", option);
	if (span_utf8_chars(str_span(optarg)) == SIZE_MAX)
		tool_usage(tool, "%s takes UTF-8", option);
	return value;
}

void
tool_noun_options(struct tool *tool, const struct tool_noun *noun,
    const struct field_set *set, struct tool_given *ret)
{
	static const struct option common[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "if-match", required_argument, NULL, 'm' },
		{ "dry-run", no_argument, NULL, 'd' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
	};
	struct option options[COUNT(common) + TOOL_FIELDS_MAX + 1] = { 0 };
	int option;

	assert(set->count <= TOOL_FIELDS_MAX);
	*ret = (struct tool_given){ 0 };
	memcpy(options, common, sizeof(common));
	for (size_t i = 0; i < set->count; i++)
		options[COUNT(common) + i] = (struct option){
			.name = tool_route_option(tool, &set->rows[i]),
			.has_arg = required_argument,
			.val = FIELD_OPTION + (int)i,
		};
	while ((option = tool_option(tool, options)) != -1) {
		const size_t i = (size_t)(option - FIELD_OPTION);

		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else if (option == 'd')
			ret->dry_run = true;
		else
			ret->values[i] = read_value(tool, noun->resource->table,
			    &set->rows[i], options[COUNT(common) + i].name);
	}
	for (size_t i = 0; i < set->count; i++)
		ret->count += ret->values[i].text != NULL;
	tool_change_of_tenant(tool, ret->tenant_id);
}

/* What was given of the fields, as a request has it. */
static void
write_values(struct json *json, const struct field_set *set,
    const struct tool_given *given)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct field *field = &set->rows[i];
		const struct tool_value *value = &given->values[i];

		if (value->text == NULL)
			continue;
		if (value->is_null)
			json_null(json, field->name);
		else if (field->kind == FIELD_INT)
			json_int(json, field->name, value->number);
		else if (field->kind == FIELD_BOOL)
			json_bool(json, field->name, value->text[0] == 't');
		else
			json_text(json, field->name, value->text);
	}
}

enum err
tool_noun_run(struct tool *tool, const struct tool_noun *noun,
    const struct tool_step *step, const struct tool_given *given, int64_t id,
    struct span *ret_answer, struct diag *diag)
{
	struct buf body;
	struct json json;
	const struct tool_request request = {
		.route = { .method = step->method,
		    .path = "",
		    .handler = step->handler,
		    .resource = noun->resource,
		    .input = step->input },
		.tenant_id = given->tenant_id,
		.id = id,
		.if_match = given->if_match,
		.is_trial = given->dry_run,
		.body = &body,
	};
	enum err rc;

	buf_init(&body, (size_t)tool->settings->http.max_body);
	json_init(&json, &body);
	if (given->count > 0 || step->active != NULL) {
		json_object(&json, NULL);
		write_values(&json, step->input, given);
		if (step->active != NULL)
			json_bool(&json, "active", step->active[0] == 't');
		json_end(&json);
	}
	rc = buf_done(&body);
	if (rc == E_OK)
		rc = tool_route_run(tool, &request, ret_answer, diag);
	else
		(void)diag_set(diag, rc, "the options are too long");
	buf_free(&body);
	return rc;
}

const struct tool_column *
tool_noun_columns(const struct tool *tool, const struct tool_noun *noun)
{
	const struct catalogue *table = noun->resource->table;
	struct tool_column *all = arena_get(tool->arena,
	    (table->count + 1) * sizeof(*all));

	for (size_t i = 0; i < table->count; i++) {
		struct span rest = str_span(noun->headings);

		all[i].member = table->columns[i].member;
		all[i].kind = table->columns[i].kind;
		while (rest.at != NULL) {
			struct span heading = span_cut(&rest, ' ');
			struct span member = span_cut(&heading, '=');

			if (span_is(member, all[i].member))
				all[i].heading = arena_text(tool->arena,
				    heading);
		}
	}
	all[table->count] = (struct tool_column){ "version", NULL,
		COLUMN_TEXT };
	return all;
}

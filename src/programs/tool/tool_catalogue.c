/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl status-mapping, wit-mapping, workflow and hierarchy, and what other
 * groups of commands have in common with them.
 */
#include <stdio.h>

#include "json/json_read.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_depends.h"
#include "programs/tool/tool_noun.h"
#include "programs/tool/tool_route.h"

/* Rows that are asked for at a time. */
#define PAGE 500

/* Which rows a list has: the options of one, which takes no arguments. */
static struct catalogue_filter
list_filter(struct tool *tool)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "integration", required_argument, NULL, 'i' },
		{ "active", required_argument, NULL, 'a' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct catalogue_filter filter = { .limit = PAGE };
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't') {
			filter.tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		} else if (option == 'i') {
			filter.integration_id = tool_number(tool,
			    "--integration", 1, INT32_MAX);
		} else {
			if (!span_is_choice(str_span(optarg), "true|false"))
				tool_usage(tool,
				    "--active takes true or false");
			filter.has_active = true;
			filter.active = optarg[0] == 't';
		}
	}
	tool_no_arguments(tool);
	tool_change_of_tenant(tool, filter.tenant_id);
	return filter;
}

/* List the rows of a tenant, page by page. */
enum err
tool_catalogue_list(struct tool *tool, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	const struct catalogue *table = noun->resource->table;
	struct catalogue_filter filter = list_filter(tool);
	struct tool_output *output;
	struct db_rows *rows;
	enum err rc;
	int count;

	output = tool_output_begin(tool, tool_noun_columns(tool, noun),
	    table->count);
	do {
		rc = catalogue_list(tool->db, table, &filter, tool->arena,
		    &rows, diag);
		if (rc != E_OK)
			return rc;
		count = db_rows_count(rows);
		for (int i = 0; i < count; i++)
			for (size_t j = 0; j < table->count; j++)
				tool_output_cell(output,
				    db_text(rows, i, (int)j));
		if (count > 0) {
			filter.after_key = catalogue_key(table, rows,
			    count - 1);
			filter.after_id = db_int(rows, count - 1, 0);
		}
	} while (count == PAGE);
	return tool_output_end(output, diag);
}

/* Print all that is known of a row, with its version. */
enum err
tool_catalogue_show(struct tool *tool, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	const struct catalogue *table = noun->resource->table;
	struct db_rows *rows;
	struct tool_given given;
	enum err rc;

	tool_noun_options(tool, noun, &NO_INPUT, &given);
	rc = catalogue_get(tool->db, table, given.tenant_id, tool_id(tool),
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_row(tool, tool_noun_columns(tool, noun),
	    table->count + 1, rows, diag);
}

/* A member of an answer, which is an object. */
static struct span
member_of(struct span answer, const char *name)
{
	struct json_member member = { .name = name };
	struct json_refusal refusal;

	if (!json_scan_object(answer, &json_limits_default, &member, 1,
		&refusal))
		return SPAN_NONE;
	return member.value;
}

/* Make a row and print its id. */
enum err
tool_catalogue_create(struct tool *tool, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	const struct tool_step step = { "POST", resource_create, noun->create,
		NULL };
	struct tool_given given;
	struct span answer;
	enum err rc;

	tool_noun_options(tool, noun, noun->create, &given);
	tool_no_arguments(tool);
	for (size_t i = 0; i < noun->create->count; i++)
		if (noun->create->rows[i].required &&
		    given.values[i].text == NULL)
			tool_usage(tool, "--%s is missing",
			    tool_route_option(tool, &noun->create->rows[i]));
	rc = tool_noun_run(tool, noun, &step, &given, 0, &answer, diag);
	if (rc == E_OK)
		(void)printf("%.*s\n", SPAN_ARG(member_of(answer, "id")));
	return rc;
}

/* Change a row: fields of it, or whether it is active. */
static enum err
update(struct tool *tool, const char *active, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	const struct tool_step step = { "PUT", resource_update, noun->update,
		active };
	struct tool_given given;
	struct span answer;
	int64_t id;
	enum err rc;

	tool_noun_options(tool, noun, noun->update, &given);
	id = tool_id(tool);
	if (active == NULL && given.count == 0)
		tool_usage(tool, "say what is to change");
	rc = tool_noun_run(tool, noun, &step, &given, id, &answer, diag);
	if (rc == E_OK && given.dry_run)
		(void)puts(
		    "Nothing was changed; without --dry-run it is"
		    " deactivated");
	return rc;
}

enum err
tool_catalogue_set(struct tool *tool, struct diag *diag)
{
	return update(tool, NULL, diag);
}

enum err
tool_catalogue_disable(struct tool *tool, struct diag *diag)
{
	return update(tool, "false", diag);
}

enum err
tool_catalogue_enable(struct tool *tool, struct diag *diag)
{
	return update(tool, "true", diag);
}

/* What depends on a row, and what may take its place. */
enum err
tool_catalogue_dependencies(struct tool *tool, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	struct tool_given given;
	struct tool_depends depends;

	tool_noun_options(tool, noun, &NO_INPUT, &given);
	depends = (struct tool_depends){ .resource = noun->resource,
		.shape = noun->depends,
		.tenant_id = given.tenant_id,
		.id = tool_id(tool) };
	return tool_depends_print(tool, &depends, true, diag);
}

/* Delete a row, or deactivate it while something uses it, and say which. */
enum err
tool_catalogue_delete(struct tool *tool, struct diag *diag)
{
	const struct tool_noun *noun = tool_noun_of(tool);
	const struct tool_step step = { "DELETE", resource_remove, noun->remove,
		NULL };
	struct tool_depends depends = { .resource = noun->resource,
		.shape = noun->depends };
	struct tool_given given;
	struct span answer, message;
	enum err rc = E_OK;

	tool_noun_options(tool, noun, noun->remove, &given);
	depends.tenant_id = given.tenant_id;
	depends.id = tool_id(tool);
	if (given.dry_run && noun->depends != NULL)
		rc = tool_depends_print(tool, &depends, false, diag);
	if (rc == E_OK)
		rc = tool_noun_run(tool, noun, &step, &given, depends.id,
		    &answer, diag);
	if (rc == E_OK)
		rc = json_read_string(member_of(answer, "message"), tool->arena,
		    &message, diag);
	if (rc == E_OK)
		(void)printf("%s%.*s\n",
		    given.dry_run ? "Nothing was changed; without --dry-run: " :
				    "",
		    SPAN_ARG(message));
	return rc;
}

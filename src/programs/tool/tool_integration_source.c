/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl integration test and fields: what the source of an integration says
 * of itself, as the service's own routes tell it.
 */
#include <stdio.h>
#include <string.h>

#include "extract/source_test.h"
#include "models/catalogue/integration.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"

struct options {
	int64_t tenant_id;
	const char *map, *if_match;
};

static void
read_options(struct tool *tool, struct options *ret)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "map", required_argument, NULL, 'p' },
		{ "if-match", required_argument, NULL, 'm' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*ret = (struct options){ 0 };
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else
			ret->map = optarg;
	}
	tool_change_of_tenant(tool, ret->tenant_id);
}

static struct source_tester
tester_of(struct tool *tool)
{
	return (struct source_tester){
		.settings = &tool->settings->extract,
		.secret_keys_file = tool->settings->http.secret_keys_file,
		.arena = tool->arena,
	};
}

/* It does not work: that is the command's answer. */
static enum err
print_trouble(struct tool *tool, const char *trouble)
{
	(void)fprintf(stderr, "pulse-etl: %s\n", trouble);
	tool->exit_code = 1;
	return E_OK;
}

/* Ask the source who the credentials are, and print what it tells. */
enum err
tool_integration_test(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[] = {
		{ "fact", "FACT", COLUMN_TEXT },
		{ "value", "VALUE", COLUMN_TEXT },
	};
	const struct source_tester tester = tester_of(tool);
	struct tool_output *output;
	struct extract_source source;
	struct source_test test;
	struct options options;
	enum err rc;

	read_options(tool, &options);
	rc = extract_source_get(tool->db, options.tenant_id, tool_id(tool),
	    tool->arena, &source, diag);
	if (rc == E_OK)
		rc = source_test(&tester, &source, &test, diag);
	if (rc != E_OK)
		return rc;
	if (test.trouble != NULL)
		return print_trouble(tool, test.trouble);
	output = tool_output_begin(tool, columns, COUNT(columns));
	for (size_t i = 0; i < SOURCE_FACTS; i++) {
		tool_output_cell(output, str_span(source_fact_names[i]));
		tool_output_cell(output, test.facts[i]);
	}
	return tool_output_end(output, diag);
}

/* Map FIELD=COLUMN, and look whether the settings are right then. */
static enum err
map_field(struct tool *tool, const struct options *options, int64_t id,
    struct diag *diag)
{
	const int64_t tenant_id = options->tenant_id;
	struct span column = str_span(options->map);
	struct span field = span_cut(&column, '=');
	struct db_rows *rows;
	enum err rc;

	if (column.at == NULL || field.len == 0)
		tool_usage(tool,
		    "--map takes FIELD=COLUMN, such as"
		    " customfield_10016=story_points");
	rc = tool_change_begin(tool, &integration_catalogue, tenant_id, id,
	    options->if_match, diag);
	if (rc != E_OK)
		return rc;
	rc = extract_source_map(tool->db, tenant_id, id, field, column,
	    tool->arena, diag);
	if (rc == E_OK)
		rc = integration_settings(tool->db, tenant_id, id, tool->arena,
		    &rows, diag);
	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		struct span flaw = db_text(rows, i, INTEGRATION_SETTINGS_FLAW);

		if (flaw.at != NULL)
			rc = diag_set(diag, E_INVALID, "%.*s %.*s",
			    SPAN_ARG(db_text(rows, i,
				INTEGRATION_SETTINGS_MEMBER)),
			    SPAN_ARG(flaw));
	}
	return tool_change_end(tool, rc, "integrations", "integration.update",
	    tenant_id, id, diag);
}

static enum err
list_fields(struct tool *tool, const struct source_field *fields, size_t count,
    struct diag *diag)
{
	static const struct tool_column columns[] = {
		{ "id", "FIELD", COLUMN_TEXT },
		{ "name", "NAME", COLUMN_TEXT },
		{ "type", "TYPE", COLUMN_TEXT },
		{ "column", "COLUMN", COLUMN_TEXT },
	};
	struct tool_output *output = tool_output_begin(tool, columns,
	    COUNT(columns));

	for (size_t i = 0; i < count; i++) {
		tool_output_cell(output, fields[i].id);
		tool_output_cell(output, fields[i].name);
		tool_output_cell(output, fields[i].type);
		tool_output_cell(output, fields[i].column);
	}
	return tool_output_end(output, diag);
}

/* List the custom fields of a Jira, or map one of them. */
enum err
tool_integration_fields(struct tool *tool, struct diag *diag)
{
	const struct source_tester tester = tester_of(tool);
	struct source_field *fields = NULL;
	struct extract_source source;
	const char *trouble = NULL;
	struct options options;
	size_t count = 0;
	int64_t id;
	enum err rc;

	read_options(tool, &options);
	id = tool_id(tool);
	if (options.map != NULL)
		return map_field(tool, &options, id, diag);
	if (options.if_match != NULL)
		tool_usage(tool, "--if-match is for --map");
	rc = extract_source_get(tool->db, options.tenant_id, id, tool->arena,
	    &source, diag);
	if (rc == E_OK)
		rc = source_fields(&tester, &source, &fields, &count, &trouble,
		    diag);
	if (rc != E_OK)
		return rc;
	if (trouble != NULL)
		return print_trouble(tool, trouble);
	return list_fields(tool, fields, count, diag);
}

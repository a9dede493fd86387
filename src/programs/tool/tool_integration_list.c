/* SPDX-License-Identifier: MIT */
/* pulse-etl integration list. */
#include <string.h>

#include "models/catalogue/integration.h"
#include "programs/tool/tool_integration.h"
#include "programs/tool/tool_output.h"

#define LIST_LIMIT 1000

/* The members of an integration, and what a table shows of them. */
static const struct tool_column *
columns(void)
{
	static const struct {
		const char *member;
		const char *heading;
	} headings[] = { { "id", "ID" }, { "name", "PROVIDER" },
		{ "product", "PRODUCT" }, { "active", "ACTIVE" },
		{ "last_sync_at", "LAST BATCH" }, { "base_url", "BASE URL" } };
	static struct tool_column all[CATALOGUE_VALUES_MAX];
	const struct catalogue *catalogue = &integration_catalogue;

	for (size_t i = 0; i < catalogue->count && i < COUNT(all); i++) {
		all[i].member = catalogue->columns[i].member;
		all[i].kind = catalogue->columns[i].kind;
		for (size_t j = 0; j < COUNT(headings); j++)
			if (strcmp(headings[j].member, all[i].member) == 0)
				all[i].heading = headings[j].heading;
	}
	return all;
}

enum err
tool_integration_list(struct tool *tool, struct diag *diag)
{
	struct catalogue_filter filter = { .limit = LIST_LIMIT };
	struct integration_options options;
	struct db_rows *rows;
	enum err rc;

	tool_integration_options(tool, &options);
	tool_no_arguments(tool);
	filter.tenant_id = options.tenant_id;
	filter.product = str_span(options.product);
	rc = catalogue_list(tool->db, &integration_catalogue, &filter,
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, columns(), integration_catalogue.count,
	    rows, diag);
}

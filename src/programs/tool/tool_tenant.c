/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl tenant: who may store, and how much. These commands take the role
 * that owns the tables; the service itself may only read tenants.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "models/tenant/tenant_admin.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"

#define NAME_CHARS_MAX 100
#define NO_CHANGE (-2) /* of a quota */
#define NO_LIMIT (-1)

static const struct option no_options[] = {
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* Make a tenant and print its id. */
enum err
tool_tenant_create(struct tool *tool, struct diag *diag)
{
	struct span name;
	size_t chars;
	int64_t id = 0;
	enum err rc;

	while (tool_option(tool, no_options) != -1)
		continue;
	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one NAME");
	name = span_trim(str_span(tool->argv[optind]));
	chars = span_utf8_chars(name);
	if (chars < 1 || chars > NAME_CHARS_MAX)
		tool_usage(tool, "NAME must have 1 to %d characters",
		    NAME_CHARS_MAX);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = tenant_insert(tool->db, name, tool->arena, &id, diag);
	rc = tool_change_end(tool, rc, "tenants", "tenant.create", id, id,
	    diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 "\n", id);
	return rc;
}

static const struct option output_options[] = {
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const struct tool_column columns[TENANT_COLUMNS] = {
	[TENANT_ID] = { "id", "ID", COLUMN_INT },
	[TENANT_NAME] = { "name", "NAME", COLUMN_TEXT },
	[TENANT_ACTIVE] = { "active", "ACTIVE", COLUMN_BOOL },
	[TENANT_CREATED_AT] = { "created_at", NULL, COLUMN_STAMP },
	[TENANT_INTEGRATIONS] = { "integrations", "INTEGRATIONS", COLUMN_INT },
	[TENANT_BATCHES] = { "batches", "BATCHES", COLUMN_INT },
	[TENANT_DAILY_BATCHES] = { "daily_batches", "BATCHES/DAY", COLUMN_INT },
	[TENANT_DAILY_BYTES] = { "daily_bytes", "BYTES/DAY", COLUMN_INT },
	[TENANT_BATCHES_TODAY] = { "batches_today", NULL, COLUMN_INT },
	[TENANT_BYTES_TODAY] = { "bytes_today", NULL, COLUMN_INT },
};

/* List all tenants. */
enum err
tool_tenant_list(struct tool *tool, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	while (tool_option(tool, output_options) != -1)
		continue;
	tool_no_arguments(tool);
	rc = tenant_list(tool->db, 0, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, columns, COUNT(columns), rows, diag);
}

/* Print one. */
enum err
tool_tenant_show(struct tool *tool, struct diag *diag)
{
	struct db_rows *rows;
	int64_t id;
	enum err rc;

	while (tool_option(tool, output_options) != -1)
		continue;
	id = tool_id(tool);
	rc = tenant_list(tool->db, id, tool->arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_set(diag, E_NO_ROW,
		    "there is no tenant %" PRId64 ": pulse-etl tenant list",
		    id);
	if (rc != E_OK)
		return rc;
	return tool_output_row(tool, columns, COUNT(columns), rows, diag);
}

/* A quota's new value, none being no limit. */
static int64_t
read_quota(const struct tool *tool, const char *option)
{
	if (strcmp(optarg, "none") == 0)
		return NO_LIMIT;
	return tool_number(tool, option, 0, 999999999999999999);
}

static enum err
set_quota(struct tool *tool, int64_t id, const char *quota, int64_t most,
    struct diag *diag)
{
	if (most == NO_CHANGE)
		return E_OK;
	return tenant_set_quota(tool->db, id, quota, most, tool->arena, diag);
}

/* Limit what a tenant may store in a day. */
enum err
tool_tenant_quota(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "batches", required_argument, NULL, 'n' },
		{ "bytes", required_argument, NULL, 'b' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int64_t batches = NO_CHANGE, bytes = NO_CHANGE, id;
	int option;
	enum err rc;

	while ((option = tool_option(tool, options)) != -1) {
		if (option == 'n')
			batches = read_quota(tool, "--batches");
		else
			bytes = read_quota(tool, "--bytes");
	}
	id = tool_id(tool);
	if (batches == NO_CHANGE && bytes == NO_CHANGE)
		tool_usage(tool, "give --batches, --bytes, or both");
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = set_quota(tool, id, TENANT_QUOTA_BATCHES, batches, diag);
	if (rc == E_OK)
		rc = set_quota(tool, id, TENANT_QUOTA_BYTES, bytes, diag);
	return tool_change_end(tool, rc, "tenants", "tenant.quota", id, id,
	    diag);
}

static enum err
set_active(struct tool *tool, bool active, struct diag *diag)
{
	int64_t id;
	enum err rc;

	while (tool_option(tool, no_options) != -1)
		continue;
	id = tool_id(tool);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = tenant_set_active(tool->db, id, active, tool->arena, diag);
	return tool_change_end(tool, rc, "tenants",
	    active ? "tenant.enable" : "tenant.disable", id, id, diag);
}

/* Refuse a tenant's requests; its data stay. */
enum err
tool_tenant_disable(struct tool *tool, struct diag *diag)
{
	return set_active(tool, false, diag);
}

enum err
tool_tenant_enable(struct tool *tool, struct diag *diag)
{
	return set_active(tool, true, diag);
}

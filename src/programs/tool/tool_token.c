/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl token: what clients show. These commands take the role that owns
 * the tables; the service itself may not make tokens.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "http/auth_cache.h"
#include "models/tenant/api_token.h"
#include "models/tenant/audit_log.h"
#include "programs/tool/tool_output.h"

#define NAME_MAX_CHARS 100

struct new_token {
	int64_t tenant_id;
	enum role role;
	struct span name;
	int64_t lifetime; /* seconds; 0: no end */
};

static void
read_new(struct tool *tool, struct new_token *new)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "role", required_argument, NULL, 'r' },
		{ "expires", required_argument, NULL, 'e' },
		{ "name", required_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	size_t chars;
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		switch (option) {
		case 't':
			new->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
			break;
		case 'r':
			new->role = role_named(str_span(optarg));
			break;
		case 'e':
			new->lifetime = tool_duration(tool, "--expires");
			if (new->lifetime == 0)
				tool_usage(tool,
				    "--expires must be longer than zero");
			break;
		default:
			new->name = str_span(optarg);
		}
	}
	tool_no_arguments(tool);
	if (new->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	if (new->role == ROLE_OPEN)
		tool_usage(tool, "--role must be one of %s", role_choices);
	chars = span_utf8_chars(new->name);
	if (chars < 1 || chars > NAME_MAX_CHARS)
		tool_usage(tool, "--name must have 1 to %d characters",
		    NAME_MAX_CHARS);
}

/* The row and its audit, in one transaction. */
static enum err
insert(struct tool *tool, const struct new_token *new, int64_t *ret_id,
    char *token, struct diag *diag)
{
	struct audit_entry entry = { .tenant_id = new->tenant_id,
		.action = "token.create" };
	enum err rc = db_begin(tool->db, diag);

	if (rc != E_OK)
		return rc;
	rc = api_token_insert(tool->db, new->tenant_id, new->name, new->role,
	    new->lifetime, tool->arena, ret_id, token, diag);
	entry.row_id = *ret_id;
	if (rc == E_OK)
		rc = audit_log_insert(tool->db, &entry, tool->arena, diag);
	if (rc == E_OK)
		return db_commit(tool->db, diag);
	db_rollback(tool->db);
	return rc;
}

/* Make a token and print it, once. */
enum err
tool_token_create(struct tool *tool, struct diag *diag)
{
	struct new_token new = { .name = SPAN_LIT("unnamed") };
	char token[API_TOKEN_LEN + 1];
	int64_t id = 0;
	enum err rc;

	read_new(tool, &new);
	rc = insert(tool, &new, &id, token, diag);
	if (rc != E_OK)
		return tool_explain(rc, "tokens", diag);
	(void)puts(token);
	(void)fprintf(stderr,
	    "token %" PRId64
	    ": keep it safe, it is not"
	    " shown again\n",
	    id);
	explicit_bzero(token, sizeof(token));
	return E_OK;
}

/* List tokens; never the secret part. */
enum err
tool_token_list(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	static const struct tool_column columns[] = {
		{ "id", "ID", COLUMN_INT },
		{ "tenant_id", "TENANT", COLUMN_INT },
		{ "name", "NAME", COLUMN_TEXT },
		{ "role", "ROLE", COLUMN_TEXT },
		{ "token_hint", NULL, COLUMN_TEXT },
		{ "created_at", NULL, COLUMN_STAMP },
		{ "expires_at", "EXPIRES", COLUMN_STAMP },
		{ "last_used_at", "LAST USED", COLUMN_STAMP },
		{ "state", "STATE", COLUMN_TEXT },
	};
	struct db_rows *rows;
	int64_t tenant_id = 0;
	enum err rc;

	while (tool_option(tool, options) != -1)
		tenant_id = tool_number(tool, "--tenant", 1, INT32_MAX);
	tool_no_arguments(tool);
	rc = api_token_list(tool->db, tenant_id, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, columns, COUNT(columns), rows, diag);
}

/* Revoke tokens by their ids. */
enum err
tool_token_revoke(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct audit_entry entry = { .action = "token.revoke" };
	enum err rc;

	while (tool_option(tool, options) != -1)
		continue;
	entry.row_id = tool_id(tool);
	rc = db_begin(tool->db, diag);
	if (rc != E_OK)
		return rc;
	rc = api_token_revoke(tool->db, entry.row_id, tool->arena,
	    &entry.tenant_id, diag);
	if (rc == E_OK)
		rc = audit_log_insert(tool->db, &entry, tool->arena, diag);
	if (rc == E_OK)
		rc = db_commit(tool->db, diag);
	else
		db_rollback(tool->db);
	if (rc != E_OK)
		return tool_explain(rc, "tokens", diag);
	(void)printf("token %" PRId64
		     " is revoked; within %d seconds nobody"
		     " can use it\n",
	    entry.row_id, AUTH_CACHE_SECONDS);
	return E_OK;
}

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
#include "programs/tool/tool.h"

#define NAME_MAX_CHARS 100

struct new_token {
	int64_t tenant_id;
	struct span role;
	struct span name;
	int64_t lifetime; /* seconds; 0: no end */
};

static bool
is_role(struct span text)
{
	struct span rest = str_span(API_TOKEN_ROLES);

	while (rest.at != NULL) {
		struct span role = span_cut(&rest, '|');

		if (role.len == text.len &&
		    memcmp(role.at, text.at, text.len) == 0)
			return true;
	}
	return false;
}

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
			new->role = str_span(optarg);
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
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
	if (new->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	if (!is_role(new->role))
		tool_usage(tool, "--role must be reader, writer or admin");
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

/* A right that is missing is the person's business, not our fault. */
static enum err
explain(enum err rc, struct diag *diag)
{
	if (strcmp(diag->sqlstate, "42501") == 0)
		return diag_set(diag, E_FORBIDDEN, "this role may not change"
		    " tokens: connect as the owner of the tables"
		    " (DATABASE_URL)");
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
		return explain(rc, diag);
	(void)puts(token);
	(void)fprintf(stderr, "token %" PRId64 ": keep it safe, it is not"
	    " shown again\n", id);
	explicit_bzero(token, sizeof(token));
	return E_OK;
}

/* List tokens; never the secret part. */
enum err
tool_token_list(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct db_rows *rows;
	int64_t tenant_id = 0;
	enum err rc;

	while (tool_option(tool, options) != -1)
		tenant_id = tool_number(tool, "--tenant", 1, INT32_MAX);
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
	rc = api_token_list(tool->db, tenant_id, tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	(void)puts("ID\tTENANT\tROLE\tSTATE\tTOKEN\tCREATED\tEXPIRES\tLAST USED"
	    "\tNAME");
	for (int i = 0; i < db_rows_count(rows); i++) {
		static const int columns[] = { 0, 1, 3, 8, 4, 5, 6, 7, 2 };

		for (size_t j = 0; j < COUNT(columns); j++) {
			struct span text = db_text(rows, i, columns[j]);

			(void)printf("%s%.*s%s", j == 0 ? "" : "\t",
			    text.at == NULL ? 1 : (int)text.len,
			    text.at == NULL ? "-" : text.at,
			    columns[j] == 4 ? "…" : "");
		}
		(void)putchar('\n');
	}
	return E_OK;
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
	if (optind + 1 != tool->argc ||
	    !span_int64(str_span(tool->argv[optind]), &entry.row_id) ||
	    entry.row_id < 1)
		tool_usage(tool, "give the id of one token: see token list");
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
		return explain(rc, diag);
	(void)printf("token %" PRId64 " is revoked; within %d seconds nobody"
	    " can use it\n", entry.row_id, AUTH_CACHE_SECONDS);
	return E_OK;
}

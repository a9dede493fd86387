/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl hook-secret: what the sources of an integration sign their webhooks
 * with. No secret comes from the command line, and none is printed.
 */
#include <inttypes.h>
#include <stdio.h>

#include "adapters/crypto/secret.h"
#include "models/catalogue/hook_secret.h"
#include "models/catalogue/integration.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_password.h"

/* GitHub's and Jira's are random; a short one can be guessed from a delivery. */
#define SECRET_BYTES_MIN 16

struct options {
	int64_t tenant_id;
	int64_t secret_id; /* 0: none is named */
	const char *file;
};

static void
read_options(struct tool *tool, struct options *ret)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "secret", required_argument, NULL, 's' },
		{ "file", required_argument, NULL, 'f' },
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
		else if (option == 's')
			ret->secret_id = tool_number(tool, "--secret", 1,
			    INT32_MAX);
		else
			ret->file = optarg;
	}
	tool_change_of_tenant(tool, ret->tenant_id);
}

/* Add a secret and print its id. */
enum err
tool_hook_secret_add(struct tool *tool, struct diag *diag)
{
	struct options options;
	struct span plain, sealed = SPAN_NONE;
	int64_t integration_id, id = 0;
	enum err rc;

	read_options(tool, &options);
	integration_id = tool_id(tool);
	rc = tool_password(tool, options.file, "Secret of the webhooks", &plain,
	    diag);
	if (rc == E_OK && plain.len < SECRET_BYTES_MIN)
		rc = diag_set(diag, E_INVALID,
		    "a secret of webhooks has %d characters at least: openssl"
		    " rand -hex 32 prints a good one",
		    SECRET_BYTES_MIN);
	if (rc == E_OK)
		rc = secret_seal(tool->settings->http.secret_keys_file, plain,
		    hook_secret_context(options.tenant_id, integration_id,
			tool->arena),
		    tool->arena, &sealed, diag);
	if (rc == E_OK)
		rc = tool_change_begin(tool, &integration_catalogue,
		    options.tenant_id, integration_id, NULL, diag);
	if (rc != E_OK)
		return rc;
	rc = hook_secret_insert(tool->db, options.tenant_id, integration_id,
	    sealed, tool->arena, &id, diag);
	rc = tool_change_end(tool, rc, "integration_hook_secrets",
	    "hook_secret.add", options.tenant_id, integration_id, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 "\n", id);
	return rc;
}

/* List the secrets of an integration by their ids. */
enum err
tool_hook_secret_list(struct tool *tool, struct diag *diag)
{
	static const struct tool_column columns[] = {
		[HOOK_SECRET_ID] = { "id", "ID", COLUMN_INT },
		[HOOK_SECRET_CREATED_AT] = { "created_at", "CREATED",
		    COLUMN_STAMP },
	};
	struct options options;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, &options);
	rc = hook_secret_list(tool->db, options.tenant_id, tool_id(tool),
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, columns, COUNT(columns), rows, diag);
}

/* Remove a secret: what is signed with it is refused from now on. */
enum err
tool_hook_secret_remove(struct tool *tool, struct diag *diag)
{
	struct options options;
	int64_t integration_id;
	enum err rc;

	read_options(tool, &options);
	integration_id = tool_id(tool);
	if (options.secret_id == 0)
		tool_usage(tool,
		    "--secret is missing: hook-secret list"
		    " prints the ids");
	rc = tool_change_begin(tool, &integration_catalogue, options.tenant_id,
	    integration_id, NULL, diag);
	if (rc != E_OK)
		return rc;
	rc = hook_secret_remove(tool->db, options.tenant_id, integration_id,
	    options.secret_id, tool->arena, diag);
	return tool_change_end(tool, rc, "integration_hook_secrets",
	    "hook_secret.remove", options.tenant_id, integration_id, diag);
}

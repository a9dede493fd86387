/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl secrets: the passwords of integrations and the secrets of their
 * webhooks, and the key they are encrypted with.
 */
#include <inttypes.h>
#include <stdio.h>

#include "adapters/crypto/secret.h"
#include "models/catalogue/hook_secret.h"
#include "models/catalogue/integration.h"
#include "models/tenant/audit_log.h"
#include "programs/tool/tool.h"

struct rotation {
	bool only_count;
	int64_t changed;
	int64_t kept;
};

/* What is sealed: passwords of integrations, secrets of their webhooks. */
struct kind {
	const char *action; /* for the audit */
	/* The integration's column in its rows: behind id, tenant, secret. */
	int integration;
	enum err (*all)(struct db *db, struct arena *arena,
	    struct db_rows **ret_rows, struct diag *diag);
	struct span (*context)(int64_t tenant_id, int64_t integration_id,
	    struct arena *arena);
	enum err (*set)(struct db *db, int64_t tenant_id, int64_t id,
	    struct span sealed, struct arena *arena, struct diag *diag);
};
static const struct kind kinds[] = {
	{ "integration.rotate", 0, integration_secrets,
	    integration_secret_context, integration_set_secret },
	{ "hook_secret.rotate", 3, hook_secret_all, hook_secret_context,
	    hook_secret_set },
};

/* Encrypt one anew, if need be. */
static enum err
rotate_one(struct tool *tool, const struct kind *kind,
    const struct db_rows *rows, int row, struct rotation *rotation,
    struct diag *diag)
{
	const int64_t id = db_int(rows, row, kind->integration);
	const struct audit_entry entry = {
		.tenant_id = db_int(rows, row, 1),
		.action = kind->action,
		.row_id = id,
	};
	struct span sealed;
	enum err rc;

	rc = secret_reseal(tool->settings->http.secret_keys_file,
	    db_text(rows, row, 2),
	    kind->context(entry.tenant_id, id, tool->arena), tool->arena,
	    &sealed, diag);
	if (rc != E_OK) {
		(void)fprintf(stderr, "integration %" PRId64 ": ", id);
		return rc;
	}
	if (sealed.at == NULL) {
		rotation->kept++;
		return E_OK;
	}
	rotation->changed++;
	rc = kind->set(tool->db, entry.tenant_id, db_int(rows, row, 0), sealed,
	    tool->arena, diag);
	if (rc == E_OK)
		rc = audit_log_insert(tool->db, &entry, tool->arena, diag);
	return rc;
}

static enum err
rotate_kind(struct tool *tool, const struct kind *kind,
    struct rotation *rotation, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = kind->all(tool->db, tool->arena, &rows, diag);

	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++)
		rc = rotate_one(tool, kind, rows, i, rotation, diag);
	return rc;
}

/* All of them or none. */
static enum err
rotate(struct tool *tool, struct rotation *rotation, struct diag *diag)
{
	enum err rc = db_begin(tool->db, diag);

	if (rc != E_OK)
		return rc;
	for (size_t i = 0; rc == E_OK && i < COUNT(kinds); i++)
		rc = rotate_kind(tool, &kinds[i], rotation, diag);
	if (rc == E_OK && !rotation->only_count)
		return db_commit(tool->db, diag);
	db_rollback(tool->db);
	return rc;
}

/* Encrypt the secrets of integrations anew with the first key. */
enum err
tool_secrets_rotate(struct tool *tool, struct diag *diag)
{
	static const struct option options[] = {
		{ "dry-run", no_argument, NULL, 'd' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct rotation rotation = { 0 };
	enum err rc;

	while (tool_option(tool, options) != -1)
		rotation.only_count = true;
	if (optind < tool->argc)
		tool_usage(tool, "unexpected argument: %s", tool->argv[optind]);
	rc = rotate(tool, &rotation, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 " %s encrypted anew, %" PRId64
			     " had the first key already\n",
		    rotation.changed, rotation.only_count ? "would be" : "were",
		    rotation.kept);
	return rc;
}

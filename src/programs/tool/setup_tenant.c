/* SPDX-License-Identifier: MIT */
/* What pulse-etl setup makes so that a first batch can be stored. */
#include <inttypes.h>
#include <string.h>

#include "models/catalogue/integration.h"
#include "models/tenant/api_token.h"
#include "models/tenant/tenant_admin.h"
#include "programs/tool/setup.h"

/* The tenant of the name, made if there is none. */
static enum err
take_tenant(struct setup *setup, struct db *db, struct diag *diag)
{
	struct tool *tool = setup->tool;
	struct db_rows *rows;
	enum err rc = tenant_list(db, 0, tool->arena, &rows, diag);

	if (rc != E_OK)
		return rc;
	for (int i = 0; i < db_rows_count(rows); i++) {
		if (!span_is(db_text(rows, i, TENANT_NAME), setup->tenant))
			continue;
		setup->tenant_id = db_int(rows, i, TENANT_ID);
		setup_say("kept", "tenant %" PRId64 ", %s", setup->tenant_id,
		    setup->tenant);
		return E_OK;
	}
	rc = tenant_insert(db, str_span(setup->tenant), tool->arena,
	    &setup->tenant_id, diag);
	if (rc == E_OK)
		rc = tool_audit(tool, setup->tenant_id, "tenant.create",
		    setup->tenant_id, diag);
	if (rc == E_OK)
		setup_say("made", "tenant %" PRId64 ", %s", setup->tenant_id,
		    setup->tenant);
	return rc;
}

/* An integration, so that there is something to store for. */
static enum err
take_integration(struct setup *setup, struct db *db, struct diag *diag)
{
	const struct catalogue_filter filter = { .limit = 1,
		.tenant_id = setup->tenant_id };
	struct catalogue_change change = { 0 };
	struct arena *arena = setup->tool->arena;
	struct db_rows *rows;
	enum err rc = catalogue_list(db, &integration_catalogue, &filter, arena,
	    &rows, diag);

	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) > 0) {
		setup->integration_id = db_int(rows, 0, 0);
		setup_say("kept", "integration %" PRId64,
		    setup->integration_id);
		return E_OK;
	}
	catalogue_set(&change,
	    (struct catalogue_value){ .column = "provider",
		.kind = COLUMN_TEXT,
		.text = SPAN_LIT("Jira") });
	catalogue_set(&change,
	    (struct catalogue_value){ .column = "product",
		.kind = COLUMN_TEXT,
		.text = SPAN_LIT("jira") });
	catalogue_set(&change,
	    (struct catalogue_value){ .column = "type",
		.kind = COLUMN_TEXT,
		.text = SPAN_LIT("Data") });
	rc = catalogue_insert(db, &integration_catalogue, setup->tenant_id,
	    &change, arena, &setup->integration_id, diag);
	if (rc == E_OK)
		rc = tool_audit(setup->tool, setup->tenant_id,
		    "integration.create", setup->integration_id, diag);
	if (rc == E_OK)
		setup_say("made", "integration %" PRId64 ", Jira",
		    setup->integration_id);
	return rc;
}

/* A token of an administrator; shown once, when all is committed. */
static enum err
take_token(struct setup *setup, struct db *db, char token[API_TOKEN_LEN + 1],
    struct diag *diag)
{
	struct arena *arena = setup->tool->arena;
	struct db_rows *rows;
	int64_t id;
	enum err rc = api_token_list(db, setup->tenant_id, arena, &rows, diag);

	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		if (!span_is(db_text(rows, i, 3), "admin") ||
		    !span_is(db_text(rows, i, 8), "valid"))
			continue;
		setup_say("kept",
		    "token %" PRId64
		    " (pulse-etl token create"
		    " makes more)",
		    db_int(rows, i, 0));
		return E_OK;
	}
	if (rc == E_OK)
		rc = api_token_insert(db, setup->tenant_id, SPAN_LIT("setup"),
		    ROLE_ADMIN, 0, arena, &id, token, diag);
	if (rc == E_OK)
		rc = tool_audit(setup->tool, setup->tenant_id, "token.create",
		    id, diag);
	return rc;
}

enum err
setup_tenant(struct setup *setup, struct diag *diag)
{
	struct db *service = setup->tool->db;
	char token[API_TOKEN_LEN + 1] = "";
	struct db_settings settings = setup->settings.db;
	char *dsn = arena_text(setup->tool->arena, str_span(setup->database));
	struct db *db;
	enum err rc;

	settings.database_url = dsn;
	rc = arena_done(setup->tool->arena, diag);
	if (rc != E_OK)
		return rc;
	db = db_new(&settings, "pulse-etl setup");
	if (db == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	db_tenant(db, DB_EVERY_TENANT);
	setup->tool->db = db; /* the audit goes through it, too */
	setup_as_server(setup, true);
	rc = db_begin(db, diag);
	setup_as_server(setup, false);
	if (rc == E_OK) {
		rc = take_tenant(setup, db, diag);
		if (rc == E_OK)
			rc = take_integration(setup, db, diag);
		if (rc == E_OK)
			rc = take_token(setup, db, token, diag);
		if (rc == E_OK)
			rc = db_commit(db, diag);
		else
			db_rollback(db);
	}
	if (rc == E_OK && token[0] != '\0')
		setup_say("made",
		    "a token of the role admin; keep it safe, it"
		    " is not shown again:\n\n\t%s\n",
		    token);
	explicit_bzero(token, sizeof(token));
	setup->tool->db = service;
	db_free(db);
	return rc;
}

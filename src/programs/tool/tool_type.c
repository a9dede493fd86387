/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl type: entity types without C, as files of JSON. One of a tenant
 * takes the service's role, one of all tenants as well.
 */
#include <inttypes.h>
#include <stdio.h>

#include "models/catalogue/mapped_type.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_password.h"
#include "programs/tool/tool_raw.h"
#include "work/type_try.h"

#define MAPPING_BYTES_MAX 1048576

struct type_options {
	int64_t tenant_id, batch, limit;
	bool shared, requeue;
	const char *if_match;
};

static const struct option options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "all-tenants", no_argument, NULL, 'a' },
	{ "batch", required_argument, NULL, 'b' },
	{ "limit", required_argument, NULL, 'l' },
	{ "requeue", no_argument, NULL, 'r' },
	{ "if-match", required_argument, NULL, 'm' },
	TOOL_YES_OPTION,
	TOOL_QUIET_OPTION,
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* may_share: --all-tenants may stand in for --tenant. */
static void
read_options(struct tool *tool, bool may_share, struct type_options *ret)
{
	int option;

	*ret = (struct type_options){ .limit = 10 };
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'b')
			ret->batch = tool_number(tool, "--batch", 1, INT64_MAX);
		else if (option == 'l')
			ret->limit = tool_number(tool, "--limit", 1,
			    TYPE_TRY_ROWS_MAX);
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else if (option == 'a')
			ret->shared = true;
		else
			ret->requeue = true;
	}
	if (may_share && ret->shared == (ret->tenant_id != 0))
		tool_usage(tool, "give --tenant or --all-tenants");
	if (!may_share && ret->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	if (ret->tenant_id != 0)
		db_tenant(tool->db, ret->tenant_id);
}

/* In the order of mapped_type_shown_rows.h. */
static const struct tool_column type_columns[] = {
	{ "id", "ID", COLUMN_INT },
	{ "name", "NAME", COLUMN_TEXT },
	{ "items_path", NULL, COLUMN_TEXT },
	{ "key_path", NULL, COLUMN_TEXT },
	{ "updated_path", NULL, COLUMN_TEXT },
	{ "target", "TARGET", COLUMN_TEXT },
	{ "columns", NULL, COLUMN_JSON },
	{ "shared", "SHARED", COLUMN_BOOL },
	{ "active", "ACTIVE", COLUMN_BOOL },
};

/* List a tenant's entity types, and those that all share. */
enum err
tool_type_list(struct tool *tool, struct diag *diag)
{
	struct catalogue_filter filter = { .limit = 1000 };
	struct type_options given;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, false, &given);
	tool_no_arguments(tool);
	filter.tenant_id = given.tenant_id;
	rc = catalogue_list(tool->db, &mapped_type_catalogue, &filter,
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, type_columns, COUNT(type_columns), rows,
	    diag);
}

/*
 * Read the mapping of the file behind the options, and print what is wrong.
 * Fails: E_INVALID when something is.
 */
static enum err
read_mapping(struct tool *tool, struct span *ret, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	if (optind + 1 != tool->argc)
		tool_usage(tool, "give exactly one FILE");
	rc = tool_read_file(tool, tool->argv[optind], MAPPING_BYTES_MAX, ret,
	    diag);
	if (rc == E_OK)
		rc = mapped_type_document_flaws(tool->db, *ret, tool->arena,
		    &rows, diag);
	if (rc != E_OK)
		return rc;
	for (int i = 0; i < db_rows_count(rows); i++)
		(void)fprintf(stderr, "pulse-etl: %.*s %.*s\n",
		    SPAN_ARG(tool_plain(tool,
			db_text(rows, i, MAPPED_TYPE_MEMBER))),
		    SPAN_ARG(tool_plain(tool,
			db_text(rows, i, MAPPED_TYPE_FLAW))));
	return db_rows_count(rows) == 0 ?
	    E_OK :
	    diag_set(diag, E_INVALID,
		"the mapping cannot be stored: see"
		" docs/types.md");
}

/* Look at a mapping, and change nothing. */
enum err
tool_type_check(struct tool *tool, struct diag *diag)
{
	struct span document;
	enum err rc;

	while (tool_option(tool, options) != -1)
		tool_usage(tool, "it takes a FILE and no options");
	rc = read_mapping(tool, &document, diag);
	if (rc == E_OK)
		(void)printf("the mapping can be stored\n");
	return rc;
}

/* Print what a mapping makes of a batch, a line for each row. */
enum err
tool_type_try(struct tool *tool, struct diag *diag)
{
	struct type_options given;
	struct type_trial trial;
	struct span document;
	enum err rc;

	read_options(tool, false, &given);
	if (given.batch == 0)
		tool_usage(tool, "--batch is missing");
	rc = read_mapping(tool, &document, diag);
	if (rc == E_OK)
		rc = type_try(tool->db, given.tenant_id, given.batch, document,
		    given.limit, tool->arena, &trial, diag);
	if (rc != E_OK)
		return rc;
	for (int i = 0; i < db_rows_count(trial.rows); i++)
		(void)printf("%.*s\n", SPAN_ARG(db_text(trial.rows, i, 0)));
	(void)fprintf(stderr,
	    "%" PRId64 " items, %" PRId64 " without a key, %" PRId64
	    " notes; nothing was stored\n",
	    trial.outcome.items, trial.outcome.unreadable,
	    trial.outcome.skipped);
	if (trial.outcome.skipped_json.at != NULL)
		(void)fprintf(stderr, "%.*s\n",
		    SPAN_ARG(trial.outcome.skipped_json));
	return E_OK;
}

/* Are there no more types than there may be? The transaction's inside. */
static enum err
check_count(struct tool *tool, int64_t tenant_id, int64_t id, struct diag *diag)
{
	struct db_rows *rows;
	enum err rc;

	if (tenant_id == 0)
		return E_OK;
	rc = mapped_type_flaws(tool->db, tenant_id, id, tool->arena, &rows,
	    diag);
	if (rc == E_OK && db_rows_count(rows) > 0)
		return diag_set(diag, E_INVALID, "%.*s %.*s",
		    SPAN_ARG(db_text(rows, 0, MAPPED_TYPE_MEMBER)),
		    SPAN_ARG(db_text(rows, 0, MAPPED_TYPE_FLAW)));
	return rc;
}

/* Let the batches of the type that were before be processed again. */
static enum err
requeue_type(struct tool *tool, int64_t tenant_id, int64_t id,
    struct diag *diag)
{
	struct raw_batch_filter filter = { .tenant_id = tenant_id,
		.limit = TOOL_RAW_LIMIT_MAX };
	enum err rc = mapped_type_changed(tool->db, tenant_id, id, tool->arena,
	    &filter.entity_type, &filter.processed_before, diag);

	return rc == E_OK ? tool_requeue_batches(tool, &filter, diag) : rc;
}

/* Is the type that a mapping names, if it is there, of --if-match's version? */
static enum err
check_version(struct tool *tool, const struct type_options *given,
    struct span document, struct diag *diag)
{
	int64_t id = 0;
	enum err rc = E_OK;

	if (given->if_match != NULL)
		rc = mapped_type_named(tool->db, given->tenant_id, document,
		    tool->arena, &id, diag);
	if (rc != E_OK)
		return rc;
	return tool_change_check(tool, &mapped_type_catalogue, given->tenant_id,
	    id, given->if_match, diag);
}

/* Make an entity type as a file says, and print its id. */
enum err
tool_type_apply(struct tool *tool, struct diag *diag)
{
	struct type_options given;
	struct span document;
	int64_t id = 0;
	enum err rc;

	read_options(tool, true, &given);
	if (given.requeue && given.shared)
		tool_usage(tool,
		    "--requeue takes --tenant: batches are a"
		    " tenant's");
	rc = read_mapping(tool, &document, diag);
	if (rc == E_OK)
		rc = catalogue_begin(tool->db, given.tenant_id, tool->arena,
		    diag);
	if (rc != E_OK)
		return rc;
	rc = check_version(tool, &given, document, diag);
	if (rc == E_OK)
		rc = mapped_type_put(tool->db, given.tenant_id, document,
		    tool->arena, &id, diag);
	if (rc == E_OK)
		rc = check_count(tool, given.tenant_id, id, diag);
	rc = tool_change_end(tool, rc, "entity types", "entity_type.apply",
	    given.tenant_id, id, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%" PRId64 "\n", id);
	return given.requeue ?
	    requeue_type(tool, given.tenant_id, id, diag) :
	    E_OK;
}

/* Print a mapping that is proposed for a batch. */
enum err
tool_type_infer(struct tool *tool, struct diag *diag)
{
	struct type_options given;
	struct span document;
	enum err rc;

	read_options(tool, false, &given);
	rc = mapped_type_infer(tool->db, given.tenant_id, tool_id(tool),
	    tool->arena, &document, diag);
	if (rc == E_OK)
		(void)printf("%.*s\n", SPAN_ARG(document));
	return rc;
}

/* Remove an entity type; what was made of its batches stays. */
enum err
tool_type_remove(struct tool *tool, struct diag *diag)
{
	struct type_options given;
	int64_t id;
	enum err rc;

	read_options(tool, true, &given);
	id = tool_id(tool);
	rc = catalogue_begin(tool->db, given.tenant_id, tool->arena, diag);
	if (rc != E_OK)
		return rc;
	rc = tool_change_check(tool, &mapped_type_catalogue, given.tenant_id,
	    id, given.if_match, diag);
	if (rc == E_OK)
		rc = mapped_type_remove(tool->db, given.tenant_id, id,
		    tool->arena, diag);
	return tool_change_end(tool, rc, "entity types", "entity_type.remove",
	    given.tenant_id, id, diag);
}

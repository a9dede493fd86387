/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl integration: the accounts of sources that batches come from, as
 * the service's own routes keep them. No secret comes from the command line.
 */
#include "programs/tool/tool_integration.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/jwt.h"
#include "adapters/crypto/secret.h"
#include "models/catalogue/integration.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_password.h"

#define TYPE_DEFAULT "Data"
#define SETTINGS_BYTES_MAX 65536
#define KEY_BYTES_MAX 4096

void
tool_integration_options(struct tool *tool, struct integration_options *ret)
{
	static const struct option options[] = {
		{ "tenant", required_argument, NULL, 't' },
		{ "provider", required_argument, NULL, 'p' },
		{ "product", required_argument, NULL, 'r' },
		{ "type", required_argument, NULL, 'y' },
		{ "base-url", required_argument, NULL, 'u' },
		{ "username", required_argument, NULL, 'n' },
		{ "settings-file", required_argument, NULL, 's' },
		{ "password-file", required_argument, NULL, 'f' },
		{ "app-key-file", required_argument, NULL, 'k' },
		{ "file", required_argument, NULL, 'f' },
		{ "if-match", required_argument, NULL, 'm' },
		TOOL_OUTPUT_OPTION,
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*ret = (struct integration_options){ 0 };
	while ((option = tool_option(tool, options)) != -1) {
		const char **texts[] = { ['p'] = &ret->provider,
			['r'] = &ret->product,
			['y'] = &ret->type,
			['u'] = &ret->base_url,
			['n'] = &ret->username,
			['s'] = &ret->settings_file,
			['f'] = &ret->password_file,
			['k'] = &ret->app_key_file };

		if (option == 't')
			ret->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else
			*texts[option] = optarg;
	}
	tool_change_of_tenant(tool, ret->tenant_id);
}

/*
 * A text of an option as a column's new value; its limits are characters. One
 * that may be empty is NULL then.
 */
static void
set_text(const struct tool *tool, struct catalogue_change *change,
    const char *column, const char *option, const char *text, size_t least,
    size_t most)
{
	struct span span = str_span(text);
	size_t chars = span_utf8_chars(span);

	if (text == NULL)
		return;
	if (chars < least || chars > most || (least > 0 && span_is_blank(span)))
		tool_usage(tool, "%s takes %zu to %zu characters", option,
		    least, most);
	catalogue_set(change,
	    (struct catalogue_value){ .column = column,
		.kind = COLUMN_TEXT,
		.is_null = chars == 0,
		.text = span });
}

/* What the options change. */
static enum err
read_change(struct tool *tool, const struct integration_options *options,
    struct catalogue_change *change, struct diag *diag)
{
	struct span settings = { 0 };
	enum err rc;

	set_text(tool, change, "provider", "--provider", options->provider, 1,
	    50);
	if (options->product != NULL &&
	    !span_is_word(str_span(options->product)))
		tool_usage(tool,
		    "--product takes one word of small letters, digits, - and"
		    " _, such as jira");
	set_text(tool, change, "product", "--product", options->product, 1, 50);
	set_text(tool, change, "type", "--type", options->type, 1, 50);
	set_text(tool, change, "base_url", "--base-url", options->base_url, 0,
	    2000);
	set_text(tool, change, "username", "--username", options->username, 0,
	    255);
	if (options->settings_file == NULL)
		return E_OK;
	rc = tool_read_object(tool, options->settings_file, SETTINGS_BYTES_MAX,
	    &settings, diag);
	if (rc == E_OK)
		catalogue_set(change,
		    (struct catalogue_value){ .column = "settings",
			.kind = COLUMN_JSON,
			.text = settings });
	return rc;
}

/* A name is there once for each tenant. */
static enum err
check_provider(struct tool *tool, int64_t tenant_id, int64_t id,
    const struct catalogue_change *change, struct diag *diag)
{
	const struct catalogue_value *provider = catalogue_new_value(change,
	    "provider");
	bool taken;
	enum err rc;

	if (provider == NULL)
		return E_OK;
	rc = integration_has_provider(tool->db, tenant_id, provider->text, id,
	    tool->arena, &taken, diag);
	if (rc == E_OK && taken)
		return diag_set(diag, E_CONFLICT,
		    "there is an integration with"
		    " the provider %.*s already: give another name, and"
		    " --product",
		    SPAN_ARG(provider->text));
	return rc;
}

/* What is wrong with the settings as they were written. */
static enum err
check_settings(struct tool *tool, int64_t tenant_id, int64_t id,
    struct diag *diag)
{
	struct db_rows *rows;
	enum err rc = integration_settings(tool->db, tenant_id, id, tool->arena,
	    &rows, diag);

	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		struct span member = db_text(rows, i,
		    INTEGRATION_SETTINGS_MEMBER);
		struct span flaw = db_text(rows, i, INTEGRATION_SETTINGS_FLAW);

		if (flaw.at != NULL)
			return diag_set(diag, E_INVALID, "%.*s %.*s",
			    SPAN_ARG(member), SPAN_ARG(flaw));
	}
	return rc;
}

/* Seal a password for this very row and write it. */
static enum err
set_password(struct tool *tool, int64_t tenant_id, int64_t id,
    struct span plain, struct diag *diag)
{
	struct span sealed;
	enum err rc;

	rc = secret_seal(tool->settings->http.secret_keys_file, plain,
	    integration_secret_context(tenant_id, id, tool->arena), tool->arena,
	    &sealed, diag);
	if (rc != E_OK)
		return rc;
	return integration_set_secret(tool->db, tenant_id, id, sealed,
	    tool->arena, diag);
}

/* The private key of a GitHub App, which takes the password's place. */
static enum err
read_app_key(struct tool *tool, const char *path, struct span *ret,
    struct diag *diag)
{
	struct span key, token;
	enum err rc;

	if (path == NULL)
		return E_OK;
	rc = tool_read_file(tool, path, KEY_BYTES_MAX, &key, diag);
	if (rc == E_OK)
		rc = jwt_sign(key, SPAN_LIT("{}"), tool->arena, &token, diag);
	if (rc == E_OK)
		*ret = key;
	return rc;
}

/* Make an integration and print its id. */
enum err
tool_integration_create(struct tool *tool, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct span password = SPAN_NONE;
	struct integration_options options;
	int64_t id = 0;
	enum err rc;

	tool_integration_options(tool, &options);
	tool_no_arguments(tool);
	if (options.provider == NULL)
		tool_usage(tool,
		    "--provider is missing: the integration's name, such"
		    " as Jira or \"Jira of the other house\"");
	if (options.type == NULL)
		options.type = TYPE_DEFAULT;
	rc = read_change(tool, &options, &change, diag);
	if (rc == E_OK && options.password_file != NULL)
		rc = tool_password(tool, options.password_file, "Password",
		    &password, diag);
	if (rc == E_OK)
		rc = read_app_key(tool, options.app_key_file, &password, diag);
	if (rc == E_OK)
		rc = catalogue_begin(tool->db, options.tenant_id, tool->arena,
		    diag);
	if (rc != E_OK)
		return rc;
	rc = check_provider(tool, options.tenant_id, 0, &change, diag);
	if (rc == E_OK)
		rc = catalogue_insert(tool->db, &integration_catalogue,
		    options.tenant_id, &change, tool->arena, &id, diag);
	if (rc == E_OK)
		rc = check_settings(tool, options.tenant_id, id, diag);
	if (rc == E_OK && password.at != NULL)
		rc = set_password(tool, options.tenant_id, id, password, diag);
	rc = tool_change_end(tool, rc, "integrations", "integration.create",
	    options.tenant_id, id, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 "\n", id);
	return rc;
}

/* Write what is new of one. */
static enum err
update(struct tool *tool, const struct integration_options *options, int64_t id,
    const struct catalogue_change *change, struct span key, struct diag *diag)
{
	bool changed;
	enum err rc = tool_change_begin(tool, &integration_catalogue,
	    options->tenant_id, id, options->if_match, diag);

	if (rc != E_OK)
		return rc;
	rc = check_provider(tool, options->tenant_id, id, change, diag);
	if (rc == E_OK && change->count > 0)
		rc = catalogue_update(tool->db, &integration_catalogue,
		    options->tenant_id, id, change, tool->arena, &changed,
		    diag);
	if (rc == E_OK)
		rc = check_settings(tool, options->tenant_id, id, diag);
	if (rc == E_OK && key.at != NULL)
		rc = set_password(tool, options->tenant_id, id, key, diag);
	return tool_change_end(tool, rc, "integrations", "integration.update",
	    options->tenant_id, id, diag);
}

enum err
tool_integration_set(struct tool *tool, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct integration_options options;
	struct span key = SPAN_NONE;
	int64_t id;
	enum err rc;

	tool_integration_options(tool, &options);
	id = tool_id(tool);
	rc = read_change(tool, &options, &change, diag);
	if (rc == E_OK)
		rc = read_app_key(tool, options.app_key_file, &key, diag);
	if (rc != E_OK)
		return rc;
	if (change.count == 0 && key.at == NULL)
		tool_usage(tool, "say what is to change");
	return update(tool, &options, id, &change, key, diag);
}

static enum err
set_active(struct tool *tool, bool active, struct diag *diag)
{
	struct catalogue_change change = { 0 };
	struct integration_options options;

	tool_integration_options(tool, &options);
	catalogue_set_bool(&change, "active", active);
	return update(tool, &options, tool_id(tool), &change, SPAN_NONE, diag);
}

enum err
tool_integration_disable(struct tool *tool, struct diag *diag)
{
	return set_active(tool, false, diag);
}

enum err
tool_integration_enable(struct tool *tool, struct diag *diag)
{
	return set_active(tool, true, diag);
}

/* Set the password that the source asks for. */
enum err
tool_integration_password(struct tool *tool, struct diag *diag)
{
	struct integration_options options;
	struct span password;
	int64_t id;
	enum err rc;

	tool_integration_options(tool, &options);
	id = tool_id(tool);
	rc = tool_password(tool, options.password_file,
	    "Password of the"
	    " integration",
	    &password, diag);
	if (rc == E_OK)
		rc = tool_change_begin(tool, &integration_catalogue,
		    options.tenant_id, id, options.if_match, diag);
	if (rc != E_OK)
		return rc;
	rc = set_password(tool, options.tenant_id, id, password, diag);
	return tool_change_end(tool, rc, "integrations", "integration.password",
	    options.tenant_id, id, diag);
}

/* SPDX-License-Identifier: MIT */
/* The accounts of sources, such as a Jira site, that batches come from. */
#include "adapters/crypto/secret.h"
#include "base/suggest.h"
#include "etl/answers.h"
#include "etl/resource.h"
#include "models/catalogue/integration.h"

#define SETTINGS_CHARS 65536

/* What POST and PUT /integrations take. */
struct integration_input {
	struct span provider;
	struct span product;
	struct span type;
	struct span base_url;
	struct span username;
	struct span password;
	struct span settings;
	struct span logo_filename;
	bool active;
};

#define AT(member) .offset = offsetof(struct integration_input, member)
/* clang-format off */
#define INTEGRATION_ROWS(needed) \
	{ FIELD_BODY, "provider", .older_name = "name", .kind = FIELD_TEXT, .form = FORM_WORDS, .required = needed, \
	  .min = 1, .max = 50, AT(provider), \
	  .sentence = "Its name, such as Jira; once for each tenant" }, \
	{ FIELD_BODY, "product", .kind = FIELD_TEXT, .form = FORM_WORD, \
	  .min = 1, .max = 50, AT(product), \
	  .sentence = "Which product the source is, such as jira or github;" \
	    " of a new one without it, the one that its name tells" }, \
	{ FIELD_BODY, "type", .older_name = "integration_type", .kind = FIELD_TEXT, .required = needed, \
	  .min = 1, .max = 50, AT(type), \
	  .sentence = "What it is, such as data_source" }, \
	{ FIELD_BODY, "base_url", .kind = FIELD_TEXT, .min = 0, .max = 2000, \
	  AT(base_url), .sentence = "Base URL of the source" }, \
	{ FIELD_BODY, "username", .kind = FIELD_TEXT, .min = 0, .max = 255, \
	  AT(username), .sentence = "User name for the source" }, \
	{ FIELD_BODY, "password", .kind = FIELD_TEXT, .min = 1, .max = 4096, \
	  AT(password), \
	  .sentence = "The secret that goes with it; never answered" }, \
	{ FIELD_BODY, "settings", .kind = FIELD_OBJECT, AT(settings), \
	  .sentence = "What else it needs: custom_fields, which fields become" \
	    " which columns, and issue_integrations, whose issues it may" \
	    " name" }, \
	{ FIELD_BODY, "logo_filename", .kind = FIELD_TEXT, .form = FORM_LOGO, \
	  .min = 1, .max = 255, AT(logo_filename), \
	  .sentence = "The file that upload-logo has named" }, \
	{ FIELD_BODY, "active", .kind = FIELD_BOOL, AT(active), \
	  .sentence = "Whether it is used; true" }
/* clang-format on */

static const struct field create_rows[] = { INTEGRATION_ROWS(true) };
const struct field_set integration_create_input = { create_rows,
	COUNT(create_rows) };

static const struct field update_rows[] = { INTEGRATION_ROWS(false) };
#undef AT
const struct field_set integration_update_input = { update_rows,
	COUNT(update_rows) };

/* What is answered. */
/* clang-format off */
static const struct shape_row integration_rows[] = {
#define SHOWN SHAPE_ROW
#include "models/catalogue/integration_shown_rows.h"
#undef SHOWN
};
SHAPE(answer_integration, "integration", "An integration, never its secret",
    integration_rows)
SHAPE_PAGE(answer_integration_list, "integration_list", "Integrations",
    integration_rows)
/* clang-format on */

static enum err
refuse_settings(struct req *rq)
{
	return request_refuse(rq, FIELD_BODY, "settings", "too_large",
	    "must have 65536 characters at most, both as they are sent and as"
	    " PostgreSQL gives them back");
}

/* A name is there once, and a list of integrations stays readable. */
static enum err
check_integration(struct req *rq, struct edit *edit)
{
	const struct integration_input *input = edit->values;
	const struct catalogue_value *name = catalogue_new_value(&edit->change,
	    "provider");
	bool taken;
	enum err rc;

	if (input->settings.len > SETTINGS_CHARS)
		return refuse_settings(rq);
	if (name == NULL)
		return E_OK;
	rc = integration_has_provider(rq->db, rq->who.tenant_id, name->text,
	    edit->id, rq->arena, &taken, &rq->diag);
	if (rc == E_OK && taken)
		return diag_tell(&rq->diag, E_EXISTS,
		    "There is an"
		    " integration with the provider %.*s already: give another"
		    " name, and its product apart from it",
		    SPAN_ARG(name->text));
	return rc;
}

/* The members of settings that somebody reads. */
static const char *const settings_names[] = { "app_id", "custom_fields",
	"deployment", "installation_id", "issue_integrations", "organization",
	"projects", "repositories" };

/* A name that nobody reads is a mistake when it is nearly one that is read. */
static enum err
check_name(struct req *rq, struct span name)
{
	struct suggestion near = { 0 };
	char *member = arena_printf(rq->arena, "settings.%.*s", SPAN_ARG(name));
	char *text;

	for (size_t i = 0; i < COUNT(settings_names); i++)
		suggest(&near, name, settings_names[i]);
	if (near.name == NULL || span_is(name, near.name))
		return E_OK;
	text = arena_printf(rq->arena,
	    "is not known; did you mean"
	    " settings.%s?",
	    near.name);
	return request_refuse(rq, FIELD_BODY, member, "unknown", text);
}

static enum err
check_member(struct req *rq, const struct db_rows *rows, int row)
{
	struct span name = db_text(rows, row, INTEGRATION_SETTINGS_MEMBER);
	char *member, *text;

	if (db_is_null(rows, row, INTEGRATION_SETTINGS_MEMBER))
		return E_OK;
	if (db_is_null(rows, row, INTEGRATION_SETTINGS_FLAW))
		return check_name(rq, name);
	member = arena_text(rq->arena, name);
	text = arena_text(rq->arena,
	    db_text(rows, row, INTEGRATION_SETTINGS_FLAW));
	return request_refuse(rq, FIELD_BODY, member, "settings", text);
}

/*
 * What is wrong with the settings as they were written. A number of few digits
 * may be one of many as PostgreSQL gives it back.
 */
static enum err
check_settings(struct req *rq, const struct edit *edit)
{
	struct db_rows *rows;
	enum err rc = integration_settings(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, &rows, &rq->diag);

	if (rc != E_OK)
		return rc;
	if (db_rows_count(rows) > 0 &&
	    db_int(rows, 0, INTEGRATION_SETTINGS_SIZE) > SETTINGS_CHARS)
		return refuse_settings(rq);
	for (int i = 0; i < db_rows_count(rows); i++) {
		enum err flaw = check_member(rq, rows, i);

		if (flaw != E_OK)
			rc = flaw;
	}
	return rc;
}

/* Seal the password for this very row, or forget it when it is null. */
static enum err
apply_integration(struct req *rq, struct edit *edit)
{
	const struct integration_input *input = edit->values;
	struct catalogue_change change = { 0 };
	struct catalogue_value sealed = { .column = "password",
		.kind = COLUMN_TEXT };
	struct span context = integration_secret_context(rq->who.tenant_id,
	    edit->id, rq->arena);
	enum err rc = E_OK;

	if (input->settings.at != NULL)
		rc = check_settings(rq, edit);
	if (rc != E_OK || request_member(rq, "password") == NULL)
		return rc;
	sealed.is_null = input->password.at == NULL;
	if (!sealed.is_null)
		rc = secret_seal(rq->settings->secret_keys_file,
		    input->password, context, rq->arena, &sealed.text,
		    &rq->diag);
	if (rc != E_OK)
		return rc;
	catalogue_set(&change, sealed);
	return catalogue_update(rq->db, &integration_catalogue,
	    rq->who.tenant_id, edit->id, &change, rq->arena, &edit->changed,
	    &rq->diag);
}

/* What was extracted is not lost by a mistake: deactivation comes first. */
static enum err
release_integration(struct req *rq, struct edit *edit)
{
	struct integration_referrers referrers;
	enum err rc;

	rc = integration_referrers(rq->db, rq->who.tenant_id, edit->id,
	    rq->arena, &referrers, &rq->diag);
	if (rc != E_OK)
		return rc;
	if (referrers.batches > 0 || referrers.work_items > 0) {
		if (catalogue_int(edit->of->table, edit->before, "active") != 0)
			return diag_tell(&rq->diag, E_IN_USE,
			    "%lld batches of raw data and %lld work items refer"
			    " to this integration: deactivate it instead",
			    (long long)referrers.batches,
			    (long long)referrers.work_items);
		edit->kept = arena_printf(rq->arena,
		    "The integration stays"
		    " deactivated: %lld batches of raw data and %lld work items"
		    " still use it",
		    (long long)referrers.batches,
		    (long long)referrers.work_items);
	} else if (referrers.others) {
		edit->kept =
		    "The integration is deactivated, not deleted:"
		    " its catalogue still uses it";
	}
	return rc;
}

const struct resource integration_resource = {
	.table = &integration_catalogue,
	.event = "integration",
	.recorded = true,
	.size = sizeof(struct integration_input),
	.check = check_integration,
	.apply = apply_integration,
	.release = release_integration,
};

/* What was active is not any more, and the reverse. */
static enum err
toggle(struct req *rq, struct edit *edit)
{
	(void)rq;
	catalogue_set_bool(&edit->change, "active",
	    !catalogue_int(&integration_catalogue, edit->before, "active"));
	return E_OK;
}

const struct resource integration_switch = {
	.table = &integration_catalogue,
	.event = "integration",
	.recorded = true,
	.check = toggle,
};

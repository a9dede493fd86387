/* SPDX-License-Identifier: MIT */
#include "http/auth_jwt.h"

#include <stdio.h>
#include <string.h>

#include "json/json_items.h"
#include "json/json_read.h"

/* Of one token; more are not looked at. */
#define AUDIENCES 32

enum claim {
	TENANT_ID,
	USER_ID,
	EMAIL,
	ROLE,
	IS_ADMIN,
	EXP,
	NBF,
	ISS,
	AUD,
	CLAIMS
};

/* A claim's text: of a string decoded, of a number its digits. */
static struct span
text_of(const struct json_member *claim, struct arena *arena)
{
	struct diag diag;
	struct span text;

	if (claim->kind == JSON_NUMBER)
		return claim->value;
	if (claim->kind != JSON_STRING ||
	    json_read_string(claim->value, arena, &text, &diag) != E_OK)
		return SPAN_NONE;
	return text;
}

/* NumericDate: seconds, of which a fraction is left out. */
static bool
read_date(const struct json_member *claim, int64_t *ret)
{
	struct span seconds = claim->value;

	if (claim->kind != JSON_NUMBER)
		return false;
	seconds = span_cut(&seconds, '.');
	return span_int64(seconds, ret) && *ret >= 0 && *ret < INT64_MAX / 2;
}

/* The platform's plain "user" may read. */
static enum role
role_of(const struct json_member *claims, struct arena *arena)
{
	struct span name = text_of(&claims[ROLE], arena);

	if (claims[IS_ADMIN].kind == JSON_TRUE)
		return ROLE_ADMIN;
	return span_is(name, "user") ? ROLE_READER : role_named(name);
}

static void
set_name(struct who *who, const struct json_member *claims, struct arena *arena)
{
	struct span name = text_of(&claims[USER_ID], arena);

	if (name.at == NULL)
		name = text_of(&claims[EMAIL], arena);
	if (name.at == NULL)
		name = SPAN_LIT("unnamed");
	if (name.len > WHO_NAME_SIZE - 8)
		name.len = WHO_NAME_SIZE - 8;
	(void)snprintf(who->name, sizeof(who->name), "user:%.*s",
	    SPAN_ARG(name));
}

static enum err
refuse(struct diag *diag, const char *why)
{
	return diag_set(diag, E_UNKNOWN_CALLER, "JWT: %s", why);
}

/* A string that says so (RFC 7519, section 2: compared as it is). */
static bool
says(struct span json, const char *wanted, struct arena *arena)
{
	struct diag diag;
	struct span text;

	return json.len > 0 && json.at[0] == '"' &&
	    json_read_string(json, arena, &text, &diag) == E_OK &&
	    span_is(text, wanted);
}

/* Is it for us? aud is one or several (RFC 7519, section 4.1.3). */
static bool
is_for(const struct json_member *aud, const char *wanted, struct arena *arena)
{
	struct span items[AUDIENCES];
	size_t count;

	if (aud->kind != JSON_ARRAY)
		return says(aud->value, wanted, arena);
	count = json_items(aud->value, items, AUDIENCES);
	for (size_t i = 0; i < count && i < AUDIENCES; i++)
		if (says(items[i], wanted, arena))
			return true;
	return false;
}

/* Is the issuer, and are we, as the settings say? */
static enum err
check_parties(const struct json_member *found,
    const struct http_settings *settings, struct arena *arena,
    struct diag *diag)
{
	if (settings->jwt_issuer[0] != '\0' &&
	    !says(found[ISS].value, settings->jwt_issuer, arena))
		return refuse(diag,
		    "its issuer is not the one of the settings");
	if (settings->jwt_audience[0] != '\0' &&
	    !is_for(&found[AUD], settings->jwt_audience, arena))
		return refuse(diag, "it is for another audience");
	return E_OK;
}

enum err
auth_jwt_read(struct span claims, const struct http_settings *settings,
    int64_t now, struct arena *arena, struct who *ret_who, int64_t *ret_seconds,
    struct diag *diag)
{
	struct json_member found[CLAIMS] = {
		[TENANT_ID] = { .name = "tenant_id" },
		[USER_ID] = { .name = "user_id" },
		[EMAIL] = { .name = "email" },
		[ROLE] = { .name = "role" },
		[IS_ADMIN] = { .name = "is_admin" },
		[EXP] = { .name = "exp" },
		[NBF] = { .name = "nbf" },
		[ISS] = { .name = "iss" },
		[AUD] = { .name = "aud" },
	};
	struct json_refusal refusal;
	int64_t tenant_id, expires, begins;
	enum err rc;

	if (!json_scan_object(claims, &json_limits_default, found, CLAIMS,
		&refusal))
		return refuse(diag, json_flaw_text(refusal.flaw));
	if (found[TENANT_ID].kind != JSON_NUMBER ||
	    !span_int64(found[TENANT_ID].value, &tenant_id) || tenant_id < 1 ||
	    tenant_id > INT32_MAX)
		return refuse(diag, "tenant_id is missing or no tenant");
	if (!read_date(&found[EXP], &expires))
		return refuse(diag, "exp is missing or no date");
	if (expires + AUTH_JWT_SLACK <= now)
		return refuse(diag, "it has expired");
	if (found[NBF].kind != JSON_ABSENT &&
	    (!read_date(&found[NBF], &begins) || begins - AUTH_JWT_SLACK > now))
		return refuse(diag, "it is not valid yet");
	rc = check_parties(found, settings, arena, diag);
	if (rc != E_OK)
		return rc;
	memset(ret_who, 0, sizeof(*ret_who));
	ret_who->tenant_id = tenant_id;
	ret_who->role = role_of(found, arena);
	set_name(ret_who, found, arena);
	*ret_seconds = expires + AUTH_JWT_SLACK - now;
	return E_OK;
}

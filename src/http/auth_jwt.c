#include "http/auth_jwt.h"

#include <stdio.h>
#include <string.h>

#include "base/json_read.h"

enum claim { TENANT_ID, USER_ID, EMAIL, ROLE, IS_ADMIN, EXP, NBF, CLAIMS };

/* A claim's text: of a string decoded, of a number its digits. */
static struct span
text_of(const struct json_member *claim, struct arena *arena)
{
	struct diag diag;
	struct span text;

	if (claim->kind == JSON_NUMBER)
		return claim->value;
	if (claim->kind != JSON_STRING || json_read_string(claim->value, arena,
	    &text, &diag) != E_OK)
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
	static const struct {
		const char *name;
		enum role role;
	} roles[] = {
		{ "admin", ROLE_ADMIN },
		{ "writer", ROLE_WRITER },
		{ "reader", ROLE_READER },
		{ "user", ROLE_READER },
	};
	struct span name = text_of(&claims[ROLE], arena);

	if (claims[IS_ADMIN].kind == JSON_TRUE)
		return ROLE_ADMIN;
	for (size_t i = 0; i < COUNT(roles); i++)
		if (span_is(name, roles[i].name))
			return roles[i].role;
	return ROLE_OPEN;
}

static void
set_name(struct who *who, const struct json_member *claims,
    struct arena *arena)
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

enum err
auth_jwt_read(struct span claims, int64_t now, struct arena *arena,
    struct who *ret_who, int64_t *ret_seconds, struct diag *diag)
{
	struct json_member found[CLAIMS] = {
		[TENANT_ID] = { .name = "tenant_id" },
		[USER_ID] = { .name = "user_id" },
		[EMAIL] = { .name = "email" },
		[ROLE] = { .name = "role" },
		[IS_ADMIN] = { .name = "is_admin" },
		[EXP] = { .name = "exp" },
		[NBF] = { .name = "nbf" },
	};
	struct json_refusal refusal;
	int64_t tenant_id, expires, begins;

	if (!json_scan_object(claims, &json_limits_default, found, CLAIMS,
	    &refusal))
		return refuse(diag, json_flaw_text(refusal.flaw));
	if (found[TENANT_ID].kind != JSON_NUMBER ||
	    !span_int64(found[TENANT_ID].value, &tenant_id) ||
	    tenant_id < 1 || tenant_id > INT32_MAX)
		return refuse(diag, "tenant_id is missing or no tenant");
	if (!read_date(&found[EXP], &expires))
		return refuse(diag, "exp is missing or no date");
	if (expires + AUTH_JWT_SLACK <= now)
		return refuse(diag, "it has expired");
	if (found[NBF].kind != JSON_ABSENT &&
	    (!read_date(&found[NBF], &begins) || begins - AUTH_JWT_SLACK > now))
		return refuse(diag, "it is not valid yet");
	memset(ret_who, 0, sizeof(*ret_who));
	ret_who->tenant_id = tenant_id;
	ret_who->role = role_of(found, arena);
	set_name(ret_who, found, arena);
	*ret_seconds = expires + AUTH_JWT_SLACK - now;
	return E_OK;
}

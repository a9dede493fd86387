/* SPDX-License-Identifier: MIT */
#include "extract/github_app.h"

#include <string.h>

#include "adapters/crypto/jwt.h"
#include "extract/look.h"
#include "extract/source_ask.h"
#include "json/json_write.h"

#define CLAIMS_MAX 1024
/* The other clock may be behind ours; ten minutes are the most. */
#define SECONDS_BACK 60
#define SECONDS_AHEAD 540

static bool
is_key(struct span password)
{
	static const char begin[] = "-----BEGIN ";
	const size_t len = sizeof(begin) - 1;

	return password.len > len && memcmp(password.at, begin, len) == 0;
}

bool
github_app_is(const struct github_app *app)
{
	return app->id.len > 0 || app->installation.len > 0 || is_key(app->key);
}

/* What is missing or wrong. Gives: NULL, or a sentence. */
static const char *
flaw_of(const struct github_app *app)
{
	int64_t number;

	if (app->id.len == 0)
		return "a GitHub App needs app_id in the integration's settings:"
		       " the app's id or client id";
	if (app->installation.len == 0 ||
	    !span_int64(app->installation, &number) || number <= 0)
		return "a GitHub App needs installation_id in the integration's"
		       " settings: the number at the end of the installation's"
		       " address";
	if (!is_key(app->key))
		return "the settings name a GitHub App, and the password is not"
		       " its private key: set it with pulse-etl integration set"
		       " --app-key-file, or take app_id and installation_id out"
		       " of the settings";
	return NULL;
}

static struct span
claims_of(const struct github_app *app, int64_t now, struct arena *arena)
{
	struct span claims;
	struct json json;
	struct buf out;

	buf_init(&out, CLAIMS_MAX);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_int(&json, "iat", now / 1000 - SECONDS_BACK);
	json_int(&json, "exp", now / 1000 + SECONDS_AHEAD);
	json_span(&json, "iss", app->id);
	json_end(&json);
	claims = buf_done(&out) == E_OK ?
	    arena_span(arena, buf_span(&out)) :
	    SPAN_NONE;
	buf_free(&out);
	return claims;
}

enum err
github_app_ask(const struct github_app *app, const char *base, int64_t now,
    struct arena *arena, const char **ret_url, const char **ret_header,
    struct diag *diag)
{
	const char *flaw = flaw_of(app);
	struct span claims, token = SPAN_NONE;
	enum err rc;

	if (flaw != NULL)
		return diag_set(diag, E_INVALID, "%s", flaw);
	claims = claims_of(app, now, arena);
	if (claims.at == NULL)
		return diag_set(diag, E_INVALID, "app_id is too long");
	rc = jwt_sign(app->key, claims, arena, &token, diag);
	if (rc != E_OK)
		return rc;
	*ret_url = arena_printf(arena,
	    "%s/app/installations/%.*s/access_tokens", base,
	    SPAN_ARG(app->installation));
	*ret_header = arena_printf(arena, "Authorization: Bearer %.*s",
	    SPAN_ARG(token));
	return arena_done(arena, diag);
}

/* An object of texts: "contents: read, metadata: read". */
static struct span
read_permissions(struct span object, struct arena *arena)
{
	static const char *const known[] = { "contents", "issues", "members",
		"metadata", "pull_requests" };
	const char *text = "";

	for (size_t i = 0; i < COUNT(known); i++) {
		struct span level =
		    look_text(look_member(object, known[i]).value, arena);

		if (level.len > 0)
			text = arena_printf(arena, "%s%s%s: %.*s", text,
			    text[0] == '\0' ? "" : ", ", known[i],
			    SPAN_ARG(level));
	}
	return text[0] == '\0' ? SPAN_NONE : str_span(text);
}

bool
github_app_read(struct span answer, int64_t now, struct arena *arena,
    struct github_app_token *ret_token)
{
	struct json_member members[] = { { .name = "token" },
		{ .name = "expires_at" }, { .name = "permissions" } };
	struct github_app_token got = { .ends = SPAN_NONE,
		.permissions = SPAN_NONE };

	if (!look_object(answer, members, COUNT(members)) ||
	    members[0].kind != JSON_STRING)
		return false;
	got.token = look_text(members[0].value, arena);
	for (size_t i = 0; i < got.token.len; i++)
		if (got.token.at[i] <= ' ' || got.token.at[i] > '~')
			return false; /* it would be a part of a header */
	if (members[1].kind == JSON_STRING) {
		got.ends = look_text(members[1].value, arena);
		got.ends_in = source_wait(NULL, arena_text(arena, got.ends),
		    now);
	}
	if (got.ends_in < 0)
		got.ends_in = 0;
	if (members[2].kind == JSON_OBJECT)
		got.permissions = read_permissions(members[2].value, arena);
	*ret_token = got;
	return got.token.len > 0;
}

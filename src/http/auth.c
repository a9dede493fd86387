/* SPDX-License-Identifier: MIT */
#include "http/auth.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/jwt.h"
#include "base/clock.h"
#include "base/file.h"
#include "http/auth_cache.h"
#include "http/auth_jwt.h"
#include "http/auth_metrics.h"
#include "http/route.h"
#include "models/tenant/api_token.h"
#include "models/tenant/tenant.h"

#define KEY_MAX_BYTES 16384

struct auth {
	struct jwt_key *jwt; /* NULL: JWT is off */
	struct auth_cache cache;
};

/* A key's file as a text, without the line's end behind a secret. */
static enum err
read_key_file(const char *path, bool is_secret, struct buf *text,
    struct diag *diag)
{
	FILE *file = fopen(path, "re");
	char *room;

	if (file == NULL)
		return diag_set(diag, E_SETTING, "jwt_key_file: %s: %s", path,
		    strerror(errno));
	if (is_secret && !file_is_private(path)) {
		(void)fclose(file);
		return diag_set(diag, E_SETTING,
		    "jwt_key_file: everybody can"
		    " read %s: chmod 0640 %s",
		    path, path);
	}
	room = buf_room(text, KEY_MAX_BYTES);
	if (room != NULL) {
		text->len = fread(room, 1, KEY_MAX_BYTES, file);
		room[text->len] = '\0';
	}
	(void)fclose(file);
	while (text->len > 0 &&
	    (text->data[text->len - 1] == '\n' ||
		text->data[text->len - 1] == '\r'))
		text->len--;
	return E_OK;
}

static enum err
read_key(const struct http_settings *settings, struct jwt_key **ret_key,
    struct diag *diag)
{
	struct buf text;
	enum err rc = E_OK;

	if (strcmp(settings->jwt_algorithm, "off") == 0)
		return E_OK;
	buf_init(&text, KEY_MAX_BYTES + 1);
	if (settings->jwt_key_file[0] != '\0')
		rc = read_key_file(settings->jwt_key_file,
		    strcmp(settings->jwt_algorithm, "HS256") == 0, &text, diag);
	else
		buf_add_text(&text, settings->jwt_key);
	if (rc == E_OK && strcmp(settings->jwt_algorithm, "HS256") == 0 &&
	    text.len > 10 && memcmp(text.data, "-----BEGIN", 10) == 0)
		rc = diag_set(diag, E_SETTING,
		    "jwt_algorithm = HS256 takes a"
		    " secret, and this is a key in PEM form, which others may"
		    " know: is RS256 meant?");
	if (rc == E_OK && text.len == 0)
		rc = diag_set(diag, E_SETTING,
		    "jwt_algorithm = %s needs a key:"
		    " set jwt_key_file",
		    settings->jwt_algorithm);
	if (rc == E_OK)
		rc = jwt_key_new(settings->jwt_algorithm, buf_span(&text),
		    ret_key, diag);
	if (text.data != NULL)
		explicit_bzero(text.data, text.len);
	buf_free(&text);
	return rc;
}

enum err
auth_new(const struct http_settings *settings, struct auth **ret_auth,
    struct diag *diag)
{
	struct auth *auth = calloc(1, sizeof(*auth));
	enum err rc;

	if (auth == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for callers");
	rc = auth_metrics_settings(settings, diag);
	if (rc == E_OK)
		rc = read_key(settings, &auth->jwt, diag);
	if (rc != E_OK) {
		free(auth);
		return rc;
	}
	*ret_auth = auth;
	return E_OK;
}

void
auth_free(struct auth *auth)
{
	if (auth == NULL)
		return;
	jwt_key_free(auth->jwt);
	free(auth);
}

/* Ask the database for an API token. */
static enum err
find_token(struct req *rq, const unsigned char *digest, struct who *ret_who,
    int64_t *ret_seconds)
{
	struct api_token token;
	enum err rc = api_token_find(rq->db, digest, rq->arena, &token,
	    &rq->diag);

	if (rc != E_OK)
		return rc;
	ret_who->tenant_id = token.tenant_id;
	ret_who->role = token.role;
	ret_who->has_quota = token.has_quota;
	(void)snprintf(ret_who->name, sizeof(ret_who->name), "token:%lld",
	    (long long)token.id);
	*ret_seconds = token.expires_in;
	return E_OK;
}

/* Check a JSON Web Token, and that its tenant is there. */
static enum err
find_jwt(struct req *rq, struct span token, struct who *ret_who,
    int64_t *ret_seconds)
{
	struct span claims;
	enum err rc;

	if (rq->auth->jwt == NULL)
		return diag_set(&rq->diag, E_UNKNOWN_CALLER,
		    "no API token, and JWT is off");
	rc = jwt_verify(rq->auth->jwt, token, rq->arena, &claims, &rq->diag);
	if (rc == E_OK)
		rc = auth_jwt_read(claims, rq->settings, clock_wall(),
		    rq->arena, ret_who, ret_seconds, &rq->diag);
	if (rc == E_OK)
		rc = tenant_find(rq->db, ret_who->tenant_id, rq->arena,
		    &ret_who->has_quota, &rq->diag);
	return rc;
}

/* Who bears this token? First of those known, then of the database. */
static enum err
find_bearer(struct req *rq, struct span token)
{
	struct auth_cache *cache = &rq->auth->cache;
	unsigned char digest[DIGEST_SHA256_SIZE];
	const struct who *known;
	int64_t seconds = 0;
	enum err rc;

	rc = digest_sha256(token, digest, &rq->diag);
	if (rc != E_OK)
		return rc;
	known = auth_cache_find(cache, digest, clock_ms());
	if (known != NULL) {
		rq->who = *known;
		return E_OK;
	}
	/* Whose it is will be known afterwards. */
	db_tenant(rq->db, DB_EVERY_TENANT);
	rc = api_token_is(token) ?
	    find_token(rq, digest, &rq->who, &seconds) :
	    find_jwt(rq, token, &rq->who, &seconds);
	db_tenant(rq->db, DB_NO_TENANT);
	if (rc == E_OK)
		auth_cache_add(cache, digest, &rq->who, seconds, clock_ms());
	else
		memset(&rq->who, 0, sizeof(rq->who));
	return rc;
}

/* Without tokens only callers on this very machine are served. */
static bool
is_loopback(struct span address)
{
	return address.at == NULL || span_is(address, "::1") ||
	    span_is(address, "unix:") ||
	    (address.len > 4 && memcmp(address.at, "127.", 4) == 0);
}

static enum err
check_nobody(struct req *rq)
{
	if (!is_loopback(rq->remote_addr))
		return diag_tell(&rq->diag, E_FORBIDDEN,
		    "This service runs without tokens: only its own host may"
		    " use it");
	rq->who.role = ROLE_ADMIN;
	(void)snprintf(rq->who.name, sizeof(rq->who.name), "nobody");
	return E_OK;
}

enum err
auth_check(struct req *rq)
{
	struct span token = request_bearer(rq);
	enum err rc;

	if (strcmp(rq->settings->auth, "none") == 0)
		return check_nobody(rq);
	if (token.at == NULL || token.len == 0)
		return diag_tell(&rq->diag, E_UNKNOWN_CALLER,
		    "Send a token: Authorization: Bearer TOKEN");
	rc = rq->auth == NULL ? E_UNKNOWN_CALLER : find_bearer(rq, token);
	if (rc == E_UNKNOWN_CALLER) {
		/* Why is for the log: strangers learn nothing. */
		(void)snprintf(rq->diag.client, sizeof(rq->diag.client),
		    "The token is not valid: ask for a new one");
		return rc;
	}
	if (rc != E_OK)
		return rc;
	if (rq->who.role < rq->route->role)
		return diag_tell(&rq->diag, E_FORBIDDEN,
		    "This needs the role"
		    " %s; the token has %s",
		    role_name(rq->route->role), role_name(rq->who.role));
	return E_OK;
}

/* Take the tenant named at one place; another than before is refused. */
static enum err
take_tenant(struct req *rq, enum field_place place, struct span text)
{
	int64_t tenant_id;

	if (!span_int64(text, &tenant_id) || tenant_id < 1 ||
	    tenant_id > INT32_MAX)
		return request_refuse(rq, place, "tenant_id", "int_type",
		    "must be a tenant's number");
	if (rq->who.tenant_id != 0 && rq->who.tenant_id != tenant_id)
		return diag_tell(&rq->diag, E_FORBIDDEN,
		    "tenant_id is not the caller's tenant");
	rq->who.tenant_id = tenant_id;
	return E_OK;
}

enum err
auth_tenant(struct req *rq)
{
	const struct json_member *member = request_member(rq, "tenant_id");
	struct span text;
	enum err rc;

	for (size_t i = 0; i < rq->params.count; i++) {
		if (!span_is(rq->params.pairs[i].name, "tenant_id"))
			continue;
		text = rq->params.pairs[i].value;
		rc = take_tenant(rq, FIELD_QUERY, text);
		if (rc != E_OK)
			return rc;
	}
	if (member != NULL && member->kind != JSON_NULL) {
		rc = take_tenant(rq, FIELD_BODY, member->value);
		if (rc != E_OK)
			return rc;
	}
	if (rq->who.tenant_id == 0)
		return request_refuse(rq, FIELD_QUERY, "tenant_id", "missing",
		    "is missing");
	return E_OK;
}

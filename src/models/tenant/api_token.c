/* SPDX-License-Identifier: MIT */
#include "models/tenant/api_token.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "models/tenant/tenant.h"

/* Characters of the token that the list shows. */
#define HINT_LEN (sizeof(API_TOKEN_PREFIX) - 1 + 6)

bool
api_token_is(struct span text)
{
	const size_t prefix = sizeof(API_TOKEN_PREFIX) - 1;

	if (text.len != API_TOKEN_LEN ||
	    memcmp(text.at, API_TOKEN_PREFIX, prefix) != 0)
		return false;
	for (size_t i = prefix; i < text.len; i++)
		if (!((text.at[i] >= '0' && text.at[i] <= '9') ||
			(text.at[i] >= 'a' && text.at[i] <= 'f')))
			return false;
	return true;
}

/* Note the use; whoever cannot, or finds somebody at it, lets it be. */
static void
touch(struct db *db, int64_t id, struct arena *arena)
{
	static const struct db_statement statement = {
		.name = "api_token_touch",
		.changes = true,
		.sql =
		    "UPDATE api_tokens SET last_used_at = now() FROM"
		    " (SELECT set_config('synchronous_commit', 'off', true))"
		    " AS no_wait WHERE id IN (SELECT id FROM api_tokens"
		    " WHERE id = $1 AND (last_used_at IS NULL"
		    " OR last_used_at < now() - interval '1 minute')"
		    " FOR NO KEY UPDATE SKIP LOCKED)",
	};
	struct db_params params = { 0 };
	struct diag diag;

	diag_clear(&diag);
	db_add_int(&params, id);
	(void)!db_change(db, &statement, &params, arena, NULL, &diag);
}

enum err
api_token_find(struct db *db, const unsigned char digest[DIGEST_SHA256_SIZE],
    struct arena *arena, struct api_token *ret_token, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "api_token_find",
		.sql =
		    "SELECT a.id, a.tenant_id, a.role,"
		    " extract(epoch FROM a.expires_at - now())::bigint,"
		    " a.last_used_at IS NULL"
		    " OR a.last_used_at < now() - interval '1 minute', " TENANT_HAS_QUOTA_SQL
		    " FROM api_tokens AS a"
		    " JOIN tenants AS t ON t.id = a.tenant_id AND t.active"
		    " WHERE a.token_sha256 = $1 AND a.active"
		    " AND a.revoked_at IS NULL"
		    " AND (a.expires_at IS NULL OR a.expires_at > now())",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_bytes(&params, digest, DIGEST_SHA256_SIZE);
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc == E_NO_ROW)
		return diag_set(diag, E_UNKNOWN_CALLER,
		    "no valid token has this digest");
	if (rc != E_OK)
		return rc;
	ret_token->id = db_int(rows, 0, 0);
	ret_token->tenant_id = db_int(rows, 0, 1);
	ret_token->role = role_named(db_text(rows, 0, 2));
	ret_token->expires_in = db_is_null(rows, 0, 3) ?
	    INT64_MAX :
	    db_int(rows, 0, 3);
	ret_token->has_quota = db_bool(rows, 0, 5);
	if (db_bool(rows, 0, 4))
		touch(db, ret_token->id, arena);
	return E_OK;
}

/* A token nobody can guess. */
static enum err
make(char ret_token[API_TOKEN_LEN + 1], struct diag *diag)
{
	unsigned char bytes[32];
	char *at = ret_token + sizeof(API_TOKEN_PREFIX) - 1;

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return diag_set(diag, E_SYSTEM, "getrandom: %s",
		    strerror(errno));
	memcpy(ret_token, API_TOKEN_PREFIX, sizeof(API_TOKEN_PREFIX));
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(at + 2 * i, 3, "%02x", bytes[i]);
	explicit_bzero(bytes, sizeof(bytes));
	return E_OK;
}

enum err
api_token_insert(struct db *db, int64_t tenant_id, struct span name,
    enum role role, int64_t lifetime, struct arena *arena, int64_t *ret_id,
    char ret_token[API_TOKEN_LEN + 1], struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "api_token_insert",
		.changes = true,
		.sql =
		    "INSERT INTO api_tokens (tenant_id, name, role,"
		    " token_sha256, token_hint, expires_at)"
		    " SELECT id, $2, $3, $4, $5, CASE WHEN $6 > 0"
		    " THEN now() + $6 * interval '1 second' END"
		    " FROM tenants WHERE id = $1 AND active RETURNING id",
	};
	unsigned char digest[DIGEST_SHA256_SIZE];
	struct db_params params = { 0 };
	enum err rc;

	rc = make(ret_token, diag);
	if (rc == E_OK)
		rc = digest_sha256((struct span){ ret_token, API_TOKEN_LEN },
		    digest, diag);
	if (rc != E_OK)
		return rc;
	db_add_int(&params, tenant_id);
	db_add_text(&params, name);
	db_add_text(&params, str_span(role_name(role)));
	db_add_bytes(&params, digest, sizeof(digest));
	db_add_text(&params, (struct span){ ret_token, HINT_LEN });
	db_add_int(&params, lifetime);
	rc = db_get_int(db, &statement, &params, arena, ret_id, diag);
	if (rc == E_NO_ROW)
		return diag_set(diag, rc, "there is no active tenant %lld",
		    (long long)tenant_id);
	return rc;
}

enum err
api_token_list(struct db *db, int64_t tenant_id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag)
{
#define MINUTE(column) "to_char(" column ", 'YYYY-MM-DD\"T\"HH24:MI\"Z\"')"
	static const struct db_statement statement = {
		.name = "api_token_list",
		.sql = "SELECT id, tenant_id, name, role, token_hint, "
		    MINUTE("created_at") ", " MINUTE("expires_at") ", "
		    MINUTE("last_used_at") ", CASE"
		    " WHEN revoked_at IS NOT NULL OR NOT active THEN 'revoked'"
		    " WHEN expires_at <= now() THEN 'expired' ELSE 'valid' END"
		    " FROM api_tokens WHERE $1 = 0 OR tenant_id = $1"
		    " ORDER BY tenant_id, id",
	};
#undef MINUTE
	struct db_params params = { 0 };

	db_add_int(&params, tenant_id);
	return db_run(db, &statement, &params, arena, ret_rows, diag);
}

enum err
api_token_revoke(struct db *db, int64_t id, struct arena *arena,
    int64_t *ret_tenant_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "api_token_revoke",
		.changes = true,
		.sql =
		    "UPDATE api_tokens SET last_updated_at = now(),"
		    " revoked_at = COALESCE(revoked_at, now())"
		    " WHERE id = $1 RETURNING tenant_id",
	};
	struct db_params params = { 0 };
	enum err rc;

	db_add_int(&params, id);
	rc = db_get_int(db, &statement, &params, arena, ret_tenant_id, diag);
	if (rc == E_NO_ROW)
		return diag_set(diag, rc, "there is no token %lld",
		    (long long)id);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "http/hook_auth.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "adapters/crypto/secret.h"
#include "base/clock.h"
#include "models/catalogue/hook_secret.h"

static const enum hook_header signatures[] = {
	[HOOK_OF_GITHUB] = HOOK_SIGNATURE_256,
	[HOOK_OF_JIRA] = HOOK_SIGNATURE,
	[HOOK_OF_GITLAB] = HOOK_GITLAB_TOKEN,
};

enum hook_source
hook_source(const struct req *rq)
{
	for (size_t i = HOOK_OF_GITHUB; i < COUNT(signatures); i++)
		if (rq->hook[signatures[i]].at != NULL)
			return (enum hook_source)i;
	return HOOK_OF_NOBODY;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The digest of "sha256=HEX". */
static bool
read_signature(struct span text, unsigned char ret[DIGEST_SHA256_SIZE])
{
	static const char scheme[] = "sha256=";
	const size_t skip = sizeof(scheme) - 1;

	if (text.len != skip + 2 * DIGEST_SHA256_SIZE ||
	    memcmp(text.at, scheme, skip) != 0)
		return false;
	for (size_t i = 0; i < DIGEST_SHA256_SIZE; i++) {
		int high = digit(text.at[skip + 2 * i]);
		int low = digit(text.at[skip + 2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

enum err
hook_signature_fits(enum hook_source source, struct span signature,
    struct span body, struct span secret, bool *ret_fits, struct diag *diag)
{
	unsigned char given[DIGEST_SHA256_SIZE] = { 0 };
	unsigned char wanted[DIGEST_SHA256_SIZE];
	bool is_formed = false;
	enum err rc = E_OK;

	switch (source) {
	case HOOK_OF_NOBODY:
		break;
	case HOOK_OF_GITHUB:
	case HOOK_OF_JIRA:
		is_formed = read_signature(signature, given);
		rc = digest_hmac_sha256(secret, body, wanted, diag);
		break;
	case HOOK_OF_GITLAB: /* texts of any length, compared as digests */
		is_formed = true;
		rc = digest_sha256(signature, given, diag);
		if (rc == E_OK)
			rc = digest_sha256(secret, wanted, diag);
		break;
	}
	if (rc == E_OK)
		*ret_fits = is_formed && digest_equal(given, wanted);
	return rc;
}

/* Overwrite a secret in the arena, whose bytes are ours. */
static void
wipe(struct span secret)
{
	char *at;

	memcpy(&at, &secret.at, sizeof(at));
	explicit_bzero(at, secret.len);
}

/* Does one of the rows of hook_secret_find() fit? All are tried. */
static enum err
try_secrets(struct req *rq, const struct db_rows *rows, bool *ret_fits)
{
	/* Without a secret one is tried that nobody has. */
	const struct span nobody = { rq->request_id, strlen(rq->request_id) };
	const enum hook_source source = hook_source(rq);
	const struct span signature = source == HOOK_OF_NOBODY ?
	    SPAN_NONE :
	    rq->hook[signatures[source]];
	enum err rc = E_OK;

	*ret_fits = false;
	for (int i = 0; rc == E_OK && i < db_rows_count(rows); i++) {
		struct span sealed = db_text(rows, i, HOOK_OWNER_SECRET);
		struct span secret = nobody;
		bool fits = false;

		if (sealed.at != NULL)
			rc = secret_open(rq->settings->secret_keys_file, sealed,
			    hook_secret_context(
				db_int(rows, i, HOOK_OWNER_TENANT_ID), rq->id,
				rq->arena),
			    rq->arena, &secret, &rq->diag);
		if (rc == E_OK)
			rc = hook_signature_fits(source, signature,
			    request_body(rq), secret, &fits, &rq->diag);
		*ret_fits = *ret_fits || (fits && sealed.at != NULL);
		if (sealed.at != NULL && rc == E_OK)
			wipe(secret);
	}
	if (rc == E_OK && db_rows_count(rows) == 0) {
		bool fits;

		rc = hook_signature_fits(source, signature, request_body(rq),
		    nobody, &fits, &rq->diag);
	}
	return rc;
}

/* Strangers learn nothing of what there is. */
static enum err
refuse(struct req *rq)
{
	return diag_tell(&rq->diag, E_UNKNOWN_CALLER,
	    "The signature is missing or not valid: give the source the secret"
	    " of this integration");
}

/*
 * A hook's time is short, and what it has waited for us is of it. The database
 * gets all but what the broker may need.
 */
static void
limit_time(struct req *rq)
{
	int64_t left = HOOK_ANSWER_MS - rq->waited_ms;

	if (left < HOOK_LEAST_MS)
		left = HOOK_LEAST_MS;
	rq->ends = clock_ms() + left;
	db_answer_by(rq->db, rq->ends - HOOK_QUEUE_MS);
}

enum err
hook_auth_check(struct req *rq)
{
	struct db_rows *rows;
	bool fits;
	enum err rc;

	limit_time(rq);
	if (hook_source(rq) == HOOK_OF_NOBODY)
		return refuse(rq);
	if (rq->content_encoding.at != NULL)
		return diag_tell(&rq->diag, E_MEDIA,
		    "A webhook is taken as it was signed: send it without"
		    " Content-Encoding");
	rc = request_read_payload(rq, HOOK_BODY_MAX);
	if (rc != E_OK)
		return rc;
	/* Whose it is will be known afterwards. */
	db_tenant(rq->db, DB_EVERY_TENANT);
	rc = hook_secret_find(rq->db, rq->id, rq->arena, &rows, &rq->diag);
	db_tenant(rq->db, DB_NO_TENANT);
	if (rc == E_OK)
		rc = try_secrets(rq, rows, &fits);
	if (rc != E_OK)
		return rc;
	if (!fits)
		return refuse(rq);
	rq->who.tenant_id = db_int(rows, 0, HOOK_OWNER_TENANT_ID);
	rq->who.has_quota = db_bool(rows, 0, HOOK_OWNER_HAS_QUOTA);
	rq->who.role = ROLE_SIGNED;
	(void)snprintf(rq->who.name, sizeof(rq->who.name), "hook:%" PRId64,
	    rq->id);
	return E_OK;
}

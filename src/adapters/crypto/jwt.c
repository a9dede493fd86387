/* SPDX-License-Identifier: MIT */
#include "adapters/crypto/jwt.h"

#ifdef HAVE_CJOSE

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <cjose/cjose.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "json/json_scan.h"

#define HS256_MIN_BYTES 32
#define RS256_MIN_BITS 2048

struct jwt_key {
	const char *algorithm; /* a literal */
	cjose_jwk_t *jwk;
};

/* A number of a public key, big-endian; NULL without it. */
static unsigned char *
number_of(const EVP_PKEY *key, const char *name, size_t *ret_len)
{
	BIGNUM *number = NULL;
	unsigned char *bytes = NULL;

	if (EVP_PKEY_get_bn_param(key, name, &number) == 1) {
		*ret_len = (size_t)BN_num_bytes(number);
		bytes = malloc(*ret_len + 1);
		if (bytes != NULL)
			(void)BN_bn2bin(number, bytes);
	}
	BN_free(number);
	return bytes;
}

static cjose_jwk_t *
rsa_key(struct span text)
{
	BIO *bio = BIO_new_mem_buf(text.at, (int)text.len);
	EVP_PKEY *key = bio == NULL ?
	    NULL :
	    PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	cjose_jwk_rsa_keyspec spec;
	cjose_jwk_t *jwk = NULL;
	cjose_err error;

	memset(&spec, 0, sizeof(spec));
	if (key != NULL && EVP_PKEY_is_a(key, "RSA") == 1 &&
	    EVP_PKEY_get_bits(key) >= RS256_MIN_BITS) {
		spec.n = number_of(key, OSSL_PKEY_PARAM_RSA_N, &spec.nlen);
		spec.e = number_of(key, OSSL_PKEY_PARAM_RSA_E, &spec.elen);
		if (spec.n != NULL && spec.e != NULL)
			jwk = cjose_jwk_create_RSA_spec(&spec, &error);
	}
	free(spec.n);
	free(spec.e);
	EVP_PKEY_free(key);
	BIO_free(bio);
	return jwk;
}

/* A key with a passphrase is none: nobody is there to ask for it. */
static int
no_passphrase(char *text, int size, int writes, void *context)
{
	(void)text;
	(void)size;
	(void)writes;
	(void)context;
	return 0;
}

/* An RSA private key as cjose takes it; NULL: it is none, or a short one. */
static cjose_jwk_t *
private_key(struct span text)
{
	BIO *bio = BIO_new_mem_buf(text.at, (int)text.len);
	EVP_PKEY *key = bio == NULL ?
	    NULL :
	    PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL);
	cjose_jwk_rsa_keyspec spec;
	struct {
		const char *name;
		unsigned char **number;
		size_t *len;
	} numbers[] = {
		{ OSSL_PKEY_PARAM_RSA_N, &spec.n, &spec.nlen },
		{ OSSL_PKEY_PARAM_RSA_E, &spec.e, &spec.elen },
		{ OSSL_PKEY_PARAM_RSA_D, &spec.d, &spec.dlen },
		{ OSSL_PKEY_PARAM_RSA_FACTOR1, &spec.p, &spec.plen },
		{ OSSL_PKEY_PARAM_RSA_FACTOR2, &spec.q, &spec.qlen },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT1, &spec.dp, &spec.dplen },
		{ OSSL_PKEY_PARAM_RSA_EXPONENT2, &spec.dq, &spec.dqlen },
		{ OSSL_PKEY_PARAM_RSA_COEFFICIENT1, &spec.qi, &spec.qilen },
	};
	cjose_jwk_t *jwk = NULL;
	cjose_err error;
	bool is_whole = key != NULL && EVP_PKEY_is_a(key, "RSA") == 1 &&
	    EVP_PKEY_get_bits(key) >= RS256_MIN_BITS;

	memset(&spec, 0, sizeof(spec));
	for (size_t i = 0; is_whole && i < COUNT(numbers); i++) {
		*numbers[i].number = number_of(key, numbers[i].name,
		    numbers[i].len);
		is_whole = *numbers[i].number != NULL;
	}
	if (is_whole)
		jwk = cjose_jwk_create_RSA_spec(&spec, &error);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		if (*numbers[i].number != NULL)
			OPENSSL_cleanse(*numbers[i].number, *numbers[i].len);
		free(*numbers[i].number);
	}
	EVP_PKEY_free(key);
	BIO_free(bio);
	return jwk;
}

/* The compact form of what was signed. Gives: false when there is none. */
static bool
sign(cjose_jwk_t *jwk, struct span claims, struct arena *arena,
    struct span *ret_token)
{
	cjose_header_t *header = cjose_header_new(NULL);
	cjose_jws_t *jws = NULL;
	const char *compact;
	bool signed_it = header != NULL &&
	    cjose_header_set(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_RS256,
		NULL) &&
	    cjose_header_set(header, "typ", "JWT", NULL);

	if (signed_it)
		jws = cjose_jws_sign(jwk, header, (const uint8_t *)claims.at,
		    claims.len, NULL);
	signed_it = jws != NULL && cjose_jws_export(jws, &compact, NULL);
	if (signed_it)
		*ret_token = arena_span(arena, str_span(compact));
	cjose_jws_release(jws);
	cjose_header_release(header);
	return signed_it;
}

enum err
jwt_sign(struct span key, struct span claims, struct arena *arena,
    struct span *ret_token, struct diag *diag)
{
	cjose_jwk_t *jwk = key.len > INT_MAX ? NULL : private_key(key);
	struct span token = SPAN_NONE;
	bool is_signed;

	if (jwk == NULL)
		return diag_set(diag, E_INVALID,
		    "the key must be an RSA private key of at least 2048 bits"
		    " in PEM form (BEGIN RSA PRIVATE KEY, or BEGIN PRIVATE"
		    " KEY), without a passphrase");
	is_signed = sign(jwk, claims, arena, &token);
	cjose_jwk_release(jwk);
	if (!is_signed)
		return diag_set(diag, E_SYSTEM, "a token cannot be signed");
	*ret_token = token;
	return arena_done(arena, diag);
}

enum err
jwt_key_new(const char *algorithm, struct span text, struct jwt_key **ret_key,
    struct diag *diag)
{
	bool shared = strcmp(algorithm, "HS256") == 0;
	struct jwt_key *key;
	cjose_err error;

	if (shared && text.len < HS256_MIN_BYTES)
		return diag_set(diag, E_SETTING,
		    "the shared secret for HS256"
		    " has %zu bytes; it needs %d at least",
		    text.len, HS256_MIN_BYTES);
	key = calloc(1, sizeof(*key));
	if (key == NULL)
		return diag_set(diag, E_NO_MEMORY, "a key");
	key->algorithm = shared ? "HS256" : "RS256";
	key->jwk = shared ?
	    cjose_jwk_create_oct_spec((const uint8_t *)text.at, text.len,
		&error) :
	    rsa_key(text);
	if (key->jwk == NULL) {
		free(key);
		return diag_set(diag, E_SETTING,
		    shared ?
			"the shared secret for HS256 is not taken" :
			"the key for RS256 must be an RSA public key of at least"
			" 2048 bits in PEM form (BEGIN PUBLIC KEY)");
	}
	*ret_key = key;
	return E_OK;
}

void
jwt_key_free(struct jwt_key *key)
{
	if (key == NULL)
		return;
	cjose_jwk_release(key->jwk);
	free(key);
}

static enum err
refuse(struct diag *diag, const char *why)
{
	return diag_set(diag, E_UNKNOWN_CALLER, "JWT: %s", why);
}

/* What six bits a letter stands for (RFC 4648, section 5); -1: none. */
static int
base64url(char letter)
{
	static const char letters[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	const char *found = letter == '\0' ? NULL : strchr(letters, letter);

	return found == NULL ? -1 : (int)(found - letters);
}

static bool
is_base64url(struct span part)
{
	for (size_t i = 0; i < part.len; i++)
		if (base64url(part.at[i]) < 0)
			return false;
	return part.len > 0 && part.len % 4 != 1;
}

/*
 * The compact form (RFC 7515, section 7.1): three parts, none of them empty.
 * libcjose must not see another one: it ends the process on some.
 */
static bool
is_compact(struct span token, struct span *ret_header)
{
	struct span rest = token;
	struct span header = span_cut(&rest, '.');
	struct span claims = span_cut(&rest, '.');

	*ret_header = header;
	return is_base64url(header) && is_base64url(claims) &&
	    rest.at != NULL && is_base64url(rest);
}

/* Gives: the bytes, terminated. In place: they are fewer than the letters. */
static struct span
decode(struct span part, struct arena *arena)
{
	char *bytes = arena_text(arena, part);
	unsigned bits = 0, count = 0;
	size_t len = 0;

	for (const char *at = bytes; *at != '\0'; at++) {
		bits = bits << 6 | (unsigned)base64url(*at);
		count += 6;
		if (count >= 8) {
			count -= 8;
			bytes[len++] = (char)(bits >> count & 0xff);
		}
	}
	bytes[len] = '\0';
	return (struct span){ bytes, len };
}

/* Check the header: our algorithm, and no "crit" extension. */
static enum err
check_header(const struct jwt_key *key, struct span part, struct arena *arena,
    struct diag *diag)
{
	struct json_member found[] = { { .name = "alg" }, { .name = "crit" } };
	struct span header = decode(part, arena);
	struct json_refusal refusal;
	struct span algorithm;
	enum err rc = arena_done(arena, diag);

	if (rc != E_OK)
		return rc;
	if (!json_scan_object(header, &json_limits_default, found, COUNT(found),
		&refusal))
		return refuse(diag, "its header is no JSON object");
	algorithm = found[0].value;
	if (found[0].kind != JSON_STRING || algorithm.len < 2)
		return refuse(diag, "it names no algorithm");
	algorithm = (struct span){ algorithm.at + 1, algorithm.len - 2 };
	if (!span_is(algorithm, key->algorithm))
		return refuse(diag,
		    "its algorithm is not the one of the"
		    " settings");
	/* Whatever its kind: RFC 7515, section 4.1.11. */
	if (found[1].kind != JSON_ABSENT)
		return refuse(diag, "it has critical extensions");
	return E_OK;
}

static void
release(void *jws)
{
	cjose_jws_release(jws);
}

enum err
jwt_verify(const struct jwt_key *key, struct span token, struct arena *arena,
    struct span *ret_claims, struct diag *diag)
{
	struct span header, text;
	uint8_t *claims;
	cjose_jws_t *jws;
	cjose_err error;
	size_t len;
	enum err rc;

	if (token.len == 0 || token.len > JWT_MAX_BYTES)
		return refuse(diag, "it is too long");
	if (!is_compact(token, &header))
		return refuse(diag, "it is not a JSON Web Token");
	rc = check_header(key, header, arena, diag);
	if (rc != E_OK)
		return rc;
	jws = cjose_jws_import(token.at, token.len, &error);
	if (jws == NULL)
		return refuse(diag, "it is not a JSON Web Token");
	if (!arena_defer(arena, release, jws))
		return arena_done(arena, diag);
	if (!cjose_jws_verify(jws, key->jwk, &error))
		return refuse(diag, "its signature is wrong");
	if (!cjose_jws_get_plaintext(jws, &claims, &len, &error))
		return refuse(diag, "it has no claims");
	text = arena_span(arena, (struct span){ (const char *)claims, len });
	rc = arena_done(arena, diag);
	if (rc == E_OK)
		*ret_claims = text;
	return rc;
}

#else /* no cjose: the settings cannot ask for JWT */

enum err
jwt_key_new(const char *algorithm, struct span text, struct jwt_key **ret_key,
    struct diag *diag)
{
	(void)text;
	(void)ret_key;
	return diag_set(diag, E_SETTING,
	    "jwt_algorithm = %s: this build has no"
	    " JWT; configure it with cjose",
	    algorithm);
}

void
jwt_key_free(struct jwt_key *key)
{
	(void)key;
}

enum err
jwt_verify(const struct jwt_key *key, struct span token, struct arena *arena,
    struct span *ret_claims, struct diag *diag)
{
	(void)key;
	(void)token;
	(void)arena;
	(void)ret_claims;
	return diag_set(diag, E_UNKNOWN_CALLER, "JWT: this build has none");
}

enum err
jwt_sign(struct span key, struct span claims, struct arena *arena,
    struct span *ret_token, struct diag *diag)
{
	(void)key;
	(void)claims;
	(void)arena;
	(void)ret_token;
	return diag_set(diag, E_SYSTEM,
	    "keys of apps need a build with cjose (JSON Web Tokens)");
}

#endif

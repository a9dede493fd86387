/* SPDX-License-Identifier: MIT */
#include "adapters/crypto/digest.h"

#include <limits.h>
#include <stdlib.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

/*
 * Fetched once and used again and again: to look the algorithm up and make a
 * context takes longer than the digest of a token.
 */
static EVP_MD *sha256;
static EVP_MD_CTX *context;

static bool
is_ready(void)
{
	if (sha256 == NULL)
		sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (context == NULL)
		context = EVP_MD_CTX_new();
	return sha256 != NULL && context != NULL;
}

enum err
digest_sha256(struct span bytes, unsigned char ret_digest[DIGEST_SHA256_SIZE],
    struct diag *diag)
{
	if (!is_ready() || EVP_DigestInit_ex(context, sha256, NULL) != 1 ||
	    EVP_DigestUpdate(context, bytes.at, bytes.len) != 1 ||
	    EVP_DigestFinal_ex(context, ret_digest, NULL) != 1)
		return diag_set(diag, E_SYSTEM, "SHA-256 is not available");
	return E_OK;
}

enum err
digest_hmac_sha256(struct span key, struct span bytes,
    unsigned char ret_digest[DIGEST_SHA256_SIZE], struct diag *diag)
{
	unsigned int size = DIGEST_SHA256_SIZE;

	if (!is_ready() || key.len > INT_MAX ||
	    HMAC(sha256, key.at, (int)key.len, (const unsigned char *)bytes.at,
		bytes.len, ret_digest, &size) == NULL)
		return diag_set(diag, E_SYSTEM,
		    "HMAC-SHA-256 is not available");
	return E_OK;
}

bool
digest_equal(const unsigned char a[DIGEST_SHA256_SIZE],
    const unsigned char b[DIGEST_SHA256_SIZE])
{
	return CRYPTO_memcmp(a, b, DIGEST_SHA256_SIZE) == 0;
}

struct digest {
	EVP_MD_CTX *context;
};

static enum err
no_digest(struct diag *diag)
{
	return diag_set(diag, E_SYSTEM, "SHA-256 is not available");
}

struct digest *
digest_new(void)
{
	struct digest *digest = is_ready() ? calloc(1, sizeof(*digest)) : NULL;

	if (digest == NULL)
		return NULL;
	digest->context = EVP_MD_CTX_new();
	if (digest->context != NULL &&
	    EVP_DigestInit_ex(digest->context, sha256, NULL) == 1)
		return digest;
	digest_free(digest);
	return NULL;
}

void
digest_free(struct digest *digest)
{
	if (digest == NULL)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

enum err
digest_add(struct digest *digest, struct span bytes, struct diag *diag)
{
	return EVP_DigestUpdate(digest->context, bytes.at, bytes.len) == 1 ?
	    E_OK :
	    no_digest(diag);
}

enum err
digest_end(struct digest *digest, unsigned char ret_digest[DIGEST_SHA256_SIZE],
    struct diag *diag)
{
	if (EVP_DigestFinal_ex(digest->context, ret_digest, NULL) != 1 ||
	    EVP_DigestInit_ex(digest->context, sha256, NULL) != 1)
		return no_digest(diag);
	return E_OK;
}

void
digest_hex(const unsigned char digest[DIGEST_SHA256_SIZE],
    char ret_hex[DIGEST_HEX_SIZE])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < DIGEST_SHA256_SIZE; i++) {
		ret_hex[2 * i] = digits[digest[i] >> 4];
		ret_hex[2 * i + 1] = digits[digest[i] & 15];
	}
	ret_hex[DIGEST_HEX_SIZE - 1] = '\0';
}

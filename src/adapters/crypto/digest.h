/* SPDX-License-Identifier: MIT */
/*
 * Hashes, by OpenSSL.
 */
#ifndef ADAPTERS_CRYPTO_DIGEST_H
#define ADAPTERS_CRYPTO_DIGEST_H

#include <stdbool.h>

#include "base/diag.h"
#include "base/str.h"

#define DIGEST_SHA256_SIZE 32

/* SHA-256 (FIPS 180-4) of some bytes. Fails: E_SYSTEM. */
enum err digest_sha256(struct span bytes,
    unsigned char ret_digest[DIGEST_SHA256_SIZE], struct diag *diag) MUST_CHECK;

/*
 * The same of bytes that come in pieces. Owns: you digest_free(); NULL is fine.
 * Gives: NULL without memory.
 */
struct digest;
struct digest *digest_new(void) MUST_CHECK;
void digest_free(struct digest *digest);
enum err digest_add(struct digest *digest, struct span bytes, struct diag *diag)
    MUST_CHECK;
/* That was all; from here on it is one of no bytes again. */
enum err digest_end(struct digest *digest,
    unsigned char ret_digest[DIGEST_SHA256_SIZE], struct diag *diag) MUST_CHECK;

/* As hexadecimal digits, terminated. */
#define DIGEST_HEX_SIZE (2 * DIGEST_SHA256_SIZE + 1)
void digest_hex(const unsigned char digest[DIGEST_SHA256_SIZE],
    char ret_hex[DIGEST_HEX_SIZE]);

/*
 * HMAC (RFC 2104) with SHA-256 of some bytes. The key is a secret of any length.
 * Fails: E_SYSTEM.
 */
enum err digest_hmac_sha256(struct span key, struct span bytes,
    unsigned char ret_digest[DIGEST_SHA256_SIZE], struct diag *diag) MUST_CHECK;

/* Are two digests the same? Takes as long for any two. */
bool digest_equal(const unsigned char a[DIGEST_SHA256_SIZE],
    const unsigned char b[DIGEST_SHA256_SIZE]);

#endif

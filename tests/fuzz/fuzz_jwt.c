/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a JSON Web Token; and, where the first line is a JSON object,
 * that as the header and the rest as the claims of a token that is signed with
 * the right key. Nothing may end the process, and what is taken says in its
 * header what the settings say.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/jwt.h"
#include "http/auth_jwt.h"

#include "fuzz.h"

#ifdef HAVE_CJOSE

#include <openssl/evp.h>
#include <openssl/hmac.h>

#define KEY "0123456789abcdef0123456789abcdef"
#define NOW 1700000000

static void
add_base64url(struct buf *out, struct span bytes)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-_";
	unsigned bits = 0, count = 0;

	for (size_t i = 0; i < bytes.len; i++) {
		bits = bits << 8 | (unsigned char)bytes.at[i];
		for (count += 8; count >= 6; count -= 6)
			buf_add_char(out, letters[bits >> (count - 6) & 63]);
	}
	if (count > 0)
		buf_add_char(out, letters[bits << (6 - count) & 63]);
}

static void
add_signed(struct buf *out, struct span header, struct span claims)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	add_base64url(out, header);
	buf_add_char(out, '.');
	add_base64url(out, claims);
	must(buf_done(out) == E_OK);
	must(HMAC(EVP_sha256(), KEY, sizeof(KEY) - 1,
	    (const unsigned char *)out->data, out->len, digest, &len) != NULL);
	buf_add_char(out, '.');
	add_base64url(out, (struct span){ (const char *)digest, len });
}

static bool
look(const struct jwt_key *key, struct span token, struct arena *arena)
{
	char us[] = "us", here[] = "here";
	const struct http_settings settings = { .jwt_issuer = us,
		.jwt_audience = here };
	struct span claims;
	int64_t seconds;
	struct diag diag;
	struct who who;

	diag_clear(&diag);
	if (jwt_verify(key, token, arena, &claims, &diag) != E_OK)
		return false;
	must(claims.at[claims.len] == '\0');
	if (auth_jwt_read(claims, &settings, NOW, arena, &who, &seconds,
	    &diag) == E_OK)
		must(who.tenant_id > 0 && seconds > 0);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jwt_key *key;
	static struct arena *arena;
	struct span rest = { (const char *)data, size };
	struct span token = rest, header;
	struct diag diag;
	struct buf text;

	diag_clear(&diag);
	if (key == NULL) {
		arena = arena_new(1 << 22);
		must(arena != NULL && jwt_key_new("HS256", str_span(KEY), &key,
		    &diag) == E_OK);
	}
	buf_init(&text, 1 << 20);
	buf_add_span(&text, token);
	must(buf_done(&text) == E_OK);
	(void)look(key, buf_span(&text), arena);
	header = span_cut(&rest, '\n');
	if (header.len > 1 && header.at[0] == '{' && rest.at != NULL) {
		buf_reset(&text, SIZE_MAX);
		add_signed(&text, header, rest);
		must(buf_done(&text) == E_OK);
		if (look(key, buf_span(&text), arena))
			must(memmem(header.at, header.len, "\"HS256\"", 7) !=
			    NULL);
	}
	buf_free(&text);
	arena_reset(arena);
	return 0;
}
#else
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	return 0;
}
#endif

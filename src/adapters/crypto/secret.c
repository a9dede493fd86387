/* SPDX-License-Identifier: MIT */
#include "adapters/crypto/secret.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include "base/file.h"

#define KEY_BYTES 32
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define KEY_ID_MAX 32
#define SECRET_MAX 65536
/* Of bytes in base64. */
#define BASE64_CHARS(bytes) (((bytes) + 2) / 3 * 4)

struct key {
	char id[KEY_ID_MAX + 1];
	unsigned char bytes[KEY_BYTES];
};

/*
 * Decode base64, of which only the one spelling that encoding gives is taken;
 * room: three bytes for each four characters.
 */
static bool
decode(struct span text, unsigned char *room, size_t *ret_len)
{
	unsigned char again[5];
	int len;

	if (text.len == 0 || text.len % 4 != 0 || text.len > 2 * SECRET_MAX)
		return false;
	len = EVP_DecodeBlock(room, (const unsigned char *)text.at,
	    (int)text.len);
	if (len < 0)
		return false;
	/* It counts the padding as bytes. */
	for (size_t i = 1; i <= 2; i++)
		if (text.at[text.len - i] == '=')
			len--;
	for (int i = 0; i < len; i += 3) {
		(void)EVP_EncodeBlock(again, room + i,
		    len - i < 3 ? len - i : 3);
		if (memcmp(again, text.at + i / 3 * 4, 4) != 0)
			return false;
	}
	*ret_len = (size_t)len;
	return true;
}

/* Take a line `id:key`; false when it is none. */
static bool
read_key(struct span line, struct key *ret_key)
{
	unsigned char bytes[BASE64_CHARS(KEY_BYTES)];
	struct span text = span_trim(line);
	struct span id = span_cut(&text, ':');
	size_t len;
	bool fine;

	if (id.len == 0 || id.len > KEY_ID_MAX ||
	    text.len != BASE64_CHARS(KEY_BYTES))
		return false;
	fine = decode(text, bytes, &len) && len == KEY_BYTES;
	if (fine) {
		memcpy(ret_key->id, id.at, id.len);
		ret_key->id[id.len] = '\0';
		memcpy(ret_key->bytes, bytes, KEY_BYTES);
	}
	OPENSSL_cleanse(bytes, sizeof(bytes));
	return fine;
}

enum err
secret_check(const char *keys_file, struct diag *diag)
{
	if (keys_file[0] == '\0' || file_is_private(keys_file))
		return E_OK;
	return diag_set(diag, E_SETTING,
	    "secret_keys_file: everybody can read"
	    " %s: chmod 0640 %s",
	    keys_file, keys_file);
}

enum err
secret_new_key(const char *id, struct arena *arena, struct span *ret_line,
    struct diag *diag)
{
	unsigned char bytes[KEY_BYTES], text[BASE64_CHARS(KEY_BYTES) + 1];

	if (RAND_bytes(bytes, sizeof(bytes)) != 1)
		return diag_set(diag, E_SYSTEM, "there are no random bytes");
	(void)EVP_EncodeBlock(text, bytes, sizeof(bytes));
	*ret_line = str_span(arena_printf(arena, "%s:%s\n", id,
	    (const char *)text));
	OPENSSL_cleanse(bytes, sizeof(bytes));
	OPENSSL_cleanse(text, sizeof(text));
	return arena_done(arena, diag);
}

/* Find a key by its id, or (SPAN_NONE) the first. */
static enum err
find_key(const char *keys_file, struct span id, struct key *ret_key,
    struct diag *diag)
{
	char line[256];
	FILE *file;
	bool found = false;

	if (keys_file == NULL || keys_file[0] == '\0')
		return diag_tell(diag, E_NO_KEY,
		    "This service has no key to"
		    " encrypt secrets with: its operator sets"
		    " secret_keys_file");
	file = fopen(keys_file, "re");
	if (file == NULL)
		return diag_set(diag, E_NO_KEY, "cannot read %s: %s", keys_file,
		    strerror(errno));
	if (!file_is_private(keys_file)) {
		(void)fclose(file);
		return diag_set(diag, E_NO_KEY,
		    "everybody can read %s: chmod"
		    " 0640 %s",
		    keys_file, keys_file);
	}
	while (!found && fgets(line, (int)sizeof(line), file) != NULL) {
		struct span text = { line, strcspn(line, "\r\n") };

		if (text.len == 0 || text.at[0] == '#')
			continue;
		if (!read_key(text, ret_key))
			break;
		found = id.at == NULL || span_is(id, ret_key->id);
	}
	(void)fclose(file);
	OPENSSL_cleanse(line, sizeof(line));
	if (!found)
		return diag_set(diag, E_NO_KEY,
		    "%s holds no such key: lines"
		    " are id:key, the key 32 bytes in base64",
		    keys_file);
	return E_OK;
}

/* bytes: room for nonce, ciphertext and tag, in this order. */
static bool
encrypt(const struct key *key, struct span plain, struct span context,
    unsigned char *bytes)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	unsigned char *body = bytes + NONCE_BYTES;
	int len, end;
	bool done;

	done = cipher != NULL && RAND_bytes(bytes, NONCE_BYTES) == 1 &&
	    EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes,
		bytes) == 1 &&
	    EVP_EncryptUpdate(cipher, NULL, &len,
		(const unsigned char *)context.at, (int)context.len) == 1 &&
	    EVP_EncryptUpdate(cipher, body, &len,
		(const unsigned char *)plain.at, (int)plain.len) == 1 &&
	    EVP_EncryptFinal_ex(cipher, body + len, &end) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, TAG_BYTES,
		body + plain.len) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return done;
}

/* plain: room for what is between nonce and tag. */
static bool
decrypt(const struct key *key, unsigned char *bytes, size_t len,
    struct span context, unsigned char *plain)
{
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	size_t body = len - NONCE_BYTES - TAG_BYTES;
	int part, end;
	bool done;

	done = cipher != NULL &&
	    EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, key->bytes,
		bytes) == 1 &&
	    EVP_DecryptUpdate(cipher, NULL, &part,
		(const unsigned char *)context.at, (int)context.len) == 1 &&
	    EVP_DecryptUpdate(cipher, plain, &part, bytes + NONCE_BYTES,
		(int)body) == 1 &&
	    EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, TAG_BYTES,
		bytes + NONCE_BYTES + body) == 1 &&
	    EVP_DecryptFinal_ex(cipher, plain + part, &end) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return done;
}

enum err
secret_seal(const char *keys_file, struct span plain, struct span context,
    struct arena *arena, struct span *ret_text, struct diag *diag)
{
	size_t len = NONCE_BYTES + plain.len + TAG_BYTES;
	unsigned char *bytes, *text;
	struct key key;
	size_t head;
	bool done;
	enum err rc;

	if (plain.len > SECRET_MAX)
		return diag_tell(diag, E_TOO_LARGE, "The secret is too long");
	bytes = arena_ask(arena, len);
	text = arena_ask(arena,
	    strlen("v1::") + KEY_ID_MAX + BASE64_CHARS(len) + 1);
	if (bytes == NULL || text == NULL)
		return arena_done(arena, diag);
	rc = find_key(keys_file, SPAN_NONE, &key, diag);
	if (rc != E_OK)
		return rc;
	head = strlen("v1::") + strlen(key.id);
	done = encrypt(&key, plain, context, bytes);
	if (done) {
		(void)snprintf((char *)text, head + 1, "v1:%s:", key.id);
		(void)EVP_EncodeBlock(text + head, bytes, (int)len);
		*ret_text = str_span((char *)text);
	}
	OPENSSL_cleanse(&key, sizeof(key));
	return done ?
	    E_OK :
	    diag_set(diag, E_SYSTEM, "AES-256-GCM is not available");
}

enum err
secret_open(const char *keys_file, struct span text, struct span context,
    struct arena *arena, struct span *ret_plain, struct diag *diag)
{
	struct span version = span_cut(&text, ':');
	struct span id = span_cut(&text, ':');
	unsigned char *bytes, *plain;
	struct key key;
	size_t len;
	bool done;
	enum err rc;

	if (!span_is(version, "v1") || id.at == NULL || text.at == NULL)
		return diag_set(diag, E_CONFLICT, "the secret is not sealed");
	bytes = arena_ask(arena, text.len + 1);
	plain = arena_ask(arena, text.len + 1);
	if (bytes == NULL || plain == NULL)
		return arena_done(arena, diag);
	rc = find_key(keys_file, id, &key, diag);
	if (rc != E_OK)
		return rc;
	done = decode(text, bytes, &len) && len >= NONCE_BYTES + TAG_BYTES &&
	    decrypt(&key, bytes, len, context, plain);
	OPENSSL_cleanse(&key, sizeof(key));
	if (!done)
		return diag_set(diag, E_CONFLICT,
		    "the secret was changed, or"
		    " belongs to something else");
	*ret_plain = (struct span){ (char *)plain,
		len - NONCE_BYTES - TAG_BYTES };
	return E_OK;
}

enum err
secret_reseal(const char *keys_file, struct span text, struct span context,
    struct arena *arena, struct span *ret_text, struct diag *diag)
{
	struct span rest = text, plain = text;
	struct span version = span_cut(&rest, ':');
	struct span id = span_cut(&rest, ':');
	struct key key;
	bool current;
	enum err rc;

	rc = find_key(keys_file, SPAN_NONE, &key, diag);
	if (rc != E_OK)
		return rc;
	current = span_is(id, key.id);
	OPENSSL_cleanse(&key, sizeof(key));
	if (span_is(version, "v1") && rest.at != NULL) {
		rc = secret_open(keys_file, text, context, arena, &plain, diag);
		if (rc != E_OK)
			return rc;
		if (current) {
			*ret_text = SPAN_NONE;
			return E_OK;
		}
	}
	return secret_seal(keys_file, plain, context, arena, ret_text, diag);
}

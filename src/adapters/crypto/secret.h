/* SPDX-License-Identifier: MIT */
/*
 * Secrets that other services gave us, such as an integration's password: kept
 * encrypted (AES-256-GCM) and opened only where they are used. Not for
 * passwords of people, which are hashed.
 *
 * The keys are lines `id:key` of a file, the key 32 bytes in base64; the first
 * encrypts, all decrypt. The file is read at each use, so that a key can be
 * added without a restart.
 */
#ifndef ADAPTERS_CRYPTO_SECRET_H
#define ADAPTERS_CRYPTO_SECRET_H

#include "base/arena.h"
#include "base/diag.h"

/*
 * May this file be the keys' as far as its mode goes? An empty name, and a file
 * that is not there, may.
 * Fails: E_SETTING when everybody can read it.
 */
enum err secret_check(const char *keys_file, struct diag *diag) MUST_CHECK;

/*
 * Make a key: a line for a file of keys, `id:BASE64`, with its end.
 * Lives: in the arena. Fails: E_SYSTEM: there are no random bytes.
 */
enum err secret_new_key(const char *id, struct arena *arena,
    struct span *ret_line, struct diag *diag) MUST_CHECK;

/*
 * Encrypt a secret.
 *
 * Needs: context, what the secret belongs to: only with the same one it is
 *        opened again, so that it cannot be moved to another row.
 * Gives: *ret_text, `v1:KEY ID:BASE64` of nonce, ciphertext and tag; it lives
 *        in the arena.
 * Fails: E_NO_KEY when keys_file is empty, missing or holds no key;
 *        E_NO_MEMORY, also when the arena, where the context may have been
 *        made, had failed before.
 */
enum err secret_seal(const char *keys_file, struct span plain,
    struct span context, struct arena *arena, struct span *ret_text,
    struct diag *diag) MUST_CHECK;

/*
 * Decrypt what secret_seal() made.
 *
 * Gives: *ret_plain, terminated as well; it lives in the arena.
 * Fails: E_NO_KEY without its key; E_CONFLICT when it was changed or belongs
 *        to another context.
 */
enum err secret_open(const char *keys_file, struct span text,
    struct span context, struct arena *arena, struct span *ret_plain,
    struct diag *diag) MUST_CHECK;

/*
 * Encrypt a secret anew when its key is not the first one; a text that is not
 * sealed yet is sealed.
 *
 * Gives: *ret_text as secret_seal(); SPAN_NONE when nothing is to be done.
 * Fails: as secret_open() and secret_seal().
 */
enum err secret_reseal(const char *keys_file, struct span text,
    struct span context, struct arena *arena, struct span *ret_text,
    struct diag *diag) MUST_CHECK;

#endif

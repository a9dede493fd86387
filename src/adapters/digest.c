#include "adapters/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

enum err
digest_sha256(struct span bytes, unsigned char ret_digest[DIGEST_SHA256_SIZE],
    struct diag *diag)
{
	if (EVP_Digest(bytes.at, bytes.len, ret_digest, NULL, EVP_sha256(),
	    NULL) != 1)
		return diag_set(diag, E_SYSTEM, "SHA-256 is not available");
	return E_OK;
}

bool
digest_equal(const unsigned char a[DIGEST_SHA256_SIZE],
    const unsigned char b[DIGEST_SHA256_SIZE])
{
	return CRYPTO_memcmp(a, b, DIGEST_SHA256_SIZE) == 0;
}

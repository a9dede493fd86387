#include "adapters/digest.h"

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

/* SPDX-License-Identifier: MIT */
#include "http/quota.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/arena.h"
#include "models/tenant/tenant.h"

/* What is left of one of them, in words. */
struct words {
	char text[24];
};

static struct words
words_of(int64_t left)
{
	struct words words = { "any number of" };

	if (left >= 0)
		(void)snprintf(words.text, sizeof(words.text), "%" PRId64,
		    left);
	return words;
}

enum err
quota_take(struct req *rq, size_t batches, size_t bytes)
{
	struct tenant_quota quota = { 0 };
	enum err rc;

	if (!rq->who.has_quota || (batches == 0 && bytes == 0))
		return E_OK;
	rc = tenant_usage_take(rq->db, rq->who.tenant_id, (int64_t)batches,
	    (int64_t)bytes, rq->arena, &quota, &rq->diag);
	if (rc != E_QUOTA)
		return rc;
	rq->retry_after = quota.renewed_in;
	return diag_tell(&rq->diag, E_QUOTA,
	    "The tenant's daily quota is used"
	    " up: %s batches and %s bytes remain until 00:00 UTC",
	    words_of(quota.batches_left).text, words_of(quota.bytes_left).text);
}

void
quota_give_back(struct req *rq, size_t batches, size_t bytes)
{
	if (rq->who.has_quota && (batches > 0 || bytes > 0))
		tenant_usage_give_back(rq->db, rq->who.tenant_id,
		    (int64_t)batches, (int64_t)bytes, rq->arena);
}

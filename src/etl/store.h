/* SPDX-License-Identifier: MIT */
/*
 * A store, in the parts that one request and a group of them share
 * (raw_data.c, store_group.c).
 */
#ifndef ETL_STORE_H
#define ETL_STORE_H

#include "http/response.h"
#include "models/batch/raw_batch_group.h"

/* One with a body of more goes alone; so many bytes go together at most. */
#define STORE_SMALL_BYTES 200000
#define STORE_GROUP_BYTES 1000000

struct store {
	struct raw_batch batch;
	size_t bytes; /* that are kept */
};

/*
 * Read what the request has.
 * Fails: as fields_read(); the client is told why.
 */
enum err store_read(struct req *rq, struct store *store) MUST_CHECK;

/* Insert, publish, answer: one of them. */
enum err store_one(struct req *rq, struct resp *rp, const struct store *store)
    MUST_CHECK;

/*
 * The job of a batch that is stored. Needs: the batch is to be queued.
 */
struct job;
struct job store_job(const struct req *rq, const struct raw_batch *batch,
    int64_t raw_data_id);

/* Answer a batch that is stored. */
void store_answer(struct req *rq, struct resp *rp,
    const struct raw_batch *batch, const struct raw_batch_stored *row,
    bool queued);

/* By what the front says of a request: may it be stored with others? */
bool store_may_have_company(const struct req *rq);

/*
 * Store several requests of one tenant, without idempotency keys and quotas:
 * one statement, one wait for the broker.
 *
 * Needs: 2 to RAW_BATCH_GROUP_MAX; db_tenant() is theirs.
 * Gives: E_OK: each has its answer. Fails: as raw_batch_insert(); then nothing
 *        was stored, or with E_DB_UNKNOWN all or nothing.
 */
enum err store_group(struct req *const *rqs, struct resp *const *rps,
    const struct store *stores, size_t count, struct diag *diag) MUST_CHECK;

/*
 * Did it fail for what only one may have, so that the others are to go alone?
 */
bool store_is_one_to_blame(enum err rc, const struct diag *diag);

#endif

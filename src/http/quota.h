/* SPDX-License-Identifier: MIT */
/*
 * A tenant's daily quota (models/tenant/tenant.h): everything that is kept or
 * worked on for a tenant is taken from it before it is done, bytes of whatever
 * is kept, and batches: those that are stored, those that are processed again,
 * and jobs. A tenant without a quota costs nothing here.
 */
#ifndef HTTP_QUOTA_H
#define HTTP_QUOTA_H

#include "http/request.h"

/*
 * Take from what is left of the caller's tenant's day.
 *
 * Fails: E_QUOTA, the client is told what is left; others as db_run().
 */
enum err quota_take(struct req *rq, size_t batches, size_t bytes) MUST_CHECK;

/* It was not done after all; best effort. */
void quota_give_back(struct req *rq, size_t batches, size_t bytes);

#endif

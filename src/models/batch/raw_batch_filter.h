/* SPDX-License-Identifier: MIT */
/*
 * Which of a tenant's batches a list, a count or a requeueing is about.
 */
#ifndef MODELS_BATCH_RAW_BATCH_FILTER_H
#define MODELS_BATCH_RAW_BATCH_FILTER_H

#include "adapters/db/db.h"
#include "adapters/db/sql.h"

/* A filter over a tenant's batches; absent members do not filter. */
struct raw_batch_filter {
	int64_t tenant_id;
	int64_t id;		/* 0: any */
	struct span ids;	/* those of a list: "{1,2}" */
	int64_t integration_id; /* 0: any */
	struct span entity_type;
	struct span processing_status;
	struct span external_id;
	struct span created_after;    /* ISO 8601, exclusive */
	struct span created_before;   /* the same */
	struct span processed_before; /* exclusive; UTC, without a zone */
	int64_t limit;
	int64_t offset;
	/* keyset: only ids below this one; 0: from the top */
	int64_t before_id;
	/* only ids above it; raw_batch_requeue() moves it on to the last */
	int64_t *cursor;
};

/* Are all of the tenant's batches meant? */
bool raw_batch_filter_is_empty(const struct raw_batch_filter *filter);

/* Add FROM and the conditions of a filter, but for limit and offset. */
void raw_batch_filter_add(struct sql *sql,
    const struct raw_batch_filter *filter);

/*
 * Add ORDER BY, which gives the order of ids: where the filter has an index of
 * its own, such that PostgreSQL takes no other.
 */
void raw_batch_filter_order(struct sql *sql,
    const struct raw_batch_filter *filter, bool descending);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Batches whose messages are published, and the mark that they were: queued_at
 * stays NULL until the broker confirmed the message, so that the row is its own
 * outbox.
 */
#ifndef MODELS_BATCH_RAW_BATCH_VERSION_H
#define MODELS_BATCH_RAW_BATCH_VERSION_H

#include "adapters/db/db.h"

/*
 * A row as it was when its message was published: its id, and the transaction
 * that wrote it so. Whoever changes the row makes another version of it.
 */
struct raw_batch_version {
	int64_t id;
	int64_t xid;
};

/* The transaction, from the text of an xid or xid8 of PostgreSQL. */
int64_t raw_batch_xid(struct span text);

/*
 * The columns of a batch whose message is to be published, and the version that
 * it has; the last one is the text of an xid.
 */
enum {
	RAW_BATCH_LOCKED_ID,
	RAW_BATCH_LOCKED_TENANT,
	RAW_BATCH_LOCKED_INTEGRATION,
	RAW_BATCH_LOCKED_TYPE,
	RAW_BATCH_LOCKED_TRACE, /* its traceparent, or NULL */
	RAW_BATCH_LOCKED_XID
};
struct raw_batch_version raw_batch_locked(const struct db_rows *rows, int row);

/*
 * Note that the broker has the messages of these batches. A row that anybody
 * has changed since is left alone: the message may be gone already, and the row
 * be pending again for another one. Committed without waiting for the disk:
 * losing the note costs a duplicate message, no batch.
 */
enum err raw_batch_mark_queued(struct db *db,
    const struct raw_batch_version *versions, size_t count, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

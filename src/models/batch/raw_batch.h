/*
 * One row of raw_extraction_data: a whole API response and where it stands.
 * The row is its own outbox: queued_at stays NULL until the broker confirmed
 * the message with its id.
 */
#ifndef MODELS_BATCH_RAW_BATCH_H
#define MODELS_BATCH_RAW_BATCH_H

#include "adapters/db/db.h"
#include "models/batch/idempotency_key.h"
#include "models/tables/column.h"

/*
 * What the members of an object are called that hold a batch's items; see
 * docs/loading.md. Names end with NULL.
 */
extern const char *const raw_batch_items[];

/* The values of processing_status. */
#define RAW_BATCH_STATUSES "pending|processing|completed|failed"

/* What is stored. */
struct raw_batch {
	int64_t tenant_id;
	int64_t integration_id;
	struct span entity_type; /* 1 to 50 characters */
	struct span external_id; /* SPAN_NONE: NULL */
	struct span raw_data;	 /* JSON; see db_add_jsonb() */
	struct span extraction_metadata; /* the same, or SPAN_NONE */
	int64_t item_count;
	int64_t replaced; /* characters of it, see json/json_replace.h */
	/* SHA-256 of raw_data as it came; NULL: as it is. */
	const unsigned char *digest;
	bool queue; /* false: nobody will queue it */
	bool done;  /* nothing is to become of it: it is completed at once */
	/* Written with the batch; NULL: none. */
	const struct idempotency_key *key;
};

/*
 * A row as it was when its message was published: its id, and the transaction
 * that wrote it so. Whoever changes the row makes another version of it.
 */
struct raw_batch_version {
	int64_t id;
	int64_t xid;
};

/* What became of a batch that was stored. */
struct raw_batch_stored {
	struct raw_batch_version row;
	struct span provider; /* of its integration */
};

/* The transaction, from the text of an xid or xid8 of PostgreSQL. */
int64_t raw_batch_xid(struct span text);

/*
 * Insert one batch, committed when this returns E_OK.
 *
 * Gives: *ret_stored; processing_status is pending or completed, queued_at
 *        NULL.
 * Fails: E_NO_INTEGRATION  the tenant has no such integration;
 *        E_KEY_TAKEN       the key was used before: idempotency_key_get();
 *        E_INVALID         PostgreSQL cannot store this JSON: diag tells;
 *        E_DB_UNKNOWN      it may have been stored: the connection was lost,
 *                          and nobody could tell in time what became of it;
 *        others as db_run(): nothing was stored.
 */
enum err raw_batch_insert(struct db *db, const struct raw_batch *batch,
    struct arena *arena, struct raw_batch_stored *ret_stored,
    struct diag *diag) MUST_CHECK;

/*
 * Insert several batches of one tenant in one statement: all of them, or none.
 *
 * Needs: 1 to RAW_BATCH_GROUP_MAX of them, without idempotency keys.
 * Gives: ret_stored[i] of each.
 * Fails: as raw_batch_insert(). E_DB may be one batch's fault: insert them one
 *        by one, nothing was stored.
 */
#define RAW_BATCH_GROUP_MAX 16
enum err raw_batch_insert_all(struct db *db,
    const struct raw_batch *const *batches, size_t count, struct arena *arena,
    struct raw_batch_stored *ret_stored, struct diag *diag) MUST_CHECK;

/*
 * Put an error of PostgreSQL about JSON or a reference into words for the
 * client. Gives: the code, a better one where it is the client's mistake.
 */
enum err raw_batch_explain(enum err rc, struct diag *diag);

/* A filter over a tenant's batches; absent members do not filter. */
struct raw_batch_filter {
	int64_t tenant_id;
	int64_t id; /* 0: any */
	int64_t integration_id; /* 0: any */
	struct span entity_type;
	struct span processing_status;
	struct span external_id;
	struct span created_after;  /* ISO 8601, exclusive */
	struct span created_before; /* the same */
	int64_t limit;
	int64_t offset;
	/* keyset: only ids below this one; 0: from the top */
	int64_t before_id;
	/* raw_batch_requeue(): only ids above it; it moves on to the last. */
	int64_t *cursor;
};

/* Are all of the tenant's batches meant? */
bool raw_batch_filter_is_empty(const struct raw_batch_filter *filter);

/* The columns of a row as they are read, in the order of the answer. */
enum raw_batch_column {
#define MEMBER(member, ...) RAW_BATCH_##member,
#include "models/tables/raw_batch_table.h"
	RAW_BATCH_COLUMNS
};
extern const struct column raw_batch_columns[RAW_BATCH_COLUMNS];

/*
 * List batches without touching their payload, newest first.
 *
 * Gives: rows of RAW_BATCH_COLUMNS columns.
 */
enum err raw_batch_list(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/* So far the rows that a filter leaves are counted. */
#define RAW_BATCH_COUNTED 10000

/* How many rows a filter has; where that is not exact, at least so many. */
struct raw_batch_total {
	int64_t count;
	bool is_exact;
};

/*
 * How many rows the filter has, paging aside: all of a tenant's without looking
 * at them, of others RAW_BATCH_COUNTED at most.
 */
enum err raw_batch_count(struct db *db, const struct raw_batch_filter *filter,
    struct arena *arena, struct raw_batch_total *ret_total,
    struct diag *diag) MUST_CHECK;

/* The payload of one row; SPAN_NONE when it has gone. Lives in the arena. */
enum err raw_batch_payload(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct span *ret_raw_data, struct diag *diag)
    MUST_CHECK;

/* Columns that only a single record shows, behind RAW_BATCH_COLUMNS. */
enum {
	RAW_BATCH_METADATA = RAW_BATCH_COLUMNS,
	RAW_BATCH_ERRORS,
	RAW_BATCH_VERSION, /* changes whenever the row does */
	RAW_BATCH_KNOWN,   /* is it among those the caller has? */
	RAW_BATCH_RAW_DATA,
};

/*
 * Get one batch. known: versions the caller has, comma separated, or
 * SPAN_NONE; when the row's is among them, the payload is not read (NULL), nor
 * without with_payload.
 * Fails: E_NO_ROW.
 */
enum err raw_batch_get(struct db *db, int64_t tenant_id, int64_t id,
    struct span known, bool with_payload, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* A new status; error_details is changed only when it is set. */
struct raw_batch_change {
	struct span status;
	bool has_details;
	struct span error_details; /* JSON; see db_add_jsonb(); or SPAN_NONE */
};

/*
 * Set the processing status as the state machine allows. A batch that comes
 * back to pending is queued again by the relay; after an end its attempts are
 * counted anew.
 * Fails: E_NO_ROW; E_CONFLICT, the diag telling the client from what to what.
 */
enum err raw_batch_set_status(struct db *db, int64_t tenant_id, int64_t id,
    const struct raw_batch_change *change, struct arena *arena,
    struct diag *diag) MUST_CHECK;

/*
 * Let batches be processed again: pending, not queued, attempts counted anew,
 * errors kept as history. At most filter->limit, oldest first; those that are
 * at work are passed over, and without a status to filter by those that are
 * pending, unless one is named by its id.
 *
 * Gives: rows of RAW_BATCH_LOCKED_…; their messages are to be published, which
 *        the relay does otherwise.
 */
enum err raw_batch_requeue(struct db *db,
    const struct raw_batch_filter *filter, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/* How many batches raw_batch_requeue() would find, its limit aside. */
enum err raw_batch_requeue_count(struct db *db,
    const struct raw_batch_filter *filter, struct arena *arena,
    int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * Take a batch out of all lists; it stays in the table.
 * Fails: E_NO_ROW.
 */
enum err raw_batch_delete(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Note that the broker has the messages of these batches. A row that anybody
 * has changed since is left alone: the message may be gone already, and the row
 * be pending again for another one. Committed without waiting for the disk:
 * losing the note costs a duplicate message, no batch.
 */
enum err raw_batch_mark_queued(struct db *db,
    const struct raw_batch_version *versions, size_t count,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * The columns of a batch whose message is to be published, and the version that
 * it has; the last one is the text of an xid.
 */
enum { RAW_BATCH_LOCKED_ID, RAW_BATCH_LOCKED_TENANT,
	RAW_BATCH_LOCKED_INTEGRATION, RAW_BATCH_LOCKED_TYPE,
	RAW_BATCH_LOCKED_XID };
struct raw_batch_version raw_batch_locked(const struct db_rows *rows, int row);

/*
 * Bring batches back to pending that are in processing for longer than a
 * lease, seconds. Rows that a worker holds locked are passed over.
 * Gives: id, tenant_id, attempts of each.
 */
enum err raw_batch_end_leases(struct db *db, int64_t lease, int64_t limit,
    struct arena *arena, struct db_rows **ret_rows, struct diag *diag)
    MUST_CHECK;

/*
 * Which loads make metrics follow a mapping, a workflow step or a category that
 * has changed: of each integration that has such a status the newest completed
 * batch whose load computes metrics. After a load that has failed for good
 * there is none until a newer batch comes: it would fail one batch after the
 * other.
 * Gives: rows of RAW_BATCH_LOCKED_… without the last column, of at most `limit`
 *        integrations.
 */
enum err raw_batch_loads_due(struct db *db, int64_t limit, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

/*
 * Forget that pending batches were queued longer ago than age, seconds, so
 * that the relay queues them again. Gives: how many.
 */
enum err raw_batch_queue_again(struct db *db, int64_t age, int64_t limit,
    struct arena *arena, int64_t *ret_count, struct diag *diag) MUST_CHECK;

/*
 * Batches that were completed within age, seconds, with ids above after, in
 * their order. Gives: as raw_batch_lock_unqueued(), and locks none.
 */
enum err raw_batch_completed_since(struct db *db, int64_t age, int64_t after,
    int64_t limit, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag) MUST_CHECK;

/* Which batches to purge: those that came to their end long ago. */
struct raw_batch_purge {
	int64_t tenant_id;  /* 0: every tenant's */
	struct span status; /* completed, failed, or deleted: in any status */
	int64_t age;	    /* seconds since the end, or since they came */
	int64_t after_id;   /* moves on with each step */
};

/*
 * Remove at most `limit` of them, in the order of their ids, and move on.
 * Needs: db set to that tenant, or to every one.
 * Gives: *ret_count, how many were removed, 0 at the end.
 */
enum err raw_batch_purge_step(struct db *db, struct raw_batch_purge *purge,
    int64_t limit, struct arena *arena, int64_t *ret_count,
    struct diag *diag) MUST_CHECK;

/* How many there are, and how many bytes of payload. */
enum err raw_batch_purge_count(struct db *db,
    const struct raw_batch_purge *purge, struct arena *arena,
    int64_t *ret_count, int64_t *ret_bytes, struct diag *diag) MUST_CHECK;

/* How many batches of all tenants are pending. */
struct raw_batch_backlog {
	int64_t unqueued; /* to be queued yet */
	int64_t queued;
	int64_t old; /* of these, queued longer ago than age, seconds */
};
enum err raw_batch_pending(struct db *db, int64_t age, struct arena *arena,
    struct raw_batch_backlog *ret_backlog, struct diag *diag) MUST_CHECK;

#endif

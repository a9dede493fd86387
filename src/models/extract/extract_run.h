/* SPDX-License-Identifier: MIT */
/*
 * One run of an extraction: a row of extract_runs, and how far it has come. An
 * extractor takes it a step at a time: it reads the row, asks the source for
 * one page, and commits that page together with the row's next state. Two
 * extractors cannot take the same step: each change names the step it saw.
 */
#ifndef MODELS_EXTRACT_EXTRACT_RUN_H
#define MODELS_EXTRACT_EXTRACT_RUN_H

#include "adapters/db/db.h"

/* A run to be. */
struct extract_request {
	int64_t tenant_id;
	int64_t integration_id;
	int64_t job_id; /* 0: none */
	struct span job_type;
	struct span job_params; /* JSON object, see db_add_jsonb() */
};

/* What became of a request. */
struct extract_opened {
	int64_t id;
	bool is_new;	 /* else one with the same parameters is open */
	int64_t waiting; /* other runs of the tenant that have a message */
};

/*
 * Make a run, unless one of the same integration and type is open.
 * job_params may have "full": true, and "from" and "to": a time (ISO 8601) or
 * milliseconds since 1970.
 *
 * Fails: E_CONFLICT  one with other parameters is open: the diag tells the
 *        client; E_INVALID  "from" or "to" is no time, or "to" is not the
 *        later one; others as db_run().
 */
enum err extract_run_open(struct db *db, const struct extract_request *request,
    struct arena *arena, struct extract_opened *ret_opened, struct diag *diag)
    MUST_CHECK;

/*
 * Note that the broker has its message. A run that waits by now needs another
 * one, later. Fails: as db_run().
 */
enum err extract_run_queued(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* A run as an extractor finds it. Texts live in the arena. */
struct extract_run {
	int64_t tenant_id, id, integration_id;
	int64_t step;
	bool is_running; /* else it has ended or is not due */
	struct span job_type;
	int64_t stream_at;
	struct span stream; /* it is at; SPAN_NONE: none yet */
	struct span part;   /* SPAN_NONE: there is none */
	int64_t part_at, part_count;
	bool part_is_read, part_failed;
	struct span token;	/* of the next page; SPAN_NONE: the first one */
	struct span rest_token; /* of what lacks */
	struct span token_loop, rest_loop; /* see extract/token_loop.h */
	int64_t page_size;		   /* 0: not known yet */
	int64_t empty_pages;		   /* one after the other, so far */
	int64_t page_hint; /* what the part was read with before; or 0 */
	bool parts_named;  /* by its parameters, or the settings */
	bool is_full;	   /* all is read, or all since or until a time */
	struct span *lacking;
	size_t lacking_count;
	struct span from_ms; /* changes since, ms since 1970; SPAN_NONE: all */
	struct span to_ms;   /* and before; SPAN_NONE: all */

	/* Its integration. */
	bool integration_is_active;
	bool was_refused;
	bool has_quota;					   /* the tenant has */
	struct span product, base_url, username, password; /* sealed */
	struct span deployment, organization;		   /* of settings */
	struct span app_id, installation_id;		   /* the same */
};

/*
 * Take a run up: from now on it is running, unless it has ended or waits for a
 * later time.
 * Fails: E_NO_ROW; others as db_run().
 */
enum err extract_run_start(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, bool *ret_is_running, struct diag *diag) MUST_CHECK;

/* Read a run. Fails: E_NO_ROW; others as db_run(). */
enum err extract_run_get(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct extract_run *ret_run, struct diag *diag)
    MUST_CHECK;

/* What a step changes. Zeroed but for these, it changes nothing. */
struct extract_step {
	int64_t stream_at, part_at;
	const char *stream; /* the stream's name from now on */
	bool has_part;	    /* it is read for each part */
	bool part_is_read, part_failed;
	struct span token, rest_token, token_loop, rest_loop;
	int64_t page_size, empty_pages;
	const struct span *new_parts; /* to be added */
	size_t new_part_count;
	const struct span *lacking; /* in place of those before */
	size_t lacking_count;
	int64_t pages, items, bytes, requests; /* more than before */
	int64_t waited_ms;
	struct span error; /* a JSON object, or SPAN_NONE */
};

/* A step that changes nothing of a run. */
struct extract_step extract_step_of(const struct extract_run *run);

/*
 * Write a step. *ret_taken is false when the run is at another step already,
 * or was cancelled: then nothing was written.
 */
enum err extract_run_advance(struct db *db, const struct extract_run *run,
    const struct extract_step *step, struct arena *arena, bool *ret_taken,
    struct diag *diag) MUST_CHECK;

/*
 * A part of a stream was read to its end: note the time before which all is
 * read, the run's start less `overlap` seconds, or its upper bound if that is
 * earlier, unless there is a gap.
 */
enum err extract_run_part_read(struct db *db, const struct extract_run *run,
    const char *stream, int64_t overlap, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * End a run: done, or partial if it has errors; with an error (a JSON object)
 * of the whole run failed. What webhooks have named since it began is another
 * run. *ret_taken as above.
 */
enum err extract_run_end(struct db *db, const struct extract_run *run,
    struct span error, struct arena *arena, bool *ret_taken, struct diag *diag)
    MUST_CHECK;

/* End one that runs, at whatever step: failed. Fails: E_NO_ROW; as db_run(). */
enum err extract_run_give_up(struct db *db, int64_t tenant_id, int64_t id,
    struct span error, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Let it wait for so many ms; the relay queues it when they have passed.
 * *ret_taken as above.
 */
enum err extract_run_wait(struct db *db, const struct extract_run *run,
    int64_t ms, struct arena *arena, bool *ret_taken, struct diag *diag)
    MUST_CHECK;

/*
 * Cancel a run. *ret_was_active: it had not ended before.
 * Fails: E_NO_ROW, and the client is told.
 */
enum err extract_run_cancel(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, bool *ret_was_active, struct diag *diag) MUST_CHECK;

/* Note that the source refuses an integration's credentials, or takes them. */
enum err extract_run_refused(struct db *db, const struct extract_run *run,
    bool refused, struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * Take the lock of a stream of an integration; it ends with the connection or
 * with extract_run_unlock(). *ret_locked: nobody else had it.
 */
enum err extract_run_lock(struct db *db, int64_t integration_id,
    const char *stream, struct arena *arena, bool *ret_locked,
    struct diag *diag) MUST_CHECK;
enum err extract_run_unlock(struct db *db, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A run of an extraction, a round at a time: read how far it is, ask the source
 * for one page, commit the page as a batch together with the run's next state,
 * publish the batch. Whoever dies in between has lost no page, and nobody
 * stores one twice: what was not committed is asked for again.
 */
#ifndef EXTRACT_EXTRACT_ENGINE_H
#define EXTRACT_EXTRACT_ENGINE_H

#include "adapters/db/db.h"
#include "extract/extractor.h"
#include "extract/source_ask.h"
#include "queue/queue_manager.h"

/* The token of a GitHub App that is in use, in memory only. */
struct extract_token {
	struct buf whose, token;
	int64_t until; /* of clock_ms() */
};

/* Overwrite it, and be empty. Owns: its buffers are empty ones then. */
void extract_token_forget(struct extract_token *kept);

struct extract_engine {
	const struct extract_settings *settings;
	const char *secret_keys_file;
	struct db *db;
	struct queue_manager *queue;
	struct arena *arena; /* of one round */
	struct source_asker asker;
	struct http_guard guard;
	struct extract_token token;
	int64_t waited_ms; /* not written to the run yet */

	/* The lock that is held: of which stream, by which connection. */
	const struct extractor *locked;
	int64_t locked_integration;
	unsigned locked_session;
};

/*
 * Needs: settings, secret_keys_file, db, queue and arena set, and the asker's
 *        turn and context; the engine stays where it is.
 * Fails: E_SYSTEM without libcurl; E_NO_MEMORY. Owns: you _done() it, also
 *        after a failure.
 */
enum err extract_engine_init(struct extract_engine *engine, struct diag *diag)
    MUST_CHECK;
void extract_engine_done(struct extract_engine *engine);

/* Settings were read again: take the limits of one answer from them. */
void extract_engine_reread(struct extract_engine *engine);

enum extract_fate {
	EXTRACT_MORE,	/* another round, please */
	EXTRACT_ENDED,	/* the run has ended, or is not due */
	EXTRACT_WAITS,	/* for a limit: the relay queues it when it is time */
	EXTRACT_HELD,	/* another extractor reads this stream */
	EXTRACT_ENDING, /* the program is to end */
};

/*
 * One round of a run.
 * Needs: an empty arena; extract_run_start() has said that it is running.
 * Fails: as db_run(), E_NO_MEMORY, E_SYSTEM: the round is to be tried again.
 */
enum err extract_round(struct extract_engine *engine, int64_t tenant_id,
    int64_t run_id, enum extract_fate *ret_fate, struct diag *diag) MUST_CHECK;

/* Give the lock back, if one is held. */
void extract_engine_let_go(struct extract_engine *engine);

#endif

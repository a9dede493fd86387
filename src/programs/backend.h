/* SPDX-License-Identifier: MIT */
/*
 * What the daemons have in common: their servers, from the first connection to
 * the last, and the main program around their loops.
 */
#ifndef PROGRAMS_BACKEND_H
#define PROGRAMS_BACKEND_H

#include "models/succession.h"
#include "programs/settings.h"

struct backend {
	struct db *db;
	struct mq *mq;
	struct queue_manager *queue;
	struct qdrant_client *qdrant; /* of a program that answers requests */
	struct otlp *otlp;	      /* NULL: nobody is told of spans */
	struct arena *arena;	      /* of one request, job or look */
	unsigned session;	      /* of the database: see schema_expect() */
	struct succession succession; /* of a worker's */
	enum err trouble; /* of the last turn, so that it is told once */
	bool is_untold;	  /* nothing was told yet of how it stands */
	int64_t ready_at; /* of clock_ms(): then it is ready without servers */
	const struct backend_program *program;
};

/* A program, as a row of what it needs and does. */
struct backend_program {
	const char *name;     /* "pulse-etl-relay" */
	const char *synopsis; /* what --help says it does, a few lines */
	struct settings *settings;
	struct backend *backend;
	size_t arena_bytes;
	bool answers; /* requests: it needs Qdrant, and asks who calls */

	/*
	 * Its own part. open: what it has besides its servers, which are not
	 * connected yet; serve: until daemon_is_ending(); close: also after
	 * open has failed.
	 */
	enum err (*open)(void *self, struct diag *diag);
	enum err (*serve)(void *self, struct diag *diag);
	void (*close)(void *self);
	/* After settings were read again: what it had changed in them; NULL. */
	void (*reread)(void *self);
	void *self;
};

/* Run a program from its options to its end. Gives: its exit code. */
int backend_main(int argc, char **argv, const struct backend_program *program);

/* Between two requests or jobs: settings are read again if HUP asks for it. */
void backend_reread(struct backend *backend);

/* The earlier one of two in ms, of which -1 is never. */
int backend_sooner(int timeout, int due);

/*
 * Wait so many ms, or until a server says something. What the broker says is
 * the caller's to read.
 * Gives: false when the program is to end.
 */
bool backend_wait(struct backend *backend, int timeout);

/*
 * Before a job: is the session at the primary, for a former one knows nothing of
 * new batches, and are its tables those of this version?
 *
 * Needs: no open transaction.
 * Fails: as succession_check() and schema_expect().
 */
enum err backend_expect(struct backend *backend, struct diag *diag) MUST_CHECK;

/* How a turn has gone: a change of fortune is told once. */
void backend_tell(struct backend *backend, enum err rc,
    const struct diag *diag);

#endif

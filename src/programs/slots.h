/* SPDX-License-Identifier: MIT */
/*
 * Requests that a responder has accepted: the first, of any kind, and small
 * stores that go with it (etl/store.h).
 */
#ifndef PROGRAMS_SLOTS_H
#define PROGRAMS_SLOTS_H

#include "adapters/fcgi.h"
#include "etl/service.h"
#include "http/response.h"
#include "models/batch/raw_batch_group.h"

/* A request that was accepted, and what is answered. */
struct slot {
	struct fcgi *fcgi;
	struct buf body, head, answer;
	struct req rq;
	struct resp rp;
	int64_t began; /* of clock_us() */
};

struct slots {
	struct slot all[RAW_BATCH_GROUP_MAX];
	size_t count; /* that have their buffers */
	struct service *service;
	struct arena *arena;
};

/* The first one. Owns: you slots_free() them. Fails: as fcgi_new(). */
enum err slots_init(struct slots *slots, struct service *service,
    struct diag *diag) MUST_CHECK;
void slots_free(struct slots *slots);

/* A request was accepted in a slot: take what the front says of it. */
void slots_begin(struct slots *slots, struct slot *slot);

/*
 * Small stores that wait already join the first one, which is begun and may
 * have company. Gives: how many they are in all, in their slots; *ret_other:
 * the slot behind them holds a request that goes alone.
 */
size_t slots_gather(struct slots *slots, bool *ret_other);

/*
 * Send a slot's answer. Gives: the bytes of the larger one, of it and the body.
 */
size_t slots_end(struct slot *slot);

/* Give back what large bodies needed, but for so many bytes each. */
void slots_shrink(struct slots *slots, size_t keep);

#endif

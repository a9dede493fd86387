/* SPDX-License-Identifier: MIT */
/*
 * Memory of one request or job: many small allocations, all given back at
 * once. Not for what outlives the work item. Nothing in it is freed singly;
 * a foreign object is handed over with arena_defer().
 *
 * Taking latches, as adding to a buf does: when the cap or the memory ends,
 * the arena has failed. arena_get() and the texts never give NULL; from then
 * on they give emergency space, so that nobody has to look at each piece, and
 * what is made of it is worth nothing. One question, arena_done(), stands
 * where a phase ends, and before anything is stored, sent or answered.
 *
 * The asking forms give nothing once the arena has failed, whatever would
 * fit: db_run() and queue_manager_publish_all() begin with them, and so no
 * statement and no message goes out that was made of emergency space.
 *
 * Invariant: no more than `cap` bytes, and the emergency space, are handed
 * out between two resets.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"
#include "base/str.h"

struct arena;

/* A new arena, or NULL without memory. cap: bytes. Owns: you arena_free(). */
struct arena *arena_new(size_t cap) MUST_CHECK;

/* Run what was deferred, give everything back. NULL is fine. */
void arena_free(struct arena *arena);

/* Run what was deferred, newest first, and start over, without a failure. */
void arena_reset(struct arena *arena);

/* What arena_get() gives at most, bytes. */
#define ARENA_PIECE_MAX 4096

/*
 * Bytes, zeroed, aligned for any type; never NULL.
 *
 * Needs: a size of ARENA_PIECE_MAX at most, and no more of them between a
 *        failure and its question than a phase takes: where the data decide
 *        how many there are, use arena_ask().
 * Lives: until the next reset.
 */
void *arena_get(struct arena *arena, size_t size) MUST_CHECK;

/* Bytes as above, as many as there are; NULL when the arena has failed. */
void *arena_ask(struct arena *arena, size_t size) MUST_CHECK;

/*
 * A terminated copy of a span, as text or as a span; a formatted text. When
 * the arena has failed it is empty: write no further than to its end.
 */
char *arena_text(struct arena *arena, struct span span) MUST_CHECK;
struct span arena_span(struct arena *arena, struct span span) MUST_CHECK;
char *arena_printf(struct arena *arena, const char *fmt, ...) PRINTF_LIKE(2, 3)
    MUST_CHECK;

/*
 * Call done(object) at the next reset; at once when the arena has failed.
 * Gives: false in that case; the object is gone.
 */
bool arena_defer(struct arena *arena, void (*done)(void *), void *object)
    MUST_CHECK;

/* Has it failed since the last reset? */
bool arena_failed(const struct arena *arena) MUST_CHECK;

/* The same as E_OK or E_NO_MEMORY, and diag says what did not fit. */
enum err arena_done(const struct arena *arena, struct diag *diag) MUST_CHECK;

/*
 * A failure was answered for: go on with what room there is.
 * Needs: nothing that was taken since the failure is looked at any more.
 */
void arena_resume(struct arena *arena);

#endif

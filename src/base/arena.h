/*
 * Memory of one request or job: many small allocations, all given back at
 * once. Not for what outlives the work item. Nothing in it is freed singly;
 * a foreign object is handed over with arena_defer().
 *
 * Invariant: no more than `cap` bytes are handed out between two resets.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct arena;

/* A new arena, or NULL without memory. cap: bytes. Owns: you arena_free(). */
struct arena *arena_new(size_t cap) MUST_CHECK;

/* Run what was deferred, give everything back. NULL is fine. */
void arena_free(struct arena *arena);

/* Run what was deferred, newest first, and start over. */
void arena_reset(struct arena *arena);

/*
 * Bytes, zeroed, aligned for any type; NULL when the cap or the memory ends.
 * Lives: until the next reset.
 */
void *arena_get(struct arena *arena, size_t size) MUST_CHECK;

/* A terminated copy of a span; NULL as above. */
char *arena_text(struct arena *arena, struct span span) MUST_CHECK;

/* A terminated formatted text; NULL as above. */
char *arena_printf(struct arena *arena, const char *fmt, ...)
    PRINTF_LIKE(2, 3) MUST_CHECK;

/*
 * Call done(object) at the next reset. When there is no memory to note it,
 * it is called at once.
 * Gives: false in that case; the object is gone.
 */
bool arena_defer(struct arena *arena, void (*done)(void *), void *object)
    MUST_CHECK;

#endif

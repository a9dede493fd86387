/* SPDX-License-Identifier: MIT */
#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Under a sanitizer each piece is a block of its own, so that overruns show. */
#if defined(__SANITIZE_ADDRESS__)
#define CHUNK_SIZE 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CHUNK_SIZE 0
#endif
#endif
#ifndef CHUNK_SIZE
#define CHUNK_SIZE 16384
#endif

/* Emergency space: what a phase takes at most from a failure to its end. */
#define SPARE_SIZE 16384

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	alignas(max_align_t) unsigned char bytes[];
};

struct deferred {
	struct deferred *next;
	void (*done)(void *);
	void *object;
};

struct arena {
	struct chunk *chunks;
	struct deferred *deferred;
	size_t cap;
	size_t used;
	bool failed;
	size_t wanted; /* bytes that were not there */
	size_t spare_used;
	char empty[1]; /* every text of a failed arena */
	alignas(max_align_t) unsigned char spare[SPARE_SIZE];
};

struct arena *
arena_new(size_t cap)
{
	struct arena *arena = malloc(sizeof(*arena));

	if (arena == NULL)
		return NULL;
	/* Not what is zeroed when it is given. */
	memset(arena, 0, offsetof(struct arena, spare));
	arena->cap = cap;
	return arena;
}

void
arena_reset(struct arena *arena)
{
	struct chunk *chunk, *next, *kept = NULL;

	while (arena->deferred != NULL) {
		struct deferred *entry = arena->deferred;

		arena->deferred = entry->next;
		entry->done(entry->object);
	}
	/* One ordinary chunk stays, so that a small request allocates none. */
	for (chunk = arena->chunks; chunk != NULL; chunk = next) {
		next = chunk->next;
		if (kept == NULL && chunk->size == CHUNK_SIZE) {
			kept = chunk;
			kept->next = NULL;
			kept->used = 0;
		} else {
			free(chunk);
		}
	}
	arena->chunks = kept;
	arena->used = 0;
	arena_resume(arena);
}

void
arena_free(struct arena *arena)
{
	if (arena == NULL)
		return;
	arena_reset(arena);
	free(arena->chunks);
	free(arena);
}

static size_t
aligned(size_t size)
{
	const size_t align = alignof(max_align_t);

	return (size + align - 1) / align * align;
}

/* Room for a piece in a chunk; NULL when the cap or the memory ends. */
static void *
take(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	void *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = aligned(size);
	if (size > arena->cap || arena->used > arena->cap - size)
		return NULL;
	if (chunk == NULL || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = malloc(sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->size = room;
		chunk->used = 0;
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	piece = chunk->bytes + chunk->used;
	chunk->used += size;
	arena->used += size;
	return piece;
}

void *
arena_ask(struct arena *arena, size_t size)
{
	void *piece = arena->failed ? NULL : take(arena, size);

	if (piece != NULL)
		return memset(piece, 0, size);
	if (!arena->failed)
		arena->wanted = size;
	arena->failed = true;
	return NULL;
}

void *
arena_get(struct arena *arena, size_t size)
{
	void *piece;

	assert(size <= ARENA_PIECE_MAX);
	piece = arena_ask(arena, size);
	if (piece != NULL)
		return piece;
	/* A phase without a question: to share space would be worse. */
	if (aligned(size) > SPARE_SIZE - arena->spare_used)
		abort();
	piece = arena->spare + arena->spare_used;
	arena->spare_used += aligned(size);
	return memset(piece, 0, size);
}

/* Each time anew: nobody is to have written into it. */
static char *
empty_text(struct arena *arena)
{
	arena->empty[0] = '\0';
	return arena->empty;
}

char *
arena_text(struct arena *arena, struct span span)
{
	char *copy = arena_ask(arena, span.len + 1);

	if (copy == NULL)
		return empty_text(arena);
	if (span.len > 0)
		memcpy(copy, span.at, span.len);
	return copy;
}

struct span
arena_span(struct arena *arena, struct span span)
{
	char *copy = arena_text(arena, span);

	return (struct span){ copy, arena->failed ? 0 : span.len };
}

char *
arena_printf(struct arena *arena, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	text = arena_ask(arena, len < 0 ? SIZE_MAX : (size_t)len + 1);
	if (text == NULL)
		return empty_text(arena);
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

bool
arena_defer(struct arena *arena, void (*done)(void *), void *object)
{
	struct deferred *entry = arena_ask(arena, sizeof(*entry));

	if (entry == NULL) {
		done(object);
		return false;
	}
	entry->done = done;
	entry->object = object;
	entry->next = arena->deferred;
	arena->deferred = entry;
	return true;
}

bool
arena_failed(const struct arena *arena)
{
	return arena->failed;
}

enum err
arena_done(const struct arena *arena, struct diag *diag)
{
	if (!arena->failed)
		return E_OK;
	return diag_set(diag, E_NO_MEMORY,
	    "out of memory: %zu bytes do not fit"
	    " beside %zu of at most %zu",
	    arena->wanted, arena->used, arena->cap);
}

void
arena_resume(struct arena *arena)
{
	arena->failed = false;
	arena->spare_used = 0;
}

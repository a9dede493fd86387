#include "base/arena.h"

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
};

struct arena *
arena_new(size_t cap)
{
	struct arena *arena = calloc(1, sizeof(*arena));

	if (arena != NULL)
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

void *
arena_get(struct arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct chunk *chunk = arena->chunks;
	void *piece;

	if (size > SIZE_MAX / 2)
		return NULL;
	size = (size + align - 1) / align * align;
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
	memset(piece, 0, size);
	return piece;
}

char *
arena_text(struct arena *arena, struct span span)
{
	char *copy = arena_get(arena, span.len + 1);

	if (copy != NULL && span.len > 0)
		memcpy(copy, span.at, span.len);
	return copy;
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
	if (len < 0)
		return NULL;
	text = arena_get(arena, (size_t)len + 1);
	if (text == NULL)
		return NULL;
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	return text;
}

bool
arena_defer(struct arena *arena, void (*done)(void *), void *object)
{
	struct deferred *entry = arena_get(arena, sizeof(*entry));

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

/* SPDX-License-Identifier: MIT */
/*
 * A growing run of bytes with a cap. Adding latches: after the first failure
 * further calls do nothing, and one question at the end (buf_done) tells.
 *
 * Invariant: data[len] is 0 whenever data is not NULL, so that a reader may
 * look one byte past the end.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stddef.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *data;
	size_t len;
	size_t size;
	size_t cap; /* bytes; more is E_TOO_LARGE */
	enum err failed;
};

/* An empty buffer that will hold at most `cap` bytes. Owns: you buf_free(). */
void buf_init(struct buf *buf, size_t cap);

/* Give the memory back; the buffer is empty and usable again. */
void buf_free(struct buf *buf);

/* Empty it; memory above `keep` bytes is given back. */
void buf_reset(struct buf *buf, size_t keep);

/* Make room for `more` bytes. Gives: where they go, or NULL (latched). */
char *buf_room(struct buf *buf, size_t more);

void buf_add(struct buf *buf, const void *bytes, size_t len);
void buf_add_span(struct buf *buf, struct span span);
void buf_add_text(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *fmt, ...) PRINTF_LIKE(2, 3);

/*
 * Take back all that was added after it had `len` bytes, and with it the
 * failure to add more.
 */
void buf_cut(struct buf *buf, size_t len);

/* What is in it. Lives: until the next change. */
struct span buf_span(const struct buf *buf);

/*
 * E_OK, E_TOO_LARGE or E_NO_MEMORY, or what its writer latched: how all that
 * was added went.
 */
enum err buf_done(const struct buf *buf) MUST_CHECK;

#endif

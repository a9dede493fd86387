/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void
buf_init(struct buf *buf, size_t cap)
{
	memset(buf, 0, sizeof(*buf));
	buf->cap = cap;
}

void
buf_free(struct buf *buf)
{
	if (buf == NULL)
		return;
	free(buf->data);
	buf_init(buf, buf->cap);
}

void
buf_reset(struct buf *buf, size_t keep)
{
	if (buf->size > keep) {
		buf_free(buf);
		return;
	}
	buf->len = 0;
	buf->failed = E_OK;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

char *
buf_room(struct buf *buf, size_t more)
{
	size_t want, size;
	char *data;

	if (buf->failed != E_OK)
		return NULL;
	if (more > buf->cap || buf->len > buf->cap - more) {
		buf->failed = E_TOO_LARGE;
		return NULL;
	}
	want = buf->len + more + 1;
	if (want > buf->size) {
		size = buf->size < 256 ? 256 : buf->size;
		while (size < want)
			size = size > buf->cap / 2 ? buf->cap + 1 : size * 2;
		if (buf->len == 0 && want > 65536)
			size = want; /* a body of known length: exactly */
		data = realloc(buf->data, size);
		if (data == NULL) {
			buf->failed = E_NO_MEMORY;
			return NULL;
		}
		buf->data = data;
		buf->size = size;
		data[buf->len] = '\0';
	}
	return buf->data + buf->len;
}

void
buf_add(struct buf *buf, const void *bytes, size_t len)
{
	char *room = buf_room(buf, len);

	if (room == NULL)
		return;
	if (len > 0)
		memcpy(room, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
buf_add_span(struct buf *buf, struct span span)
{
	buf_add(buf, span.at, span.len);
}

void
buf_add_text(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void
buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void
buf_printf(struct buf *buf, const char *fmt, ...)
{
	/* Mostly it fits into what is there. */
	size_t spare = buf->failed == E_OK ? buf->size - buf->len : 0;
	va_list args;
	char *room;
	int len;

	va_start(args, fmt);
	len = vsnprintf(spare > 0 ? buf->data + buf->len : NULL, spare, fmt,
	    args);
	va_end(args);
	if (len < 0 && buf->failed == E_OK)
		buf->failed = E_NO_MEMORY;
	room = len < 0 ? NULL : buf_room(buf, (size_t)len);
	if (room == NULL) {
		if (spare > 0)
			buf->data[buf->len] = '\0';
		return;
	}
	if ((size_t)len >= spare) {
		va_start(args, fmt);
		(void)vsnprintf(room, (size_t)len + 1, fmt, args);
		va_end(args);
	}
	buf->len += (size_t)len;
}

void
buf_cut(struct buf *buf, size_t len)
{
	assert(len <= buf->len);
	buf->len = len;
	buf->failed = E_OK;
	if (buf->data != NULL)
		buf->data[len] = '\0';
}

struct span
buf_span(const struct buf *buf)
{
	return (struct span){ buf->data == NULL ? "" : buf->data, buf->len };
}

enum err
buf_done(const struct buf *buf)
{
	return buf->failed;
}

/* SPDX-License-Identifier: MIT */
#include "programs/tool/import_lines.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

#define PIECE_BYTES 65536

void
import_lines_init(struct import_lines *lines, size_t line_max)
{
	memset(lines, 0, sizeof(*lines));
	buf_init(&lines->buf, line_max + 2 * PIECE_BYTES);
}

void
import_lines_done(struct import_lines *lines)
{
	buf_free(&lines->buf);
}

/* What was given already makes room for what comes. */
static void
forget(struct import_lines *lines)
{
	struct buf *buf = &lines->buf;

	if (lines->at == 0)
		return;
	memmove(buf->data, buf->data + lines->at, buf->len - lines->at);
	buf_cut(buf, buf->len - lines->at);
	lines->scanned -= lines->at;
	lines->at = 0;
}

/* The line that stands there whole; at NULL: there is none yet. */
static struct span
take(struct import_lines *lines)
{
	struct buf *buf = &lines->buf;
	struct span line = SPAN_NONE;
	const char *end = buf->len == lines->scanned ?
	    NULL :
	    memchr(buf->data + lines->scanned, '\n', buf->len - lines->scanned);
	size_t past;

	if (end == NULL && !(lines->ended && buf->len > lines->at)) {
		lines->scanned = buf->len;
		return line;
	}
	past = end == NULL ? buf->len : (size_t)(end - buf->data) + 1;
	line.at = buf->data + lines->at;
	line.len = past - lines->at - (end != NULL);
	lines->at = lines->scanned = past;
	lines->number++;
	return line;
}

/* Read a piece that comes in time. Gives: *ret_read, whether there was one. */
static enum err
fill(struct import_lines *lines, int timeout, bool *ret_read, struct diag *diag)
{
	struct pollfd fd = { .fd = STDIN_FILENO, .events = POLLIN };
	char piece[PIECE_BYTES];
	ssize_t len;

	*ret_read = false;
	if (poll(&fd, 1, timeout) <= 0)
		return E_OK;
	len = read(STDIN_FILENO, piece, sizeof(piece));
	if (len < 0 && (errno == EINTR || errno == EAGAIN))
		return E_OK;
	if (len < 0)
		return diag_set(diag, E_INVALID, "standard input: %s",
		    strerror(errno));
	*ret_read = true;
	lines->ended = len == 0;
	forget(lines);
	buf_add(&lines->buf, piece, (size_t)len);
	if (buf_done(&lines->buf) != E_OK)
		return diag_set(diag, buf_done(&lines->buf),
		    "line %" PRId64 " of standard input: %s", lines->number + 1,
		    err_text(buf_done(&lines->buf)));
	return E_OK;
}

enum err
import_lines_next(struct import_lines *lines, int timeout, struct buf *out,
    bool *ret_got, struct diag *diag)
{
	const int64_t until = clock_ms() + timeout;
	bool read = true;
	enum err rc = E_OK;

	*ret_got = false;
	while (rc == E_OK && read) {
		struct span line = take(lines);

		if (line.at != NULL && !span_is_blank(line)) {
			buf_add(out, line.at, line.len);
			*ret_got = true;
			return buf_done(out);
		}
		if (line.at != NULL)
			continue;
		if (lines->ended)
			break;
		rc = fill(lines, clock_left(until), &read, diag);
	}
	return rc;
}

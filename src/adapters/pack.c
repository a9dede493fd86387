/* SPDX-License-Identifier: MIT */
#include "adapters/pack.h"

#include <zlib.h>

/* zlib: the largest window, and a gzip header. */
#define WINDOW (15 + 16)
#define MEMORY 9

enum err
pack_gzip(struct span bytes, struct buf *ret, struct diag *diag)
{
	z_stream stream = { .next_in = (Bytef *)(uintptr_t)bytes.at,
		.avail_in = (uInt)bytes.len };
	size_t room;
	char *out;
	int status;

	if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, WINDOW,
		MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
		return diag_set(diag, E_NO_MEMORY, "zlib does not start");
	room = deflateBound(&stream, (uLong)bytes.len);
	out = buf_room(ret, room);
	if (out == NULL) {
		(void)deflateEnd(&stream);
		return buf_done(ret);
	}
	stream.next_out = (Bytef *)out;
	stream.avail_out = (uInt)room;
	status = deflate(&stream, Z_FINISH);
	ret->len += stream.total_out;
	(void)deflateEnd(&stream);
	return status == Z_STREAM_END ?
	    E_OK :
	    diag_set(diag, E_NO_MEMORY, "zlib did not end");
}

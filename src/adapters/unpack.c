/* SPDX-License-Identifier: MIT */
#include "adapters/unpack.h"

#include <stdlib.h>
#include <string.h>

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* Bytes unpacked at a time. */
#define PIECE 262144
/* The largest zstd window taken: 8 MB, what RFC 8878 asks decoders for. */
#define WINDOW_LOG 23
/* The largest header of a frame (RFC 8878, section 3.1.1), with its magic. */
#define HEADER_SIZE 18
/* zlib: the largest window, and a gzip header is expected. */
#define GZIP_WINDOW_BITS (15 + 16)

#ifdef HAVE_ZSTD
const char unpack_codings[] = "gzip, zstd";
#else
const char unpack_codings[] = "gzip";
#endif

struct unpack {
	const char *coding;
	enum err (*add)(struct unpack *unpack, struct span piece,
	    struct diag *diag);
	struct buf *out;
	bool inside; /* a member or frame, or before the first */
	z_stream gzip;
#ifdef HAVE_ZSTD
	ZSTD_DCtx *zstd;
	size_t taken; /* bytes of the frame */
#endif
};

static enum err
tell_damaged(const struct unpack *unpack, struct diag *diag)
{
	return diag_tell(diag, E_SYNTAX,
	    "The body is not what"
	    " Content-Encoding: %s says, or is cut off",
	    unpack->coding);
}

/* Room for the next bytes: at most PIECE of them, up to the buffer's cap. */
static enum err
next_room(struct buf *out, char **ret_room, size_t *ret_size, struct diag *diag)
{
	size_t left = out->cap - out->len;

	*ret_size = left < PIECE ? left : PIECE;
	if (left == 0)
		return diag_tell(diag, E_TOO_LARGE,
		    "The unpacked body is larger than this service takes");
	*ret_room = buf_room(out, *ret_size);
	if (*ret_room == NULL)
		return diag_set(diag, buf_done(out), "no room to unpack");
	return E_OK;
}

static void
took_room(struct buf *out, size_t used)
{
	out->len += used;
	out->data[out->len] = '\0';
}

/* gzip: one member or several in a row (RFC 1952, section 2.2). */
static enum err
add_gzip(struct unpack *unpack, struct span piece, struct diag *diag)
{
	z_stream *stream = &unpack->gzip;
	bool more = piece.len > 0;

	memcpy(&stream->next_in, &piece.at, sizeof(stream->next_in));
	stream->avail_in = (uInt)piece.len;
	while (more) {
		char *room;
		size_t size;
		int status;
		enum err rc = next_room(unpack->out, &room, &size, diag);

		if (rc != E_OK)
			return rc;
		if (!unpack->inside)
			(void)inflateReset(stream);
		stream->next_out = (Bytef *)room;
		stream->avail_out = (uInt)size;
		status = inflate(stream, Z_NO_FLUSH);
		took_room(unpack->out, size - stream->avail_out);
		/* Z_BUF_ERROR: all was read, and nothing more comes out. */
		if (status != Z_OK && status != Z_STREAM_END &&
		    !(status == Z_BUF_ERROR && stream->avail_in == 0))
			return tell_damaged(unpack, diag);
		unpack->inside = status != Z_STREAM_END;
		more = stream->avail_in > 0 ||
		    (unpack->inside && stream->avail_out == 0);
	}
	return E_OK;
}

#ifdef HAVE_ZSTD
/* Decode to the end of the frame, or of the piece, which moves on. */
static enum err
decode(struct unpack *unpack, struct span *piece, struct diag *diag)
{
	ZSTD_inBuffer in = { piece->at, piece->len, 0 };
	bool more = true;

	while (more) {
		ZSTD_outBuffer out = { NULL, 0, 0 };
		size_t before = in.pos, left;
		char *room;
		enum err rc = next_room(unpack->out, &room, &out.size, diag);

		if (rc != E_OK)
			return rc;
		out.dst = room;
		left = ZSTD_decompressStream(unpack->zstd, &out, &in);
		took_room(unpack->out, out.pos);
		if (ZSTD_isError(left) ||
		    (in.pos < in.size && in.pos == before && out.pos == 0))
			return tell_damaged(unpack, diag);
		unpack->inside = left != 0;
		more = unpack->inside &&
		    (in.pos < in.size || out.pos == out.size);
	}
	piece->at += in.pos;
	piece->len -= in.pos;
	unpack->taken = unpack->inside ? unpack->taken + in.pos : 0;
	return E_OK;
}

/*
 * zstd: one frame or several in a row. A frame's header goes in byte by byte:
 * libzstd looks at the bytes of a call, not of the frame, to tell whether the
 * frame is of a format from before RFC 8878, which it still reads, and how long
 * it is; so a body was another thing when it was cut elsewhere.
 */
static enum err
add_zstd(struct unpack *unpack, struct span piece, struct diag *diag)
{
	enum err rc = E_OK;

	while (rc == E_OK && piece.len > 0) {
		struct span byte = { piece.at, 1 };

		if (unpack->taken >= HEADER_SIZE) {
			rc = decode(unpack, &piece, diag);
			continue;
		}
		rc = decode(unpack, &byte, diag);
		piece.at++;
		piece.len--;
	}
	return rc;
}
#endif

/* Choose the coding and make its state ready. */
static enum err
start(struct unpack *unpack, struct span coding, struct diag *diag)
{
	if (span_is_nocase(coding, "gzip") ||
	    span_is_nocase(coding, "x-gzip")) {
		unpack->coding = "gzip";
		if (inflateInit2(&unpack->gzip, GZIP_WINDOW_BITS) != Z_OK)
			return diag_set(diag, E_NO_MEMORY,
			    "zlib does not start");
		unpack->add = add_gzip;
		return E_OK;
	}
#ifdef HAVE_ZSTD
	if (span_is_nocase(coding, "zstd")) {
		unpack->coding = "zstd";
		unpack->zstd = ZSTD_createDCtx();
		if (unpack->zstd == NULL)
			return diag_set(diag, E_NO_MEMORY,
			    "zstd does not start");
		(void)ZSTD_DCtx_setParameter(unpack->zstd, ZSTD_d_windowLogMax,
		    WINDOW_LOG);
		unpack->add = add_zstd;
		return E_OK;
	}
#endif
	return diag_tell(diag, E_MEDIA,
	    "This Content-Encoding is not taken:"
	    " send one of %s, or none",
	    unpack_codings);
}

enum err
unpack_new(struct span coding, struct buf *out, struct unpack **ret_unpack,
    struct diag *diag)
{
	struct unpack *unpack = calloc(1, sizeof(*unpack));
	enum err rc;

	if (unpack == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to unpack");
	unpack->out = out;
	unpack->inside = true;
	rc = start(unpack, coding, diag);
	if (rc != E_OK) {
		unpack_free(unpack);
		return rc;
	}
	*ret_unpack = unpack;
	return E_OK;
}

void
unpack_free(struct unpack *unpack)
{
	if (unpack == NULL)
		return;
	if (unpack->add == add_gzip)
		(void)inflateEnd(&unpack->gzip);
#ifdef HAVE_ZSTD
	(void)ZSTD_freeDCtx(unpack->zstd);
#endif
	free(unpack);
}

enum err
unpack_add(struct unpack *unpack, struct span piece, struct diag *diag)
{
	return unpack->add(unpack, piece, diag);
}

enum err
unpack_done(const struct unpack *unpack, struct diag *diag)
{
	return unpack->inside ? tell_damaged(unpack, diag) : E_OK;
}

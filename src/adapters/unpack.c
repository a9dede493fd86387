#include "adapters/unpack.h"

#include <string.h>

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

/* Bytes unpacked at a time. */
#define PIECE 262144
/* The largest zstd window taken: 8 MB, what RFC 8878 asks decoders for. */
#define WINDOW_LOG 23
/* zlib: the largest window, and a gzip header is expected. */
#define GZIP_WINDOW_BITS (15 + 16)

#ifdef HAVE_ZSTD
const char unpack_codings[] = "gzip, zstd";
#else
const char unpack_codings[] = "gzip";
#endif

static enum err
tell_damaged(struct diag *diag, const char *coding)
{
	return diag_tell(diag, E_SYNTAX,
	    "The body is not what Content-Encoding: %s says, or is cut off",
	    coding);
}

/* Room for the next piece: at most PIECE bytes, up to the buffer's cap. */
static enum err
next_room(struct buf *out, char **ret_room, size_t *ret_size,
    struct diag *diag)
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
unpack_gzip(struct span packed, struct buf *out, struct diag *diag)
{
	z_stream stream;
	enum err rc = E_OK;
	int status = Z_OK;

	memset(&stream, 0, sizeof(stream));
	if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK)
		return diag_set(diag, E_NO_MEMORY, "zlib does not start");
	memcpy(&stream.next_in, &packed.at, sizeof(stream.next_in));
	stream.avail_in = (uInt)packed.len;
	while (rc == E_OK) {
		char *room;
		size_t size;

		if (status == Z_STREAM_END) {
			if (stream.avail_in == 0)
				break;
			(void)inflateReset(&stream);
		}
		rc = next_room(out, &room, &size, diag);
		if (rc != E_OK)
			break;
		stream.next_out = (Bytef *)room;
		stream.avail_out = (uInt)size;
		status = inflate(&stream, Z_NO_FLUSH);
		took_room(out, size - stream.avail_out);
		if (status != Z_OK && status != Z_STREAM_END)
			rc = tell_damaged(diag, "gzip");
	}
	(void)inflateEnd(&stream);
	return rc;
}

#ifdef HAVE_ZSTD
/* zstd: one frame or several in a row. */
static enum err
unpack_zstd(struct span packed, struct buf *out, struct diag *diag)
{
	ZSTD_inBuffer in = { packed.at, packed.len, 0 };
	ZSTD_DCtx *context = ZSTD_createDCtx();
	enum err rc = E_OK;
	size_t left = 1; /* 0 at the end of a frame */

	if (context == NULL)
		return diag_set(diag, E_NO_MEMORY, "zstd does not start");
	(void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG);
	while (rc == E_OK && (in.pos < in.size || left != 0)) {
		ZSTD_outBuffer piece = { NULL, 0, 0 };
		size_t before = in.pos;
		char *room;

		rc = next_room(out, &room, &piece.size, diag);
		if (rc != E_OK)
			break;
		piece.dst = room;
		left = ZSTD_decompressStream(context, &piece, &in);
		took_room(out, piece.pos);
		if (ZSTD_isError(left) ||
		    (left != 0 && piece.pos == 0 && in.pos == before))
			rc = tell_damaged(diag, "zstd");
	}
	(void)ZSTD_freeDCtx(context);
	return rc;
}
#endif

enum err
unpack(struct span coding, struct span packed, struct buf *out,
    struct diag *diag)
{
	if (span_is_nocase(coding, "gzip") || span_is_nocase(coding, "x-gzip"))
		return unpack_gzip(packed, out, diag);
#ifdef HAVE_ZSTD
	if (span_is_nocase(coding, "zstd"))
		return unpack_zstd(packed, out, diag);
#endif
	return diag_tell(diag, E_MEDIA, "This Content-Encoding is not taken:"
	    " send one of %s, or none", unpack_codings);
}

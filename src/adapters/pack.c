/* SPDX-License-Identifier: MIT */
#include "adapters/pack.h"

#include <stdlib.h>

#include <zlib.h>
#ifdef HAVE_ZSTD
#include <zstd.h>
#endif

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

#ifdef HAVE_ZSTD
/* Bytes that one call may give. */
#define PIECE 131072

const char pack_coding[] = "zstd";

struct pack {
	ZSTD_CCtx *zstd;
};

enum err
pack_new(struct pack **ret_pack, struct diag *diag)
{
	struct pack *pack = calloc(1, sizeof(*pack));

	if (pack != NULL)
		pack->zstd = ZSTD_createCCtx();
	if (pack == NULL || pack->zstd == NULL) {
		pack_free(pack);
		return diag_set(diag, E_NO_MEMORY, "zstd does not start");
	}
	(void)ZSTD_CCtx_setParameter(pack->zstd, ZSTD_c_checksumFlag, 1);
	*ret_pack = pack;
	return E_OK;
}

void
pack_free(struct pack *pack)
{
	if (pack == NULL)
		return;
	(void)ZSTD_freeCCtx(pack->zstd);
	free(pack);
}

static enum err
run(struct pack *pack, struct span bytes, ZSTD_EndDirective how,
    struct buf *ret, struct diag *diag)
{
	ZSTD_inBuffer in = { bytes.at, bytes.len, 0 };
	size_t left;

	do {
		ZSTD_outBuffer out = { buf_room(ret, PIECE), PIECE, 0 };

		if (out.dst == NULL)
			return diag_set(diag, buf_done(ret), "no room to pack");
		left = ZSTD_compressStream2(pack->zstd, &out, &in, how);
		ret->len += out.pos;
		ret->data[ret->len] = '\0';
		if (ZSTD_isError(left))
			return diag_set(diag, E_NO_MEMORY, "zstd: %s",
			    ZSTD_getErrorName(left));
	} while (how == ZSTD_e_end ? left != 0 : in.pos < in.size);
	return E_OK;
}

enum err
pack_add(struct pack *pack, struct span bytes, struct buf *ret,
    struct diag *diag)
{
	return run(pack, bytes, ZSTD_e_continue, ret, diag);
}

enum err
pack_end(struct pack *pack, struct buf *ret, struct diag *diag)
{
	return run(pack, SPAN_LIT(""), ZSTD_e_end, ret, diag);
}
#else
const char pack_coding[] = "";

struct pack {
	char unused;
};

enum err
pack_new(struct pack **ret_pack, struct diag *diag)
{
	*ret_pack = calloc(1, sizeof(**ret_pack));
	return *ret_pack != NULL ?
	    E_OK :
	    diag_set(diag, E_NO_MEMORY, "no memory to write a file");
}

void
pack_free(struct pack *pack)
{
	free(pack);
}

enum err
pack_add(struct pack *pack, struct span bytes, struct buf *ret,
    struct diag *diag)
{
	(void)pack;
	buf_add_span(ret, bytes);
	return buf_done(ret) == E_OK ?
	    E_OK :
	    diag_set(diag, buf_done(ret), "no room for a line");
}

enum err
pack_end(struct pack *pack, struct buf *ret, struct diag *diag)
{
	(void)pack;
	(void)ret;
	(void)diag;
	return E_OK;
}
#endif

/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a packed body: the first says which coding and how it is cut.
 * However it is cut, the same comes out, and never more than may.
 */
#include <stdlib.h>
#include <string.h>

#include "adapters/unpack.h"

#include "fuzz.h"

#define MAX 100000

static enum err
unpack(struct span coding, struct span packed, size_t step, struct buf *out)
{
	struct unpack *unpack = NULL;
	struct diag diag;
	enum err rc;

	diag_clear(&diag);
	rc = unpack_new(coding, out, &unpack, &diag);
	while (rc == E_OK && packed.len > 0) {
		struct span piece = packed;

		if (piece.len > step)
			piece.len = step;
		packed.at += piece.len;
		packed.len -= piece.len;
		rc = unpack_add(unpack, piece, &diag);
	}
	if (rc == E_OK)
		rc = unpack_done(unpack, &diag);
	unpack_free(unpack);
	return rc;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf whole, pieces;
	struct span packed, coding;
	enum err one, other;
	size_t step;

	if (size == 0)
		return 0;
	packed = (struct span){ (const char *)data + 1, size - 1 };
	coding = str_span((data[0] & 1) != 0 ? "zstd" : "gzip");
	step = (size_t)(data[0] >> 1) + 1;
	buf_init(&whole, MAX);
	buf_init(&pieces, MAX);
	one = unpack(coding, packed, SIZE_MAX, &whole);
	other = unpack(coding, packed, step, &pieces);
	must(one == other);
	must(whole.len <= MAX && pieces.len <= MAX);
	if (one == E_OK)
		must(whole.len == pieces.len && (whole.len == 0 ||
		    memcmp(whole.data, pieces.data, whole.len) == 0));
	buf_free(&whole);
	buf_free(&pieces);
	return 0;
}

/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a query string: what is read is valid text without NUL, and
 * written again with every byte escaped it reads as the same pairs.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http/params.h"

#include "fuzz.h"

static void
add_escaped(struct buf *out, struct span text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < text.len; i++) {
		unsigned char byte = (unsigned char)text.at[i];
		const char escape[] = { '%', digits[byte >> 4],
			digits[byte & 15], '\0' };

		buf_add_text(out, escape);
	}
}

static void
check_text(struct span text)
{
	must(text.at != NULL);
	must(span_utf8_chars(text) != SIZE_MAX);
	must(memchr(text.at, '\0', text.len) == NULL);
}

static void
check_same(struct span one, struct span other)
{
	must(one.len == other.len);
	must(memcmp(one.at, other.at, one.len) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span query = { (const char *)data, size };
	struct arena *arena = arena_new(4096 + 32 * size);
	struct params params = { 0 }, again = { 0 };
	struct diag diag;
	struct span value;
	struct buf out;

	must(arena != NULL);
	diag_clear(&diag);
	buf_init(&out, 1024 + 8 * size);
	if (params_read(query, arena, &params, &diag) == E_OK) {
		must(params.count <= PARAMS_MAX);
		for (size_t i = 0; i < params.count; i++) {
			check_text(params.pairs[i].name);
			check_text(params.pairs[i].value);
			buf_add_text(&out, i == 0 ? "" : "&");
			add_escaped(&out, params.pairs[i].name);
			buf_add_text(&out, "=");
			add_escaped(&out, params.pairs[i].value);
		}
		must(buf_done(&out) == E_OK);
		must(params_read(buf_span(&out), arena, &again, &diag) ==
		    E_OK);
		must(again.count == params.count);
		for (size_t i = 0; i < params.count; i++) {
			check_same(params.pairs[i].name, again.pairs[i].name);
			check_same(params.pairs[i].value,
			    again.pairs[i].value);
		}
		(void)params_find(&params, "tenant_id", &value);
	} else {
		must(diag.text[0] != '\0');
	}
	buf_free(&out);
	arena_free(arena);
	return 0;
}

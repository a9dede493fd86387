/* SPDX-License-Identifier: MIT */
#include "etl/page.h"

#include <inttypes.h>
#include <string.h>

/* A cursor is `id:key` of a page's last row, in hexadecimal. */
static const char digits[] = "0123456789abcdef";

static char *
write_cursor(struct arena *arena, int64_t id, struct span key)
{
	char *plain = arena_printf(arena, "%" PRId64 ":%.*s", id,
	    SPAN_ARG(key));
	size_t len = strlen(plain);
	char *cursor = arena_ask(arena, 2 * len + 1);

	if (cursor == NULL)
		return NULL;
	for (size_t i = 0; i < len; i++) {
		cursor[2 * i] = digits[(unsigned char)plain[i] >> 4];
		cursor[2 * i + 1] = digits[(unsigned char)plain[i] & 15];
	}
	return cursor;
}

enum err
page_read(struct req *rq, struct span cursor, bool key_is_text, int64_t *ret_id,
    struct span *ret_key)
{
	int64_t number;
	char *plain = arena_ask(rq->arena, cursor.len / 2 + 1);
	struct span id, key = { plain, cursor.len / 2 };
	bool fine = cursor.len % 2 == 0;

	if (plain == NULL)
		return arena_done(rq->arena, &rq->diag);
	for (size_t i = 0; fine && i < cursor.len; i++) {
		const char *digit = memchr(digits, cursor.at[i], 16);

		fine = digit != NULL;
		if (fine)
			plain[i / 2] = (char)((unsigned char)plain[i / 2] << 4 |
			    (digit - digits));
	}
	id = span_cut(&key, ':');
	fine = fine && key.at != NULL && span_int64(id, ret_id) &&
	    (key_is_text || span_int64(key, &number)) &&
	    span_utf8_chars(key) != SIZE_MAX &&
	    (key.len == 0 || memchr(key.at, '\0', key.len) == NULL);
	if (!fine)
		return request_refuse(rq, FIELD_QUERY, "cursor", "cursor",
		    "must be the X-Next-Cursor of another page");
	*ret_key = key;
	return E_OK;
}

static void
add_encoded(struct buf *out, struct span text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < text.len; i++) {
		if (memchr(plain, text.at[i], sizeof(plain) - 1) != NULL)
			buf_add_char(out, text.at[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
	}
}

/* The same query with another cursor (RFC 8288). */
enum err
page_next(struct req *rq, struct resp *rp, int64_t id, struct span key)
{
	const char *cursor = write_cursor(rq->arena, id, key);

	if (cursor == NULL)
		return arena_done(rq->arena, &rq->diag);
	response_header(rp, "X-Next-Cursor", cursor);
	buf_printf(rp->head, "Link: <%s?", rq->route->path);
	for (size_t i = 0; i < rq->params.count; i++) {
		const struct param *pair = &rq->params.pairs[i];

		if (span_is(pair->name, "cursor"))
			continue;
		add_encoded(rp->head, pair->name);
		buf_add_char(rp->head, '=');
		add_encoded(rp->head, pair->value);
		buf_add_char(rp->head, '&');
	}
	buf_printf(rp->head, "cursor=%s>; rel=\"next\"\r\n", cursor);
	return E_OK;
}

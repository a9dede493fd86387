/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a form. The first line is its Content-Type, the rest its body.
 * What is read lies within the body, in order and without overlap, and the
 * parts, written as a form again, read as the same parts.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "http/multipart.h"

#include "fuzz.h"

static void
check_same(struct span one, struct span other)
{
	must(one.len == other.len);
	must(one.len == 0 || memcmp(one.at, other.at, one.len) == 0);
}

static void
check_within(struct span body, const struct parts *parts)
{
	const char *at = body.at;

	must(parts->count <= MULTIPART_PARTS_MAX);
	for (size_t i = 0; i < parts->count; i++) {
		const struct part *part = &parts->items[i];

		must(part->name.len > 0 && part->name.at >= at);
		must(span_utf8_chars(part->name) != SIZE_MAX);
		must(part->bytes.at >= part->name.at + part->name.len);
		at = part->bytes.at + part->bytes.len;
		must(at <= body.at + body.len);
	}
}

/* A name that was not quoted needs no quotes, and none is in it. */
static void
add_part(struct buf *out, struct span boundary, const struct part *part)
{
	buf_add_text(out, "--");
	buf_add_span(out, boundary);
	buf_add_text(out, "\r\nContent-Disposition: form-data; name=\"");
	buf_add_span(out, part->name);
	buf_add_text(out, "\"\r\n\r\n");
	buf_add_span(out, part->bytes);
	buf_add_text(out, "\r\n");
}

static void
check_again(struct span boundary, const struct parts *parts)
{
	static struct parts again;
	struct diag diag;
	struct buf out;

	diag_clear(&diag);
	buf_init(&out, 1 << 22);
	for (size_t i = 0; i < parts->count; i++)
		add_part(&out, boundary, &parts->items[i]);
	buf_add_text(&out, "--");
	buf_add_span(&out, boundary);
	buf_add_text(&out, "--");
	must(buf_done(&out) == E_OK);
	must(multipart_read(buf_span(&out), boundary, &again, &diag) == E_OK);
	must(again.count == parts->count);
	for (size_t i = 0; i < parts->count; i++) {
		check_same(parts->items[i].name, again.items[i].name);
		check_same(parts->items[i].bytes, again.items[i].bytes);
	}
	buf_free(&out);
}

/* A backslash outside of quotes would be one more escape within them. */
static bool
has_backslash(const struct parts *parts)
{
	for (size_t i = 0; i < parts->count; i++)
		if (memchr(parts->items[i].name.at, '\\',
		    parts->items[i].name.len) != NULL)
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span body = { (const char *)data, size };
	struct span type = span_cut(&body, '\n');
	const struct part *part;
	static struct parts parts;
	struct span boundary;
	struct diag diag;

	diag_clear(&diag);
	if (multipart_boundary(type, &boundary, &diag) != E_OK) {
		must(diag.client[0] != '\0');
		return 0;
	}
	if (multipart_read(body, boundary, &parts, &diag) != E_OK) {
		must(diag.client[0] != '\0');
		return 0;
	}
	check_within(body, &parts);
	must(multipart_find(&parts, "file", &part) <= parts.count);
	if (!has_backslash(&parts))
		check_again(boundary, &parts);
	return 0;
}

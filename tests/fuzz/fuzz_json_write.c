/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a string, as a key and in pieces: what is written is JSON that
 * json_scan accepts, and valid text is read back as it was.
 */
#include <stdlib.h>
#include <string.h>

#include "json/json_read.h"
#include "json/json_scan.h"
#include "json/json_write.h"

#include "fuzz.h"

static bool
is_text(struct span bytes)
{
	return span_utf8_chars(bytes) != SIZE_MAX &&
	    memchr(bytes.at, '\0', bytes.len) == NULL;
}

/* The value of the member is these bytes again. */
static void
check_back(const struct json_member *member, struct span bytes)
{
	struct arena *arena = arena_new(64 + 2 * bytes.len);
	struct span back = SPAN_NONE;
	struct diag diag;

	if (arena == NULL)
		return;
	must(json_read_string(member->value, arena, &back, &diag) == E_OK);
	must(back.len == bytes.len);
	must(memcmp(back.at, bytes.at, bytes.len) == 0);
	arena_free(arena);
}

static void
check_written(struct buf *out, struct span bytes)
{
	struct json_member members[] = { { .name = "whole" },
		{ .name = "list" } };
	struct json_refusal refusal;
	bool good = json_scan_object(buf_span(out), &json_limits_default,
	    members, COUNT(members), &refusal);

	/* NUL is JSON, but nothing that PostgreSQL stores. */
	if (memchr(bytes.at, '\0', bytes.len) != NULL) {
		must(!good && refusal.flaw == JSON_NUL);
		return;
	}
	must(good);
	must(members[0].kind == JSON_STRING);
	must(members[1].item_count == 4);
	if (is_text(bytes))
		check_back(&members[0], bytes);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = { (const char *)data, size };
	struct span half = { bytes.at, size / 2 };
	struct json json;
	struct buf out;
	char *key;

	if (size == 0)
		return 0;
	key = strndup(bytes.at, size);
	buf_init(&out, 1024 + 64 * size);
	json_init(&json, &out);
	json_object(&json, NULL);
	json_span(&json, "whole", bytes);
	json_array(&json, "list");
	json_span(&json, NULL, half);
	json_int(&json, NULL, (int64_t)size);
	json_object(&json, NULL);
	json_text(&json, key == NULL ? "key" : key, key);
	json_end(&json);
	json_bool(&json, NULL, true);
	json_end(&json);
	json_end(&json);
	must(buf_done(&out) == E_OK);
	check_written(&out, bytes);
	buf_free(&out);
	free(key);
	return 0;
}

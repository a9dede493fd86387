/* SPDX-License-Identifier: MIT */
#include "json/json_write.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

void
json_init(struct json *json, struct buf *out)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
}

/* The bytes of a string between its quotes. */
static void
add_escaped(struct buf *out, struct span text)
{
	static const char hex[] = "0123456789abcdef";
	const unsigned char *at = (const unsigned char *)text.at;
	const unsigned char *end = at + text.len;
	const unsigned char *plain = at;

	while (at < end) {
		size_t len = utf8_sequence(at, end);

		if (len > 0 && *at >= 0x20 && *at != '"' && *at != '\\') {
			at += len;
			continue;
		}
		buf_add(out, plain, (size_t)(at - plain));
		if (len == 0) {
			buf_add_text(out, "\xef\xbf\xbd");
		} else if (*at == '"' || *at == '\\') {
			buf_add_char(out, '\\');
			buf_add_char(out, (char)*at);
		} else if (*at == '\n') {
			buf_add_text(out, "\\n");
		} else if (*at == '\t') {
			buf_add_text(out, "\\t");
		} else {
			buf_add_text(out, "\\u00");
			buf_add_char(out, hex[*at >> 4]);
			buf_add_char(out, hex[*at & 15]);
		}
		at++;
		plain = at;
	}
	buf_add(out, plain, (size_t)(at - plain));
}

/* Where this is false we made a mistake: what is written is no JSON. */
static void
must(struct json *json, bool is_right)
{
	assert(is_right);
	if (!is_right && json->out->failed == E_OK)
		json->out->failed = E_MISTAKE;
}

/*
 * What stands before a value: comma and key. Members of an object have a key,
 * nothing else has one, and there is one outermost value.
 */
static void
begin(struct json *json, const char *key)
{
	bool in_object = json->depth > 0 && json->close[json->depth - 1] == '}';

	must(json, in_object == (key != NULL));
	must(json, json->depth > 0 || !json->comma);
	if (json->comma)
		buf_add_char(json->out, ',');
	if (key != NULL) {
		buf_add_char(json->out, '"');
		add_escaped(json->out, str_span(key));
		buf_add_text(json->out, "\":");
	}
	json->comma = true;
}

static void
enter(struct json *json, const char *key, char open, char close)
{
	begin(json, key);
	must(json, json->depth < JSON_WRITE_DEPTH);
	if (json->depth == JSON_WRITE_DEPTH)
		return;
	json->close[json->depth++] = close;
	buf_add_char(json->out, open);
	json->comma = false;
}

void
json_object(struct json *json, const char *key)
{
	enter(json, key, '{', '}');
}

void
json_array(struct json *json, const char *key)
{
	enter(json, key, '[', ']');
}

void
json_end(struct json *json)
{
	must(json, json->depth > 0);
	if (json->depth == 0)
		return;
	buf_add_char(json->out, json->close[--json->depth]);
	json->comma = true;
}

void
json_null(struct json *json, const char *key)
{
	begin(json, key);
	buf_add_text(json->out, "null");
}

void
json_bool(struct json *json, const char *key, bool value)
{
	begin(json, key);
	buf_add_text(json->out, value ? "true" : "false");
}

void
json_int(struct json *json, const char *key, int64_t value)
{
	begin(json, key);
	buf_printf(json->out, "%" PRId64, value);
}

void
json_span(struct json *json, const char *key, struct span value)
{
	if (value.at == NULL) {
		json_null(json, key);
		return;
	}
	begin(json, key);
	buf_add_char(json->out, '"');
	add_escaped(json->out, value);
	buf_add_char(json->out, '"');
}

void
json_text(struct json *json, const char *key, const char *value)
{
	json_span(json, key, str_span(value));
}

void
json_raw(struct json *json, const char *key, struct span value)
{
	if (value.at == NULL) {
		json_null(json, key);
		return;
	}
	begin(json, key);
	buf_add_span(json->out, value);
}

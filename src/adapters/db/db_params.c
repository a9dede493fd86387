/* SPDX-License-Identifier: MIT */
/* The parameters of a statement, in the formats that libpq takes. */
#include <assert.h>
#include <endian.h>
#include <string.h>

#include "adapters/db/db.h"

/* From PostgreSQL's catalogue, pg_type.dat. */
enum {
	OID_BOOL = 16,
	OID_BYTEA = 17,
	OID_INT8 = 20,
	OID_TEXT = 25,
	OID_BYTEA_ARRAY = 1001,
	OID_TEXT_ARRAY = 1009,
	OID_INT8_ARRAY = 1016,
	OID_JSONB = 3802,
	OID_JSONB_ARRAY = 3807
};

static int
next_param(struct db_params *params, unsigned type)
{
	int i = params->count++;

	assert(i < DB_PARAMS_MAX);
	params->types[i] = type;
	params->values[i] = NULL;
	params->lengths[i] = 0;
	params->formats[i] = 1;
	return i;
}

void
db_add_int(struct db_params *params, int64_t value)
{
	int i = next_param(params, OID_INT8);

	params->numbers[i] = (int64_t)htobe64((uint64_t)value);
	params->values[i] = (const char *)&params->numbers[i];
	params->lengths[i] = sizeof(params->numbers[i]);
}

void
db_add_bool(struct db_params *params, bool value)
{
	int i = next_param(params, OID_BOOL);

	params->values[i] = value ? "\1" : "\0";
	params->lengths[i] = 1;
}

/* Binary text is its bytes: no terminator needed, none believed. */
void
db_add_text(struct db_params *params, struct span value)
{
	int i = next_param(params, OID_TEXT);

	params->values[i] = value.at;
	params->lengths[i] = (int)value.len;
}

void
db_add_bytes(struct db_params *params, const void *bytes, size_t len)
{
	int i = next_param(params, OID_BYTEA);

	params->values[i] = bytes;
	params->lengths[i] = (int)len;
}

void
db_add_jsonb(struct db_params *params, struct span json)
{
	int i = next_param(params, OID_JSONB);
	char *version;

	if (json.at == NULL)
		return;
	memcpy(&version, &json.at, sizeof(version)); /* the caller's, mutable */
	version--;
	*version = 1;
	params->values[i] = version;
	params->lengths[i] = (int)json.len + 1;
}

/* Binary form, array_recv: dimensions, has-nulls, type, length, lower bound. */
void
db_add_int_array(struct db_params *params, const int64_t *values, size_t count,
    struct arena *arena)
{
	const size_t size = 20 + count * 12;
	int i = next_param(params, OID_INT8_ARRAY);
	unsigned char *bytes = arena_ask(arena, size);
	const uint32_t head[] = { htobe32(1), 0, htobe32(OID_INT8),
		htobe32((uint32_t)count), htobe32(1) };
	const uint32_t width = htobe32(8);

	if (bytes == NULL)
		return; /* db_run() will refuse */
	memcpy(bytes, head, sizeof(head));
	for (size_t j = 0; j < count; j++) {
		uint64_t value = htobe64((uint64_t)values[j]);

		memcpy(bytes + 20 + j * 12, &width, sizeof(width));
		memcpy(bytes + 24 + j * 12, &value, sizeof(value));
	}
	params->values[i] = (const char *)bytes;
	params->lengths[i] = (int)size;
}

static const struct {
	unsigned element, array;
	bool versioned; /* a byte 1 precedes the text: jsonb_recv */
} arrays[] = {
	[DB_TEXTS] = { OID_TEXT, OID_TEXT_ARRAY, false },
	[DB_BYTES] = { OID_BYTEA, OID_BYTEA_ARRAY, false },
	[DB_JSONBS] = { OID_JSONB, OID_JSONB_ARRAY, true },
};

static unsigned char *
put_number(unsigned char *at, uint32_t number)
{
	const uint32_t big = htobe32(number);

	memcpy(at, &big, sizeof(big));
	return at + sizeof(big);
}

void
db_add_array(struct db_params *params, enum db_array kind,
    const struct span *values, size_t count, struct arena *arena)
{
	int i = next_param(params, arrays[kind].array);
	size_t size = 20, version = arrays[kind].versioned ? 1 : 0;
	unsigned char *bytes, *at;
	bool nulls = false;

	for (size_t j = 0; j < count; j++) {
		size += 4 +
		    (values[j].at == NULL ? 0 : values[j].len + version);
		nulls = nulls || values[j].at == NULL;
	}
	bytes = arena_ask(arena, size);
	if (bytes == NULL)
		return; /* db_run() will refuse */
	at = put_number(bytes, 1);
	at = put_number(at, nulls);
	at = put_number(at, arrays[kind].element);
	at = put_number(at, (uint32_t)count);
	at = put_number(at, 1);
	for (size_t j = 0; j < count; j++) {
		if (values[j].at == NULL) {
			at = put_number(at, UINT32_MAX);
			continue;
		}
		at = put_number(at, (uint32_t)(values[j].len + version));
		if (version > 0)
			*at++ = 1;
		memcpy(at, values[j].at, values[j].len);
		at += values[j].len;
	}
	params->values[i] = (const char *)bytes;
	params->lengths[i] = (int)size;
}

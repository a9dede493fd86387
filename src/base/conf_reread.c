/* SPDX-License-Identifier: MIT */
/* Settings that are read again while the program runs. */
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"

/* The value of a row, as its kind has it. */
union value {
	char *text;
	int64_t number;
	bool flag;
};

/* So many bytes have the values of a set: none of a row is longer. */
static size_t
size_of(const struct conf_set *set)
{
	size_t size = 0;

	for (size_t i = 0; i < set->count; i++)
		if (set->rows[i].offset + sizeof(union value) > size)
			size = set->rows[i].offset + sizeof(union value);
	return size;
}

struct conf_set *
conf_copy_new(const struct conf_set *sets, size_t count)
{
	struct conf_set *copy = calloc(count, sizeof(*copy));

	for (size_t i = 0; copy != NULL && i < count; i++) {
		copy[i] = sets[i];
		copy[i].values = calloc(1, size_of(&sets[i]));
		if (copy[i].values == NULL) {
			conf_copy_free(copy, i);
			return NULL;
		}
	}
	return copy;
}

void
conf_copy_free(struct conf_set *copy, size_t count)
{
	if (copy == NULL)
		return;
	conf_free(copy, count);
	for (size_t i = 0; i < count; i++)
		free(copy[i].values);
	free(copy);
}

static union value
value_at(const struct conf_row *row, const void *values)
{
	const char *at = (const char *)values + row->offset;
	union value value = { NULL };

	if (row->kind == CONF_NUMBER)
		memcpy(&value.number, at, sizeof(value.number));
	else if (row->kind == CONF_FLAG)
		memcpy(&value.flag, at, sizeof(value.flag));
	else
		memcpy(&value.text, at, sizeof(value.text));
	return value;
}

static bool
is_same(const struct conf_row *row, const void *left, const void *right)
{
	union value one = value_at(row, left), other = value_at(row, right);

	if (row->kind == CONF_NUMBER)
		return one.number == other.number;
	if (row->kind == CONF_FLAG)
		return one.flag == other.flag;
	return strcmp(one.text, other.text) == 0;
}

/* The same value for an owner, a text as a copy of its own. */
static enum err
put(const struct conf_row *row, void *values, const void *fresh,
    struct diag *diag)
{
	union value value = value_at(row, fresh);
	union value before = value_at(row, values);
	char *at = (char *)values + row->offset;

	if (row->kind == CONF_NUMBER) {
		memcpy(at, &value.number, sizeof(value.number));
	} else if (row->kind == CONF_FLAG) {
		memcpy(at, &value.flag, sizeof(value.flag));
	} else {
		value.text = strdup(value.text);
		if (value.text == NULL)
			return diag_set(diag, E_NO_MEMORY, "%s", row->name);
		memcpy(at, &value.text, sizeof(value.text));
		free(before.text);
	}
	return E_OK;
}

static void
add_name(struct buf *names, const struct conf_row *row)
{
	buf_printf(names, "%s%s", names->len == 0 ? "" : " ", row->name);
}

enum err
conf_reread(struct conf_set *sets, struct conf_set *last, size_t count,
    const char *path, struct buf *taken, struct buf *left, struct diag *diag)
{
	struct conf_set *fresh = conf_copy_new(sets, count);
	enum err rc;

	if (fresh == NULL)
		return diag_set(diag, E_NO_MEMORY, "the settings");
	rc = conf_read(fresh, count, path, diag);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; rc == E_OK && j < sets[i].count; j++) {
			const struct conf_row *row = &sets[i].rows[j];

			if (is_same(row, last[i].values, fresh[i].values))
				continue;
			add_name(row->is_live ? taken : left, row);
			if (!row->is_live)
				continue;
			rc = put(row, sets[i].values, fresh[i].values, diag);
			if (rc == E_OK)
				rc = put(row, last[i].values, fresh[i].values,
				    diag);
		}
	}
	conf_copy_free(fresh, count);
	return rc;
}

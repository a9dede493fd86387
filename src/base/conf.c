/* SPDX-License-Identifier: MIT */
#include "base/conf.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "base/suggest.h"

static const struct conf_row *
row_named(struct conf_set *sets, size_t count, struct span name,
    void **ret_values)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sets[i].count; j++) {
			if (!span_is(name, sets[i].rows[j].name))
				continue;
			*ret_values = sets[i].values;
			return &sets[i].rows[j];
		}
	}
	return NULL;
}

static char **
text_at(const struct conf_row *row, void *values)
{
	return (char **)(void *)((char *)values + row->offset);
}

static int64_t *
number_at(const struct conf_row *row, void *values)
{
	return (int64_t *)(void *)((char *)values + row->offset);
}

static bool *
flag_at(const struct conf_row *row, void *values)
{
	return (bool *)(void *)((char *)values + row->offset);
}

static enum err
set_text(const struct conf_row *row, void *values, struct span value,
    struct diag *diag)
{
	char *copy = strndup(value.at, value.len);
	char **text = text_at(row, values);

	if (copy == NULL)
		return diag_set(diag, E_NO_MEMORY, "%s", row->name);
	free(*text);
	*text = copy;
	return E_OK;
}

/* Set one value from its text; `where` names the source for people. */
static enum err
set_value(const struct conf_row *row, void *values, struct span value,
    const char *where, struct diag *diag)
{
	int64_t number;

	switch (row->kind) {
	case CONF_TEXT:
	case CONF_SECRET:
		return set_text(row, values, value, diag);
	case CONF_CHOICE:
		if (!span_is_choice(value, row->choices))
			return diag_set(diag, E_SETTING,
			    "%s: %s must be one of %s", where, row->name,
			    row->choices);
		return set_text(row, values, value, diag);
	case CONF_NUMBER:
		if (!span_int64(value, &number) || number < row->least ||
		    number > row->most)
			return diag_set(diag, E_SETTING,
			    "%s: %s must be a"
			    " whole number from %" PRId64 " to %" PRId64,
			    where, row->name, row->least, row->most);
		*number_at(row, values) = number;
		return E_OK;
	case CONF_FLAG:
		if (!span_is_choice(value, "on|off"))
			return diag_set(diag, E_SETTING,
			    "%s: %s must be on or off", where, row->name);
		*flag_at(row, values) = span_is(value, "on");
		return E_OK;
	}
	return diag_set(diag, E_SETTING, "%s: unknown kind", row->name);
}

static enum err
set_default(const struct conf_row *row, void *values, struct diag *diag)
{
	switch (row->kind) {
	case CONF_TEXT:
	case CONF_SECRET:
	case CONF_CHOICE:
		return set_value(row, values, str_span(row->default_text),
		    "default", diag);
	case CONF_NUMBER:
		*number_at(row, values) = row->default_number;
		break;
	case CONF_FLAG:
		*flag_at(row, values) = row->default_flag;
		break;
	}
	return E_OK;
}

/* There is no such setting; one of a name like it was probably meant. */
static enum err
refuse_name(const struct conf_set *sets, size_t count, struct span name,
    const char *where, struct diag *diag)
{
	struct suggestion near = { 0 };

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sets[i].count; j++)
			suggest(&near, name, sets[i].rows[j].name);
	return diag_set(diag, E_SETTING,
	    "%s: there is no setting %.*s%s%s;"
	    " --dump-settings lists them",
	    where, SPAN_ARG(name), near.name == NULL ? "" : "; did you mean ",
	    near.name == NULL ? "" : near.name);
}

/* One line of the file: empty, a comment, or `name = value`. */
static enum err
read_line(struct conf_set *sets, size_t count, bool all, struct span line,
    const char *where, struct diag *diag)
{
	const struct conf_row *row;
	struct span name, value = line;
	void *values = NULL;

	if (line.len == 0 || line.at[0] == '#')
		return E_OK;
	name = span_trim(span_cut(&value, '='));
	if (value.at == NULL)
		return diag_set(diag, E_SETTING,
		    "%s: expected a line of the form: name = value", where);
	row = row_named(sets, count, name, &values);
	if (row == NULL)
		return all ? refuse_name(sets, count, name, where, diag) : E_OK;
	return set_value(row, values, span_trim(value), where, diag);
}

static enum err
read_file(struct conf_set *sets, size_t count, bool all, const char *path,
    struct diag *diag)
{
	FILE *in = fopen(path, "re");
	enum err rc = E_OK;
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (in == NULL)
		return diag_set(diag, E_SETTING, "%s: %s", path,
		    strerror(errno));
	for (int line = 1; rc == E_OK; line++) {
		char where[300];

		len = getline(&text, &size, in);
		if (len < 0)
			break;
		if (len > 0 && text[len - 1] == '\n')
			len--;
		(void)snprintf(where, sizeof(where), "%.256s:%d", path, line);
		rc = read_line(sets, count, all,
		    span_trim((struct span){ text, (size_t)len }), where, diag);
	}
	free(text);
	(void)fclose(in);
	return rc;
}

const char *
conf_path(const char *given)
{
	static const char installed[] = ETL_SYSCONFDIR "/pulse-etl/etl.conf";
	const char *path = given != NULL ? given : getenv("ETL_CONFIG");

	if (path == NULL && access(installed, F_OK) == 0)
		path = installed;
	return path == NULL || path[0] == '\0' ? NULL : path;
}

/* all: the rows are all that there are. */
static enum err
read_sets(struct conf_set *sets, size_t count, bool all, const char *path,
    struct diag *diag)
{
	enum err rc = E_OK;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; rc == E_OK && j < sets[i].count; j++)
			rc = set_default(&sets[i].rows[j], sets[i].values,
			    diag);
	if (rc == E_OK && path != NULL)
		rc = read_file(sets, count, all, path, diag);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; rc == E_OK && j < sets[i].count; j++) {
			const struct conf_row *row = &sets[i].rows[j];
			const char *value = getenv(row->environment);

			if (value != NULL)
				rc = set_value(row, sets[i].values,
				    str_span(value), row->environment, diag);
		}
	}
	for (size_t i = 0; rc == E_OK && i < count; i++)
		if (sets[i].check != NULL)
			rc = sets[i].check(sets[i].values, diag);
	return rc;
}

enum err
conf_read(struct conf_set *sets, size_t count, const char *path,
    struct diag *diag)
{
	return read_sets(sets, count, true, path, diag);
}

enum err
conf_read_some(struct conf_set *sets, size_t count, const char *path,
    struct diag *diag)
{
	return read_sets(sets, count, false, path, diag);
}

void
conf_free(struct conf_set *sets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < sets[i].count; j++) {
			const struct conf_row *row = &sets[i].rows[j];

			if (row->kind == CONF_NUMBER || row->kind == CONF_FLAG)
				continue;
			free(*text_at(row, sets[i].values));
			*text_at(row, sets[i].values) = NULL;
		}
	}
}

const char *
conf_value(const struct conf_row *row, const void *values,
    char number[CONF_NUMBER_SIZE])
{
	const char *at = (const char *)values + row->offset;
	const char *text = "";

	switch (row->kind) {
	case CONF_TEXT:
	case CONF_CHOICE:
		memcpy(&text, at, sizeof(text));
		return text;
	case CONF_SECRET:
		memcpy(&text, at, sizeof(text));
		return text[0] == '\0' ? "" : "********";
	case CONF_NUMBER:
		(void)snprintf(number, CONF_NUMBER_SIZE, "%" PRId64,
		    *(const int64_t *)(const void *)at);
		return number;
	case CONF_FLAG:
		return *(const bool *)(const void *)at ? "on" : "off";
	}
	return text;
}

static void
dump_row(const struct conf_row *row, const void *values, FILE *out)
{
	char number[CONF_NUMBER_SIZE];

	(void)fprintf(out, "# %s", row->help);
	if (row->kind == CONF_NUMBER)
		(void)fprintf(out, " (%" PRId64 " to %" PRId64 ")", row->least,
		    row->most);
	if (row->kind == CONF_CHOICE)
		(void)fprintf(out, " (%s)", row->choices);
	(void)fprintf(out, ".%s Environment: %s.\n%s = %s\n",
	    row->is_live ? " SIGHUP rereads it." : "", row->environment,
	    row->name, conf_value(row, values, number));
}

void
conf_dump(const struct conf_set *sets, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < sets[i].count; j++)
			dump_row(&sets[i].rows[j], sets[i].values, out);
}

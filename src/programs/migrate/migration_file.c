/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapters/crypto/digest.h"
#include "base/buf.h"

#define FILE_BYTES_MAX (16u << 20)

static const char up_end[] = MIGRATION_UP_END;
static const char down_end[] = MIGRATION_DOWN_END;

static bool
has_end(const char *name, const char *end)
{
	const size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && strcmp(name + len - end_len, end) == 0;
}

static int
is_migration(const struct dirent *entry)
{
	return entry->d_name[0] != '.' &&
	    (has_end(entry->d_name, up_end) ||
		has_end(entry->d_name, down_end));
}

/* "0001_name" of "0001_name.up.sql" and 1; an empty span if it is wrong. */
static struct span
read_name(const char *name, int *ret_number)
{
	struct span stem = { name,
		strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") };
	int number = 0;

	for (size_t i = 0; i < 4; i++) {
		if (name[i] < '0' || name[i] > '9')
			return (struct span){ name, 0 };
		number = number * 10 + (name[i] - '0');
	}
	if (number == 0 || name[4] != '_' || stem.len < 6 ||
	    (strcmp(name + stem.len, up_end) != 0 &&
		strcmp(name + stem.len, down_end) != 0))
		return (struct span){ name, 0 };
	*ret_number = number;
	return stem;
}

/* Read a whole file into the arena. */
static enum err
read_file(const char *path, struct arena *arena, struct span *ret_text,
    struct diag *diag)
{
	FILE *file = fopen(path, "re");
	struct buf buf;
	char *room;
	enum err rc;

	if (file == NULL)
		return diag_set(diag, E_SETTING, "%s: %s", path,
		    strerror(errno));
	buf_init(&buf, FILE_BYTES_MAX);
	while ((room = buf_room(&buf, 65536)) != NULL) {
		const size_t len = fread(room, 1, 65536, file);

		buf.len += len;
		buf.data[buf.len] = '\0';
		if (len == 0)
			break;
	}
	rc = buf_done(&buf);
	if (rc != E_OK) {
		rc = diag_set(diag, rc, "%s: %s", path, err_text(rc));
	} else if (ferror(file)) {
		rc = diag_set(diag, E_SETTING, "%s: %s", path, strerror(errno));
	} else if (memchr(buf.data, '\0', buf.len) != NULL) {
		rc = diag_set(diag, E_INVALID, "%s: holds a NUL byte", path);
	} else {
		*ret_text = arena_span(arena, buf_span(&buf));
		rc = arena_done(arena, diag);
	}
	(void)fclose(file);
	buf_free(&buf);
	return rc;
}

/* Read both files of a migration. */
static enum err
read_pair(struct migration_file *file, struct arena *arena, struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	struct span rest, first;
	char *hex;
	enum err rc;

	if (file->up == NULL || file->down == NULL)
		return diag_set(diag, E_INVALID, "%s has no %s beside it",
		    file->up == NULL ? file->down : file->up,
		    file->up == NULL ? up_end : down_end);
	rc = read_file(file->up, arena, &file->up_text, diag);
	if (rc == E_OK)
		rc = read_file(file->down, arena, &file->down_text, diag);
	if (rc == E_OK)
		rc = digest_sha256(file->up_text, digest, diag);
	if (rc != E_OK)
		return rc;
	hex = arena_get(arena, 2 * sizeof(digest) + 1);
	for (size_t i = 0; i < sizeof(digest); i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	file->checksum = hex;
	rest = file->up_text;
	first = span_cut(&rest, '\n');
	if (first.len > 0 && first.at[first.len - 1] == '\r')
		first.len--;
	file->on_request = span_is(span_trim(first), MIGRATION_ON_REQUEST);
	return E_OK;
}

/* Take in a file name; names come sorted, so a pair's stand together. */
static enum err
take_name(struct migration_files *files, const char *name, struct arena *arena,
    struct diag *diag)
{
	struct migration_file *file = &files->files[files->count];
	struct span stem;
	const char *path;
	int number = 0;

	stem = read_name(name, &number);
	if (stem.len == 0)
		return diag_set(diag, E_INVALID,
		    "%s/%s: a migration's name is"
		    " NNNN_what_it_adds.up.sql or .down.sql, from 0001, in"
		    " a-z, 0-9 and _",
		    files->dir, name);
	if (files->count > 0 && file[-1].number == number) {
		file--;
		if (!span_is(stem, file->stem))
			return diag_set(diag, E_INVALID,
			    "%s: number %04d is"
			    " there twice: %s and %.*s",
			    files->dir, number, file->stem, SPAN_ARG(stem));
	} else {
		files->count++;
		file->number = number;
		file->stem = arena_text(arena, stem);
	}
	path = arena_printf(arena, "%s/%s", files->dir, name);
	if (has_end(name, up_end))
		file->up = path;
	else
		file->down = path;
	return arena_done(arena, diag);
}

enum err
migration_files_read(const char *dir, struct arena *arena,
    struct migration_files *ret_files, struct diag *diag)
{
	struct migration_files files = { .dir = dir };
	struct dirent **names = NULL;
	const int count = scandir(dir, &names, is_migration, alphasort);
	enum err rc = E_OK;

	if (count < 0)
		return diag_set(diag, E_SETTING, "%s: %s", dir,
		    strerror(errno));
	files.files = arena_ask(arena,
	    (size_t)count * sizeof(*files.files) + 1);
	if (files.files == NULL)
		rc = arena_done(arena, diag);
	for (int i = 0; i < count && rc == E_OK; i++)
		rc = take_name(&files, names[i]->d_name, arena, diag);
	for (int i = 0; i < count; i++)
		free(names[i]);
	free(names);
	for (size_t i = 0; i < files.count && rc == E_OK; i++)
		rc = read_pair(&files.files[i], arena, diag);
	if (rc == E_OK)
		*ret_files = files;
	return rc;
}

const struct migration_file *
migration_files_get(const struct migration_files *files, int number)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->files[i].number == number)
			return &files->files[i];
	}
	return NULL;
}

/* SPDX-License-Identifier: MIT */
#include "programs/tool/import_files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "adapters/crypto/digest.h"

#define DEPTH_MAX 32 /* folders within each other */

static enum err
add_file(struct import_files *files, const char *path, struct diag *diag)
{
	if (files->count == files->room) {
		size_t room = files->room == 0 ? 64 : files->room * 2;
		const char **longer = realloc(files->paths,
		    room * sizeof(*longer));

		if (longer == NULL)
			return diag_set(diag, E_NO_MEMORY, "a list of files");
		files->paths = longer;
		files->room = room;
	}
	files->paths[files->count++] = path;
	return E_OK;
}

static int
by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
is_wanted(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static bool
is_json(const char *path)
{
	size_t len = strlen(path);

	return len > 5 && strcmp(path + len - 5, ".json") == 0;
}

/* A folder on the way to where we are. */
struct folder {
	const struct folder *outer; /* NULL: the first one */
	dev_t device;
	ino_t number;
	int depth;
};

/* Do we come back to a folder that we are in, by a link? */
static bool
is_loop(const struct stat *about, const struct folder *folder)
{
	for (; folder != NULL; folder = folder->outer)
		if (folder->device == about->st_dev &&
		    folder->number == about->st_ino)
			return true;
	return false;
}

static enum err add(struct import_files *files, const char *path,
    const struct folder *outer, struct arena *arena, struct diag *diag);

static enum err
add_folder(struct import_files *files, const char *path,
    const struct folder *folder, struct arena *arena, struct diag *diag)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_wanted, by_name);
	enum err rc = E_OK;

	if (count < 0)
		return diag_set(diag, E_INVALID, "%s: %s", path,
		    strerror(errno));
	for (int i = 0; i < count; i++) {
		char *inner = arena_printf(arena, "%s/%s", path,
		    entries[i]->d_name);

		if (rc == E_OK)
			rc = arena_done(arena, diag);
		if (rc == E_OK)
			rc = add(files, inner, folder, arena, diag);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

/* What cannot be followed within a folder is named, and passed over. */
static enum err
add(struct import_files *files, const char *path, const struct folder *outer,
    struct arena *arena, struct diag *diag)
{
	struct folder folder = { .outer = outer,
		.depth = outer == NULL ? 0 : outer->depth + 1 };
	struct stat about;

	if (stat(path, &about) != 0) {
		if (outer == NULL)
			return diag_set(diag, E_INVALID, "%s: %s", path,
			    strerror(errno));
		(void)fprintf(stderr, "passed over %s: %s\n", path,
		    strerror(errno));
		return E_OK;
	}
	folder.device = about.st_dev;
	folder.number = about.st_ino;
	if (S_ISDIR(about.st_mode) && is_loop(&about, outer)) {
		(void)fprintf(stderr,
		    "passed over %s: it leads back to a"
		    " folder that it is in\n",
		    path);
		return E_OK;
	}
	if (S_ISDIR(about.st_mode))
		return folder.depth > DEPTH_MAX ?
		    diag_set(diag, E_INVALID,
			"%s: too many folders within each other", path) :
		    add_folder(files, path, &folder, arena, diag);
	if (outer != NULL && (!is_json(path) || !S_ISREG(about.st_mode)))
		return E_OK;
	return add_file(files, path, diag);
}

enum err
import_files_add(struct import_files *files, const char *path,
    struct arena *arena, struct diag *diag)
{
	return add(files, path, NULL, arena, diag);
}

enum err
import_files_read(const char *path, struct buf *out, struct diag *diag)
{
	FILE *in = fopen(path, "re");
	char part[65536];
	size_t len;
	bool failed;

	if (in == NULL)
		return diag_set(diag, E_INVALID, "%s: %s", path,
		    strerror(errno));
	while ((len = fread(part, 1, sizeof(part), in)) > 0 &&
	    buf_done(out) == E_OK)
		buf_add(out, part, len);
	failed = ferror(in) != 0;
	(void)fclose(in);
	if (failed)
		return diag_set(diag, E_INVALID, "%s: cannot be read", path);
	if (buf_done(out) != E_OK)
		return diag_set(diag, buf_done(out), "%s: %s", path,
		    err_text(buf_done(out)));
	return E_OK;
}

enum err
import_files_token(const char *path, struct arena *arena,
    const char **ret_header, struct diag *diag)
{
	const char *text = getenv("ETL_TOKEN");
	struct span token;
	enum err rc = E_OK;
	struct buf buf;

	buf_init(&buf, 65536);
	if (path != NULL)
		rc = import_files_read(path, &buf, diag);
	token = path != NULL ? buf_span(&buf) : str_span(text);
	while (token.len > 0 && (unsigned char)token.at[token.len - 1] <= ' ')
		token.len--;
	for (size_t i = 0; rc == E_OK && i < token.len; i++)
		if (token.at[i] <= ' ' || token.at[i] == 127)
			rc = diag_set(diag, E_INVALID,
			    "the token is not one word");
	if (rc == E_OK)
		*ret_header = token.len == 0 ?
		    NULL :
		    arena_printf(arena, "Authorization: Bearer %.*s",
			SPAN_ARG(token));
	if (rc == E_OK)
		rc = arena_done(arena, diag);
	buf_free(&buf);
	return rc;
}

enum err
import_files_key(struct span body, const char *address,
    char ret_header[IMPORT_KEY_SIZE], struct diag *diag)
{
	static const char name[] = "Idempotency-Key: ";
	unsigned char digest[DIGEST_SHA256_SIZE];
	char *at = ret_header + sizeof(name) - 1;
	struct buf target;
	enum err rc;

	rc = digest_sha256(body, digest, diag);
	if (rc != E_OK)
		return rc;
	buf_init(&target, 65536);
	buf_add(&target, digest, sizeof(digest));
	buf_add_text(&target, address);
	rc = buf_done(&target);
	if (rc == E_OK)
		rc = digest_sha256(buf_span(&target), digest, diag);
	buf_free(&target);
	memcpy(ret_header, name, sizeof(name));
	for (size_t i = 0; i < DIGEST_SHA256_SIZE / 2; i++)
		(void)snprintf(at + 2 * i, 3, "%02x", digest[i]);
	return rc;
}

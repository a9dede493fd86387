/* SPDX-License-Identifier: MIT */
/* Writing an archive of batches. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/pack.h"
#include "base/clock.h"
#include "base/file.h"
#include "json/json_write.h"
#include "programs/tool/archive.h"

/* So much is packed before it is written. */
#define OUT_BYTES (1u << 20)
#define OUT_MAX ((size_t)2 << 30)
#define MANIFEST_MAX (64u << 20)
/* A file's name while it is being written. */
#define DRAFT ".draft"

struct archive_writer {
	const char *folder, *tenant;
	int dir, fd;
	int64_t file_bytes, tenant_id;
	struct pack *pack;
	struct digest *digest;
	struct buf out, files;
	int64_t unpacked;	  /* bytes of the file at work */
	struct archive_file file; /* at work */
	struct archive all;
};

static enum err
fail(const struct archive_writer *writer, const char *name, struct diag *diag)
{
	return diag_set(diag, E_SYSTEM, "%s/%s: %s", writer->folder, name,
	    strerror(errno));
}

/*
 * Is it a name that a run gives its files, whole or not? Somebody else's files
 * may be in the folder, too.
 */
static bool
is_ours(const char *name)
{
	const char *end = name + 8;

	if (strncmp(name, "batches-", 8) != 0)
		return strcmp(name, DRAFT) == 0;
	end += strspn(end, "0123456789");
	return end == name + 14 &&
	    (strcmp(end, ".ndjson") == 0 || strcmp(end, ".ndjson.zst") == 0);
}

/* What a stopped run has left goes, for a new one writes all of it. */
static enum err
clear(struct archive_writer *writer, struct diag *diag)
{
	int fd = dup(writer->dir);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	enum err rc = E_OK;

	if (dir == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return fail(writer, ".", diag);
	}
	while (rc == E_OK && (entry = readdir(dir)) != NULL)
		if (is_ours(entry->d_name) &&
		    unlinkat(writer->dir, entry->d_name, 0) < 0)
			rc = fail(writer, entry->d_name, diag);
	(void)closedir(dir);
	return rc;
}

/* The folder's own name is on the disk, if we may read the folder that has it. */
static enum err
keep_folder(struct archive_writer *writer, struct diag *diag)
{
	int above = openat(writer->dir, "..",
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	enum err rc = E_OK;

	if (above >= 0 && fsync(above) < 0)
		rc = fail(writer, "..", diag);
	if (above >= 0)
		(void)close(above);
	return rc;
}

static enum err
open_folder(struct archive_writer *writer, bool *ret_whole, struct diag *diag)
{
	if (mkdir(writer->folder, 0700) < 0 && errno != EEXIST)
		return fail(writer, ".", diag);
	writer->dir = open(writer->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (writer->dir < 0)
		return fail(writer, ".", diag);
	if (flock(writer->dir, LOCK_EX | LOCK_NB) < 0)
		return diag_set(diag, E_CONFLICT,
		    "%s: another run is at work in this folder",
		    writer->folder);
	*ret_whole = faccessat(writer->dir, ARCHIVE_MANIFEST, F_OK, 0) == 0;
	return *ret_whole ? E_OK : clear(writer, diag);
}

enum err
archive_writer_new(const char *folder, int64_t tenant_id, const char *tenant,
    int64_t file_bytes, struct archive_writer **ret_writer, bool *ret_whole,
    struct diag *diag)
{
	struct archive_writer *writer = calloc(1, sizeof(*writer));
	enum err rc;

	*ret_whole = false;
	if (writer == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory for an archive");
	writer->folder = folder;
	writer->tenant_id = tenant_id;
	writer->tenant = tenant;
	writer->file_bytes = file_bytes;
	writer->dir = writer->fd = -1;
	buf_init(&writer->out, OUT_MAX);
	buf_init(&writer->files, MANIFEST_MAX);
	writer->digest = digest_new();
	rc = writer->digest == NULL ?
	    diag_set(diag, E_NO_MEMORY, "no memory for a digest") :
	    pack_new(&writer->pack, diag);
	if (rc == E_OK)
		rc = open_folder(writer, ret_whole, diag);
	if (rc != E_OK || *ret_whole) {
		archive_writer_free(writer);
		return rc;
	}
	*ret_writer = writer;
	return E_OK;
}

void
archive_writer_free(struct archive_writer *writer)
{
	if (writer == NULL)
		return;
	if (writer->fd >= 0)
		(void)close(writer->fd);
	if (writer->dir >= 0)
		(void)close(writer->dir);
	pack_free(writer->pack);
	digest_free(writer->digest);
	buf_free(&writer->out);
	buf_free(&writer->files);
	free(writer);
}

/* Write what is packed. */
static enum err
flush(struct archive_writer *writer, struct diag *diag)
{
	struct span rest = buf_span(&writer->out);
	enum err rc = digest_add(writer->digest, rest, diag);

	while (rc == E_OK && rest.len > 0) {
		ssize_t n = write(writer->fd, rest.at, rest.len);

		if (n < 0 && errno != EINTR)
			rc = fail(writer, DRAFT, diag);
		if (n <= 0)
			continue;
		rest.at += n;
		rest.len -= (size_t)n;
		writer->file.size += n;
	}
	buf_reset(&writer->out, OUT_BYTES);
	return rc;
}

static enum err
begin_file(struct archive_writer *writer, int64_t id, struct diag *diag)
{
	if (writer->all.file_count == ARCHIVE_FILES_MAX)
		return diag_set(diag, E_TOO_LARGE,
		    "an archive has %d files at most: give a larger"
		    " --file-bytes",
		    ARCHIVE_FILES_MAX);
	writer->fd = openat(writer->dir, DRAFT,
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (writer->fd < 0)
		return fail(writer, DRAFT, diag);
	writer->unpacked = 0;
	writer->file = (struct archive_file){ .first_id = id };
	(void)snprintf(writer->file.name, sizeof(writer->file.name),
	    "batches-%06zu.ndjson%s", writer->all.file_count + 1,
	    pack_coding[0] == '\0' ? "" : ".zst");
	return E_OK;
}

/* A line of the manifest. */
static void
add_to_manifest(struct archive_writer *writer)
{
	const struct archive_file *file = &writer->file;
	struct json json;

	json_init(&json, &writer->files);
	json_object(&json, NULL);
	json_text(&json, "name", file->name);
	json_int(&json, "size", file->size);
	json_text(&json, "sha256", file->sha256);
	json_int(&json, "count", file->count);
	json_int(&json, "first_id", file->first_id);
	json_int(&json, "last_id", file->last_id);
	json_end(&json);
	buf_add_char(&writer->files, '\n');
}

/* The file is whole and on the disk: it gets its name. */
static enum err
end_file(struct archive_writer *writer, struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	enum err rc = pack_end(writer->pack, &writer->out, diag);

	if (rc == E_OK)
		rc = flush(writer, diag);
	if (rc == E_OK)
		rc = digest_end(writer->digest, digest, diag);
	if (rc == E_OK && fsync(writer->fd) < 0)
		rc = fail(writer, DRAFT, diag);
	if (close(writer->fd) < 0 && rc == E_OK)
		rc = fail(writer, DRAFT, diag);
	writer->fd = -1;
	if (rc == E_OK &&
	    renameat(writer->dir, DRAFT, writer->dir, writer->file.name) < 0)
		rc = fail(writer, writer->file.name, diag);
	if (rc != E_OK)
		return rc;
	digest_hex(digest, writer->file.sha256);
	add_to_manifest(writer);
	writer->all.file_count++;
	return E_OK;
}

static enum err
add_span(struct archive_writer *writer, struct span bytes, struct diag *diag)
{
	writer->unpacked += (int64_t)bytes.len;
	return pack_add(writer->pack, bytes, &writer->out, diag);
}

enum err
archive_writer_add(struct archive_writer *writer, int64_t id, struct span row,
    struct span payload, struct diag *diag)
{
	unsigned char digest[DIGEST_SHA256_SIZE];
	char hex[DIGEST_HEX_SIZE], head[160];
	enum err rc = digest_sha256(payload, digest, diag);

	if (rc == E_OK && writer->fd < 0)
		rc = begin_file(writer, id, diag);
	if (rc != E_OK)
		return rc;
	digest_hex(digest, hex);
	(void)snprintf(head, sizeof(head),
	    "{\"id\":%" PRId64 ",\"payload_sha256\":\"%s\",\"batch\":", id,
	    hex);
	rc = add_span(writer, str_span(head), diag);
	if (rc == E_OK)
		rc = add_span(writer, row, diag);
	if (rc == E_OK)
		rc = add_span(writer, SPAN_LIT(",\"raw_data\":"), diag);
	if (rc == E_OK)
		rc = add_span(writer, payload, diag);
	if (rc == E_OK)
		rc = add_span(writer, SPAN_LIT("}\n"), diag);
	if (rc == E_OK && writer->out.len >= OUT_BYTES)
		rc = flush(writer, diag);
	if (rc != E_OK)
		return rc;
	if (writer->all.count == 0)
		writer->all.first_id = id;
	writer->all.last_id = writer->file.last_id = id;
	writer->all.count++;
	writer->file.count++;
	return writer->unpacked >= writer->file_bytes ?
	    end_file(writer, diag) :
	    E_OK;
}

enum err
archive_writer_end(struct archive_writer *writer, struct diag *diag)
{
	char stamp[CLOCK_STAMP_SIZE];
	struct buf manifest;
	struct json json;
	enum err rc = writer->fd >= 0 ? end_file(writer, diag) : E_OK;

	if (rc == E_OK && fsync(writer->dir) < 0)
		rc = fail(writer, ".", diag);
	if (rc == E_OK)
		rc = keep_folder(writer, diag);
	if (rc != E_OK)
		return rc;
	clock_stamp(stamp);
	buf_init(&manifest, 2 * (size_t)MANIFEST_MAX);
	json_init(&json, &manifest);
	json_object(&json, NULL);
	json_int(&json, "version", ARCHIVE_VERSION);
	json_int(&json, "tenant_id", writer->tenant_id);
	json_text(&json, "tenant", writer->tenant);
	json_text(&json, "created_at", stamp);
	json_text(&json, "coding", pack_coding);
	json_int(&json, "count", writer->all.count);
	json_int(&json, "first_id", writer->all.first_id);
	json_int(&json, "last_id", writer->all.last_id);
	json_int(&json, "files", (int64_t)writer->all.file_count);
	json_end(&json);
	buf_add_char(&manifest, '\n');
	buf_add_span(&manifest, buf_span(&writer->files));
	rc = buf_done(&manifest);
	if (rc == E_OK)
		rc = buf_done(&writer->files);
	rc = rc != E_OK ?
	    diag_set(diag, rc, "the manifest") :
	    file_replace(writer->folder, ARCHIVE_MANIFEST, buf_span(&manifest),
		diag);
	buf_free(&manifest);
	return rc;
}

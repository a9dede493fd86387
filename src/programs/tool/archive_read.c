/* SPDX-License-Identifier: MIT */
/* Reading an archive of batches, and trusting nothing of it. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/unpack.h"
#include "json/json_scan.h"
#include "programs/tool/archive_inside.h"

#define PIECE_BYTES 16384

/*
 * Its digest says what a line has to be: whatever settings let into the database
 * comes back, though those of today may be narrower.
 */
static const struct json_limits any_line = {
	.depth = 1024,
	.exponent = INT_MAX,
	.expansion = SIZE_MAX,
};

static enum err
fail(const char *path, struct diag *diag)
{
	return diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
}

/* A file that is being read. */
struct reading {
	const struct archive_file *file;
	const char *path;
	archive_take *take;
	void *context;
	struct digest *digest;
	struct unpack *unpack; /* NULL: it is not packed */
	struct buf text;       /* unpacked, from the line at work on */
	size_t scanned;	       /* bytes of it without an end of a line */
	int64_t size, count, last_id;
};

static enum err
refuse(const struct reading *reading, const char *what, struct diag *diag)
{
	return diag_set(diag, E_INVALID, "%s: %s", reading->path, what);
}

static enum err
read_line(struct reading *reading, struct span line, struct diag *diag)
{
	struct json_member members[] = { { .name = "id" },
		{ .name = "payload_sha256" }, { .name = "batch" },
		{ .name = "raw_data" } };
	unsigned char digest[DIGEST_SHA256_SIZE];
	char hex[DIGEST_HEX_SIZE], told[DIGEST_HEX_SIZE];
	struct json_refusal refusal;
	int64_t id;
	enum err rc;

	if (!json_scan_object(line, &any_line, members, COUNT(members),
		&refusal) ||
	    !archive_int(&members[0], &id) ||
	    !archive_text(&members[1], told, sizeof(told)) ||
	    members[2].kind != JSON_OBJECT || members[3].kind == JSON_ABSENT)
		return refuse(reading, "a line is no batch", diag);
	if (id <= reading->last_id || id < reading->file->first_id ||
	    id > reading->file->last_id)
		return refuse(reading, "its ids are not those of the manifest",
		    diag);
	rc = digest_sha256(members[3].value, digest, diag);
	if (rc != E_OK)
		return rc;
	digest_hex(digest, hex);
	if (strcmp(hex, told) != 0)
		return refuse(reading,
		    "a payload is another one than its digest says", diag);
	reading->last_id = id;
	reading->count++;
	return reading->take == NULL ?
	    E_OK :
	    reading->take(reading->context, id, members[2].value,
		members[3].value, diag);
}

/* The lines that are whole. */
static enum err
read_lines(struct reading *reading, struct diag *diag)
{
	struct buf *text = &reading->text;
	size_t at = 0;
	enum err rc = E_OK;

	while (rc == E_OK && reading->scanned < text->len) {
		char *end = memchr(text->data + reading->scanned, '\n',
		    text->len - reading->scanned);

		if (end == NULL) {
			reading->scanned = text->len;
			break;
		}
		*end = '\0';
		rc = read_line(reading,
		    (struct span){ text->data + at,
			(size_t)(end - text->data) - at },
		    diag);
		at = reading->scanned = (size_t)(end - text->data) + 1;
	}
	if (at > 0) {
		memmove(text->data, text->data + at, text->len - at);
		buf_cut(text, text->len - at);
		reading->scanned -= at;
	}
	return rc;
}

static enum err
read_piece(struct reading *reading, struct span piece, struct diag *diag)
{
	enum err rc = digest_add(reading->digest, piece, diag);

	reading->size += (int64_t)piece.len;
	if (rc != E_OK)
		return rc;
	if (reading->unpack == NULL)
		buf_add_span(&reading->text, piece);
	else if (unpack_add(reading->unpack, piece, diag) != E_OK)
		return refuse(reading, "it is damaged", diag);
	if (buf_done(&reading->text) != E_OK)
		return refuse(reading, "a line is too long", diag);
	return read_lines(reading, diag);
}

/* At its end: is it what the manifest says? */
static enum err
check_end(struct reading *reading, struct diag *diag)
{
	const struct archive_file *file = reading->file;
	unsigned char digest[DIGEST_SHA256_SIZE];
	char hex[DIGEST_HEX_SIZE];
	enum err rc = digest_end(reading->digest, digest, diag);

	if (rc != E_OK)
		return rc;
	digest_hex(digest, hex);
	if (reading->size != file->size)
		return refuse(reading,
		    "it is cut off, or longer than the manifest says", diag);
	if (strcmp(hex, file->sha256) != 0)
		return refuse(reading,
		    "it is another one than its digest in the manifest says",
		    diag);
	if (reading->text.len > 0 || reading->count != file->count ||
	    reading->last_id != file->last_id ||
	    (reading->unpack != NULL &&
		unpack_done(reading->unpack, diag) != E_OK))
		return refuse(reading,
		    "it has not the batches that the manifest says", diag);
	return E_OK;
}

static enum err
read_to_end(struct reading *reading, struct diag *diag)
{
	char piece[PIECE_BYTES];
	int fd = open(reading->path, O_RDONLY | O_CLOEXEC);
	struct stat about;
	ssize_t len = 1;
	enum err rc = E_OK;

	if (fd < 0)
		return refuse(reading, strerror(errno), diag);
	if (fstat(fd, &about) == 0 && about.st_size != reading->file->size)
		rc = refuse(reading,
		    "it is cut off, or longer than the manifest says", diag);
	while (rc == E_OK && len > 0) {
		len = read(fd, piece, sizeof(piece));
		if (len < 0)
			rc = fail(reading->path, diag);
		else if (len > 0)
			rc = read_piece(reading,
			    (struct span){ piece, (size_t)len }, diag);
	}
	(void)close(fd);
	return rc == E_OK ? check_end(reading, diag) : rc;
}

static enum err
read_file(const struct archive *archive, struct reading *reading,
    struct diag *diag)
{
	enum err rc = E_OK;

	reading->digest = digest_new();
	if (reading->digest == NULL)
		rc = diag_set(diag, E_NO_MEMORY, "no memory for a digest");
	else if (archive->is_packed &&
	    unpack_new(SPAN_LIT("zstd"), &reading->text, &reading->unpack,
		diag) != E_OK)
		rc = refuse(reading,
		    "it is packed by zstd, which this program was built"
		    " without",
		    diag);
	if (rc == E_OK)
		rc = read_to_end(reading, diag);
	unpack_free(reading->unpack);
	digest_free(reading->digest);
	return rc;
}

enum err
archive_read(const struct archive *archive, archive_take *take, void *context,
    struct diag *diag)
{
	enum err rc = E_OK;
	int64_t last = 0;

	for (size_t i = 0; rc == E_OK && i < archive->file_count; i++) {
		char path[PATH_MAX];
		struct reading reading = { .file = &archive->files[i],
			.path = path,
			.take = take,
			.context = context,
			.last_id = last };

		(void)snprintf(path, sizeof(path), "%s/%s", archive->folder,
		    archive->files[i].name);
		buf_init(&reading.text, ARCHIVE_LINE_MAX);
		rc = read_file(archive, &reading, diag);
		buf_free(&reading.text);
		last = reading.last_id;
	}
	return rc;
}

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
#include "programs/tool/archive.h"

#define PIECE_BYTES 16384
#define MANIFEST_MAX (64u << 20)

static enum err
fail(const char *path, struct diag *diag)
{
	return diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
}

static bool
read_int(const struct json_member *member, int64_t *ret)
{
	return member->kind == JSON_NUMBER && span_int64(member->value, ret) &&
	    *ret >= 0;
}

/* A text without escapes that fits. */
static bool
read_text(const struct json_member *member, char *ret, size_t size)
{
	struct span text = { member->value.at + 1, member->value.len - 2 };

	if (member->kind != JSON_STRING || text.len >= size ||
	    memchr(text.at, '\\', text.len) != NULL)
		return false;
	memcpy(ret, text.at, text.len);
	ret[text.len] = '\0';
	return true;
}

/* Is it a name that archive_write.c gives, and no way to another folder? */
static bool
is_file_name(const char *name)
{
	return strncmp(name, "batches-", 8) == 0 &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-.") ==
	    strlen(name);
}

static bool
read_head(struct span line, struct archive *ret, int64_t *ret_files)
{
	struct json_member members[] = { { .name = "version" },
		{ .name = "tenant_id" }, { .name = "coding" },
		{ .name = "count" }, { .name = "first_id" },
		{ .name = "last_id" }, { .name = "files" } };
	struct json_refusal refusal;
	int64_t version;
	char coding[8];

	if (!json_scan_object(line, &json_limits_default, members,
		COUNT(members), &refusal) ||
	    !read_int(&members[0], &version) || version != ARCHIVE_VERSION ||
	    !read_int(&members[1], &ret->tenant_id) || ret->tenant_id == 0 ||
	    !read_text(&members[2], coding, sizeof(coding)) ||
	    !read_int(&members[3], &ret->count) ||
	    !read_int(&members[4], &ret->first_id) ||
	    !read_int(&members[5], &ret->last_id) ||
	    !read_int(&members[6], ret_files) || *ret_files > ARCHIVE_FILES_MAX)
		return false;
	ret->is_packed = coding[0] != '\0';
	return !ret->is_packed || strcmp(coding, "zstd") == 0;
}

static bool
read_file_line(struct span line, struct archive_file *ret)
{
	struct json_member members[] = { { .name = "name" }, { .name = "size" },
		{ .name = "sha256" }, { .name = "count" },
		{ .name = "first_id" }, { .name = "last_id" } };
	struct json_refusal refusal;

	return json_scan_object(line, &json_limits_default, members,
		   COUNT(members), &refusal) &&
	    read_text(&members[0], ret->name, sizeof(ret->name)) &&
	    is_file_name(ret->name) && read_int(&members[1], &ret->size) &&
	    read_text(&members[2], ret->sha256, sizeof(ret->sha256)) &&
	    read_int(&members[3], &ret->count) &&
	    read_int(&members[4], &ret->first_id) &&
	    read_int(&members[5], &ret->last_id);
}

/* All of a small file. */
static enum err
read_all(const char *path, struct buf *out, struct diag *diag)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len = 1;

	if (fd < 0)
		return fail(path, diag);
	while (len > 0 && buf_done(out) == E_OK) {
		char *room = buf_room(out, PIECE_BYTES);

		len = room == NULL ? 0 : read(fd, room, PIECE_BYTES);
		if (len > 0)
			out->len += (size_t)len;
	}
	if (len < 0) {
		(void)close(fd);
		return fail(path, diag);
	}
	(void)close(fd);
	buf_add_text(out, "");
	return buf_done(out) == E_OK ?
	    E_OK :
	    diag_set(diag, E_INVALID, "%s: it is too long for a manifest",
		path);
}

static enum err
read_manifest(struct buf *text, struct arena *arena, struct archive *ret)
{
	struct span rest = buf_span(text), line;
	int64_t files, count = 0, last_id = 0;

	if (text->len == 0 || text->data[text->len - 1] != '\n')
		return E_INVALID;
	for (size_t i = 0; i < text->len; i++)
		if (text->data[i] == '\n')
			text->data[i] = '\0';
	rest.len--; /* behind the last line there is none */
	line = span_cut(&rest, '\0');
	if (!read_head(line, ret, &files))
		return E_INVALID;
	ret->file_count = (size_t)files;
	ret->files = arena_ask(arena,
	    (ret->file_count + 1) * sizeof(*ret->files));
	if (ret->files == NULL)
		return E_NO_MEMORY;
	for (size_t i = 0; i < ret->file_count; i++) {
		line = span_cut(&rest, '\0');
		if (line.at == NULL || !read_file_line(line, &ret->files[i]))
			return E_INVALID;
		count += ret->files[i].count;
		last_id = ret->files[i].last_id;
	}
	if (rest.at != NULL || count != ret->count || last_id != ret->last_id)
		return E_INVALID;
	return E_OK;
}

enum err
archive_open(const char *path, struct arena *arena, struct archive *ret_archive,
    struct diag *diag)
{
	struct stat about;
	struct buf text;
	char *folder;
	enum err rc;

	*ret_archive = (struct archive){ 0 };
	if (stat(path, &about) < 0)
		return fail(path, diag);
	if (S_ISDIR(about.st_mode)) {
		folder = arena_printf(arena, "%s", path);
		path = arena_printf(arena, "%s/%s", path, ARCHIVE_MANIFEST);
	} else {
		folder = arena_printf(arena, "%s", path);
		if (strrchr(folder, '/') == NULL)
			folder = arena_printf(arena, ".");
		else
			*strrchr(folder, '/') = '\0';
	}
	buf_init(&text, MANIFEST_MAX);
	rc = read_all(path, &text, diag);
	if (rc == E_OK) {
		ret_archive->folder = folder;
		rc = read_manifest(&text, arena, ret_archive);
		if (rc == E_NO_MEMORY)
			(void)diag_set(diag, rc, "no memory for a manifest");
		else if (rc != E_OK)
			(void)diag_set(diag, rc,
			    "%s: this is no manifest of version %d, or it is"
			    " cut off",
			    path, ARCHIVE_VERSION);
	}
	buf_free(&text);
	return rc;
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

	if (!json_scan_object(line, &json_limits_default, members,
		COUNT(members), &refusal) ||
	    !read_int(&members[0], &id) ||
	    !read_text(&members[1], told, sizeof(told)) ||
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

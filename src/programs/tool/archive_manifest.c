/* SPDX-License-Identifier: MIT */
/* Reading an archive's manifest. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "programs/tool/archive_inside.h"

#define PIECE_BYTES 16384
#define MANIFEST_MAX (64u << 20)

static enum err
fail(const char *path, struct diag *diag)
{
	return diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
}

bool
archive_int(const struct json_member *member, int64_t *ret)
{
	return member->kind == JSON_NUMBER && span_int64(member->value, ret) &&
	    *ret >= 0;
}

bool
archive_text(const struct json_member *member, char *ret, size_t size)
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
read_head(struct span line, struct arena *arena, struct archive *ret,
    int64_t *ret_files)
{
	struct json_member members[] = { { .name = "version" },
		{ .name = "tenant_id" }, { .name = "coding" },
		{ .name = "count" }, { .name = "first_id" },
		{ .name = "last_id" }, { .name = "files" },
		{ .name = "tenant" } };
	struct json_refusal refusal;
	int64_t version;
	char coding[8];

	if (!json_scan_object(line, &json_limits_default, members,
		COUNT(members), &refusal) ||
	    !archive_int(&members[0], &version) || version != ARCHIVE_VERSION ||
	    !archive_int(&members[1], &ret->tenant_id) || ret->tenant_id == 0 ||
	    !archive_text(&members[2], coding, sizeof(coding)) ||
	    !archive_int(&members[3], &ret->count) ||
	    !archive_int(&members[4], &ret->first_id) ||
	    !archive_int(&members[5], &ret->last_id) ||
	    !archive_int(&members[6], ret_files) ||
	    *ret_files > ARCHIVE_FILES_MAX)
		return false;
	if (members[7].kind == JSON_STRING)
		ret->tenant = arena_text(arena, members[7].value);
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
	    archive_text(&members[0], ret->name, sizeof(ret->name)) &&
	    is_file_name(ret->name) && archive_int(&members[1], &ret->size) &&
	    archive_text(&members[2], ret->sha256, sizeof(ret->sha256)) &&
	    archive_int(&members[3], &ret->count) &&
	    archive_int(&members[4], &ret->first_id) &&
	    archive_int(&members[5], &ret->last_id);
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
	if (!read_head(line, arena, ret, &files))
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

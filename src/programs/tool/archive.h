/* SPDX-License-Identifier: MIT */
/*
 * An archive of batches: a folder of files, each of lines of JSON (NDJSON), one
 * for a batch, packed by zstd where the program has it; and manifest.ndjson,
 * which is written last and says what belongs to the archive:
 *
 *	{"version":1,"tenant_id":1,"tenant":"Acme","created_at":"…",
 *	 "coding":"zstd","count":2,"first_id":5,"last_id":9,"files":1}
 *	{"name":"batches-000001.ndjson.zst","size":310,"sha256":"…","count":2,
 *	 "first_id":5,"last_id":9}
 *
 * A batch's line has its id, its payload's digest, its row and its payload, with
 * all digits of its numbers, as PostgreSQL prints it:
 *
 *	{"id":5,"payload_sha256":"…","batch":{…},"raw_data":{…}}
 *
 * A file appears under its name when all of it is on the disk, the manifest when
 * all files are: a folder without a manifest is the rest of a run that was
 * stopped, which the next run writes anew.
 */
#ifndef PROGRAMS_TOOL_ARCHIVE_H
#define PROGRAMS_TOOL_ARCHIVE_H

#include "adapters/crypto/digest.h"
#include "base/arena.h"
#include "base/buf.h"

#define ARCHIVE_VERSION 1
#define ARCHIVE_MANIFEST "manifest.ndjson"
#define ARCHIVE_FILES_MAX 100000
/* A batch's line: PostgreSQL makes no longer text of a value. */
#define ARCHIVE_LINE_MAX ((size_t)1100 << 20)

struct archive_file {
	char name[40];
	char sha256[DIGEST_HEX_SIZE];
	int64_t size, count, first_id, last_id;
};

struct archive {
	const char *folder;
	const char *tenant; /* its name, as JSON; NULL: none is told */
	int64_t tenant_id, count, first_id, last_id;
	bool is_packed;
	size_t file_count;
	struct archive_file *files;
};

/* -- writing */

struct archive_writer;

/*
 * Begin an archive in a folder, which is made if it is not there; what a stopped
 * run has left in it goes. *ret_whole: there is a whole archive already, and no
 * writer is made.
 *
 * Needs: folder and tenant, its name, outlive it. file_bytes: how much a file holds before it is
 *        packed, but for its last line.
 * Owns: you archive_writer_free(); NULL is fine.
 * Fails: E_SYSTEM; E_CONFLICT: another run is at work in the folder.
 */
enum err archive_writer_new(const char *folder, int64_t tenant_id,
    const char *tenant, int64_t file_bytes, struct archive_writer **ret_writer,
    bool *ret_whole, struct diag *diag) MUST_CHECK;
void archive_writer_free(struct archive_writer *writer);

/* Add a batch; ids come in their order. Fails: E_SYSTEM, E_NO_MEMORY. */
enum err archive_writer_add(struct archive_writer *writer, int64_t id,
    struct span row, struct span payload, struct diag *diag) MUST_CHECK;

/* That was all: the manifest appears. Fails: as above; E_SYSTEM. */
enum err archive_writer_end(struct archive_writer *writer, struct diag *diag)
    MUST_CHECK;

/* -- reading */

/*
 * Read a manifest; path: its file, or the folder that has it. Lives in the arena.
 * Fails: E_SYSTEM; E_INVALID: it is none, is cut off, or of a later version.
 */
enum err archive_open(const char *path, struct arena *arena,
    struct archive *ret_archive, struct diag *diag) MUST_CHECK;

/*
 * What is done with each batch; its texts may be overwritten, and so may the byte
 * before each. NULL of archive_read(): nothing.
 */
typedef enum err archive_take(void *context, int64_t id, struct span row,
    struct span payload, struct diag *diag);

/*
 * Read all files to their ends, in their order: sizes, digests of files and
 * payloads, ids and counts have to be what the manifest says.
 * Fails: E_SYSTEM; E_INVALID: a file is damaged, cut off or missing, and which;
 *        what `take` gives.
 */
enum err archive_read(const struct archive *archive, archive_take *take,
    void *context, struct diag *diag) MUST_CHECK;

/*
 * The same until a stop of tool_progress.h, after which `take` gives E_CONFLICT
 * without a word, and this E_OK.
 */
enum err archive_read_on(const struct archive *archive, archive_take *take,
    void *context, struct diag *diag) MUST_CHECK;

#endif

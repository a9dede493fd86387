/* SPDX-License-Identifier: MIT */
/*
 * The files that pulse-etl import was given, those within folders too.
 */
#ifndef PROGRAMS_TOOL_IMPORT_FILES_H
#define PROGRAMS_TOOL_IMPORT_FILES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"

struct import_files {
	const char **paths;
	size_t count;
	size_t room;
};

/*
 * Add a file, or what a folder holds: files whose names end in .json, and
 * folders, in the order of their names.
 *
 * Gives: paths in the arena. Owns: you free() files->paths.
 * Fails: E_INVALID when it cannot be read; E_NO_MEMORY.
 */
enum err import_files_add(struct import_files *files, const char *path,
    struct arena *arena, struct diag *diag) MUST_CHECK;

/* Add a file's bytes to a buffer. Fails: E_INVALID, E_TOO_LARGE. */
enum err import_files_read(const char *path, struct buf *out, struct diag *diag)
    MUST_CHECK;

/*
 * The header that names a body and where it goes: half a SHA-256 of both.
 * Fails: E_SYSTEM.
 */
#define IMPORT_KEY_SIZE 64
enum err import_files_key(struct span body, const char *address,
    char ret_header[IMPORT_KEY_SIZE], struct diag *diag) MUST_CHECK;

/*
 * A header with the token of a file, or, without one, of ETL_TOKEN; never of
 * the arguments. Gives: *ret_header, NULL: there is none.
 * Fails: E_INVALID  the file cannot be read, or it is not one word.
 */
enum err import_files_token(const char *path, struct arena *arena,
    const char **ret_header, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The migrations of a folder: NNNN_name.up.sql with NNNN_name.down.sql. Other
 * files are left alone. Nothing here knows what is applied.
 *
 * Invariant: numbers are unique, ascending and from 1; each has both files.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_FILE_H
#define PROGRAMS_MIGRATE_MIGRATION_FILE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/diag.h"

/* The first line of an up file that is applied only when asked for. */
#define MIGRATION_ON_REQUEST "-- pulse-etl: on-request"

#define MIGRATION_NUMBER_MAX 9999
#define MIGRATION_UP_END ".up.sql"
#define MIGRATION_DOWN_END ".down.sql"

struct migration_file {
	int number;
	const char *stem;      /* "0001_initial_db_schema" */
	const char *up, *down; /* paths */
	struct span up_text, down_text;
	const char *checksum; /* SHA-256 of up_text in hex */
	bool on_request;
};

struct migration_files {
	const char *dir;
	struct migration_file *files; /* by number */
	size_t count;
};

/*
 * Find and read all migrations.
 *
 * Gives: *ret_files in the arena.
 * Fails: E_SETTING: the folder cannot be read; E_INVALID: a file is named
 *        wrongly, a number is there twice or a file lacks its other half.
 */
enum err migration_files_read(const char *dir, struct arena *arena,
    struct migration_files *ret_files, struct diag *diag) MUST_CHECK;

/* The migration of that number, or NULL. */
const struct migration_file *migration_files_get(
    const struct migration_files *files, int number);

#endif

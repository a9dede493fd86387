/* SPDX-License-Identifier: MIT */
/*
 * A new pair of migration files, for whoever writes the next migration.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_NEW_H
#define PROGRAMS_MIGRATE_MIGRATION_NEW_H

#include "programs/migrate/migration_file.h"

/*
 * Make the next pair of files; `name` becomes lower case, with '_' for what a
 * file's name may not hold. Nothing that exists is overwritten.
 *
 * Gives: *ret_file: the new paths; with dry_run no file is made.
 * Fails: E_USAGE: nothing is left of the name; E_SETTING: the folder.
 */
enum err migration_new(const struct migration_files *files, const char *name,
    bool dry_run, struct arena *arena, struct migration_file *ret_file,
    struct diag *diag) MUST_CHECK;

#endif

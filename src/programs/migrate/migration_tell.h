/* SPDX-License-Identifier: MIT */
/*
 * What pulse-etl-migrate tells while it works: lines for people, what was done
 * on standard output and what is wrong on standard error; or, with log_format
 * json, lines of the log like those of the other programs. What a command was
 * asked to print, as a list of migrations, is neither.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_TELL_H
#define PROGRAMS_MIGRATE_MIGRATION_TELL_H

#include <stdbool.h>
#include <stdint.h>

#include "adapters/db/db_admin.h"
#include "base/diag.h"

/*
 * Take log_format from the environment, or from the settings' file where there
 * is one that may be read.
 * Fails: E_SETTING.
 */
enum err migration_tell_begin(const char *program, struct diag *diag)
    MUST_CHECK;

/* A migration was applied, or rolled back. */
void migration_tell_done(bool up, const char *stem, int64_t ms);

/* A right or a role was given: the statement. */
void migration_tell_right(const char *statement);

/* Something that one has to know, and that ends nothing. */
void migration_tell_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* Why it cannot be done, in one of several sentences. */
void migration_tell_wrong(const char *text);

/* The same of a place in a file. */
void migration_tell_wrong_at(const char *path, unsigned line, const char *text);

/* What the server says: of a statement at a line, of a file, or (NULL) not. */
void migration_tell_words(const char *path, unsigned line,
    const struct db_admin_words *words);

/* How it has failed: the last line. */
void migration_tell_failure(enum err code, const char *text);

#endif

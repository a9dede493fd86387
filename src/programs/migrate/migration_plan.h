/* SPDX-License-Identifier: MIT */
/*
 * Which migrations a run takes, in which order, and whether it may: files and
 * history compared. Changes nothing.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_PLAN_H
#define PROGRAMS_MIGRATE_MIGRATION_PLAN_H

#include "programs/migrate/migration_history.h"

enum migration_direction { MIGRATION_UP, MIGRATION_DOWN };

struct migration_plan {
	enum migration_direction direction;
	const struct migration_file **steps; /* in the order they run */
	size_t count;
};

/* The file a step runs: its path and text. */
const char *migration_plan_path(const struct migration_plan *plan, size_t step);
struct span migration_plan_text(const struct migration_plan *plan, size_t step);

/*
 * Plan to apply what is pending up to `number`, which itself may be one that
 * is on request; 0: all that is pending.
 *
 * Gives: *ret_plan in the arena; each file's statements can be told apart and
 *        none is refused.
 * Fails: E_USAGE: no such number; E_MIGRATION: an applied file was changed;
 *        E_INVALID: a number is missing, or a file is wrong.
 */
enum err migration_plan_up(const struct migration_files *files,
    const struct migration_history *history, int number, struct arena *arena,
    struct migration_plan *ret_plan, struct diag *diag) MUST_CHECK;

/*
 * Plan to roll back what is above `number`, newest first. Fails as above, and
 * with E_MIGRATION when an applied migration has no file any more.
 */
enum err migration_plan_down(const struct migration_files *files,
    const struct migration_history *history, int number, struct arena *arena,
    struct migration_plan *ret_plan, struct diag *diag) MUST_CHECK;

#endif

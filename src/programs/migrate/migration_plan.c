/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_plan.h"

#include <stdio.h>
#include <string.h>

#include "programs/migrate/migration_sql.h"
#include "programs/migrate/migration_tell.h"

const char *
migration_plan_path(const struct migration_plan *plan, size_t step)
{
	return plan->direction == MIGRATION_UP ?
	    plan->steps[step]->up :
	    plan->steps[step]->down;
}

struct span
migration_plan_text(const struct migration_plan *plan, size_t step)
{
	return plan->direction == MIGRATION_UP ?
	    plan->steps[step]->up_text :
	    plan->steps[step]->down_text;
}

/* Is every number below the last one there, or at least applied? */
static enum err
check_gaps(const struct migration_files *files,
    const struct migration_history *history, struct diag *diag)
{
	int number = 1;

	for (size_t i = 0; i < files->count; i++, number++) {
		for (; number < files->files[i].number; number++) {
			if (migration_history_get(history, number) == NULL)
				return diag_set(diag, E_INVALID,
				    "%s: there is"
				    " no migration %04d, but a %s",
				    files->dir, number, files->files[i].stem);
		}
	}
	return E_OK;
}

/* Is every applied file what it was? */
static enum err
check_history(const struct migration_files *files,
    const struct migration_history *history, struct diag *diag)
{
	for (size_t i = 0; i < history->count; i++) {
		const struct migration_applied *applied = &history->applied[i];
		const struct migration_file *file = migration_files_get(files,
		    applied->number);

		if (file == NULL) {
			migration_tell_note(
			    "warning: %04d_%s is applied but"
			    " not in %s",
			    applied->number, applied->name, files->dir);
		} else if (strcmp(file->checksum, applied->checksum) != 0) {
			return diag_set(diag, E_MIGRATION,
			    "%s was changed"
			    " after it was applied as %04d_%s on %s; put the"
			    " applied text back and make the change in a new"
			    " migration. Nothing was done",
			    file->up, applied->number, applied->name,
			    applied->applied_at);
		}
	}
	return E_OK;
}

/* Can the statements be told apart, and are they ours to run? */
static enum err
check_text(const char *path, struct span text, struct diag *diag)
{
	struct migration_statement statement;
	struct migration_sql sql;
	struct diag flaw;
	const char *reason;

	migration_sql_init(&sql, text);
	do {
		if (migration_sql_next(&sql, &statement, &flaw) != E_OK)
			return diag_set(diag, E_INVALID, "%s:%u: %s", path,
			    statement.line, flaw.text);
		reason = migration_sql_refusal(&statement);
		if (reason != NULL)
			return diag_set(diag, E_INVALID,
			    "%s:%u: %.*s is refused: %s", path, statement.line,
			    SPAN_ARG(statement.words[0]), reason);
	} while (statement.text.at != NULL);
	return E_OK;
}

static enum err
begin_plan(const struct migration_files *files,
    const struct migration_history *history, struct arena *arena,
    struct migration_plan *plan, struct diag *diag)
{
	enum err rc;

	rc = check_gaps(files, history, diag);
	if (rc == E_OK)
		rc = check_history(files, history, diag);
	if (rc != E_OK)
		return rc;
	plan->count = 0;
	plan->steps = arena_ask(arena,
	    (files->count + 1) * sizeof(const struct migration_file *));
	return arena_done(arena, diag);
}

static enum err
check_steps(const struct migration_plan *plan, struct diag *diag)
{
	enum err rc = E_OK;

	for (size_t i = 0; i < plan->count && rc == E_OK; i++)
		rc = check_text(migration_plan_path(plan, i),
		    migration_plan_text(plan, i), diag);
	return rc;
}

enum err
migration_plan_up(const struct migration_files *files,
    const struct migration_history *history, int number, struct arena *arena,
    struct migration_plan *ret_plan, struct diag *diag)
{
	struct migration_plan plan = { .direction = MIGRATION_UP };
	enum err rc;

	if (number != 0 && migration_files_get(files, number) == NULL)
		return diag_set(diag, E_USAGE,
		    "there is no migration %04d"
		    " in %s",
		    number, files->dir);
	rc = begin_plan(files, history, arena, &plan, diag);
	if (rc != E_OK)
		return rc;
	for (size_t i = 0; i < files->count; i++) {
		const struct migration_file *file = &files->files[i];

		if (number != 0 && file->number > number)
			break;
		if (migration_history_get(history, file->number) == NULL &&
		    (!file->on_request || file->number == number))
			plan.steps[plan.count++] = file;
	}
	rc = check_steps(&plan, diag);
	if (rc == E_OK)
		*ret_plan = plan;
	return rc;
}

enum err
migration_plan_down(const struct migration_files *files,
    const struct migration_history *history, int number, struct arena *arena,
    struct migration_plan *ret_plan, struct diag *diag)
{
	struct migration_plan plan = { .direction = MIGRATION_DOWN };
	enum err rc;

	if (number != 0 && migration_files_get(files, number) == NULL &&
	    migration_history_get(history, number) == NULL)
		return diag_set(diag, E_USAGE, "there is no migration %04d",
		    number);
	rc = begin_plan(files, history, arena, &plan, diag);
	if (rc != E_OK)
		return rc;
	for (size_t i = history->count; i-- > 0;) {
		const struct migration_applied *applied = &history->applied[i];

		if (applied->number <= number)
			break;
		plan.steps[plan.count] = migration_files_get(files,
		    applied->number);
		if (plan.steps[plan.count++] == NULL)
			return diag_set(diag, E_MIGRATION,
			    "%04d_%s cannot be"
			    " rolled back: its files are not in %s; put them"
			    " there, or name their folder with --dir. Nothing"
			    " was done",
			    applied->number, applied->name, files->dir);
	}
	rc = check_steps(&plan, diag);
	if (rc == E_OK)
		*ret_plan = plan;
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_run.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "programs/migrate/migration_plan.h"
#include "programs/migrate/migration_server.h"
#include "programs/migrate/migration_tell.h"

/* How often a step is tried that meets a deadlock. */
#define TRIES 5

static volatile sig_atomic_t stop_asked;

static void
on_stop(int number)
{
	(void)number;
	stop_asked = 1;
	db_admin_cancel();
}

/* From here on a signal gives the running statement up; a second one kills. */
static void
take_signals(void)
{
	static const int stops[] = { SIGTERM, SIGINT, SIGHUP };
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	(void)sigemptyset(&action.sa_mask);
	action.sa_handler = on_stop;
	action.sa_flags = (int)SA_RESETHAND;
	for (size_t i = 0; i < COUNT(stops); i++)
		(void)sigaction(stops[i], &action, NULL);
}

/* What the server says, with its place. */
static void
print_words(void *context, const struct db_admin_words *words)
{
	const struct migration_run *run = context;

	migration_tell_words(run->path,
	    run->statement == NULL ?
		0 :
		migration_sql_line(run->statement, words->at),
	    words);
}

enum err
migration_run_open(struct migration_run *run, const char *program,
    struct diag *diag)
{
	return db_admin_open(run->dsn, program, print_words, run, &run->db,
	    diag);
}

void
migration_run_close(struct migration_run *run)
{
	db_admin_close(run->db);
	run->db = NULL;
}

enum err
migration_run_status(struct migration_run *run, struct diag *diag)
{
	static const char row[] = "%6.*d  %-44s  %-10s  %s\n";
	const struct migration_history *history = &run->history;
	enum err rc;

	rc = migration_history_read(run->db, run->arena, &run->history, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%6s  %-44s  %-10s  %s\n", "number", "name", "state",
	    "applied at");
	for (int number = 1; number <= MIGRATION_NUMBER_MAX; number++) {
		const struct migration_file *file =
		    migration_files_get(&run->files, number);
		const struct migration_applied *applied =
		    migration_history_get(history, number);

		if (file == NULL && applied == NULL)
			continue;
		if (file == NULL)
			(void)printf(row, 4, number, applied->name, "missing",
			    applied->applied_at);
		else if (applied == NULL)
			(void)printf(row, 4, number, file->stem + 5,
			    file->on_request ? "on request" : "pending", "");
		else
			(void)printf(row, 4, number, file->stem + 5,
			    strcmp(file->checksum, applied->checksum) == 0 ?
				"applied" :
				"changed",
			    applied->applied_at);
	}
	return E_OK;
}

/* Run a file's statements one by one within the open transaction. */
static enum err
run_statements(struct migration_run *run, struct span text, struct diag *diag)
{
	struct migration_statement statement;
	struct migration_sql sql;
	enum err rc;

	migration_sql_init(&sql, text);
	for (;;) {
		const char *copy;

		rc = migration_sql_next(&sql, &statement, diag);
		if (rc != E_OK || statement.text.at == NULL)
			break;
		copy = arena_text(run->arena, statement.text);
		if (stop_asked) {
			rc = diag_set(diag, E_MIGRATION, "interrupted");
			break;
		}
		run->statement = &statement;
		rc = db_admin_run(run->db, copy, NULL, 0, run->arena, NULL,
		    diag);
		if (rc == E_INVALID)
			migration_tell_wrong_at(run->path, statement.line,
			    diag->text);
		run->statement = NULL;
		if (rc != E_OK)
			break;
	}
	return rc;
}

/* The transaction of a step failed: end it, and say what that means. */
static enum err
give_up(struct migration_run *run, const char *stem, bool at_commit,
    enum err rc, struct diag *diag)
{
	struct diag why = *diag, ignored;

	if (rc == E_DB_LOST && at_commit)
		return diag_set(diag, E_DB_UNKNOWN,
		    "the connection was lost"
		    " before PostgreSQL confirmed %s: --status tells whether"
		    " it was done",
		    stem);
	/* A lost connection rolls back as well: the server does it. */
	if (rc != E_DB_LOST &&
	    db_admin_run(run->db, "ROLLBACK", NULL, 0, NULL, NULL, &ignored) !=
		E_OK)
		rc = E_DB_LOST;
	if (stop_asked)
		return diag_set(diag, E_MIGRATION,
		    "interrupted in %s, which"
		    " was taken back as a whole",
		    stem);
	if (rc == E_DB_LOST)
		return diag_set(diag, rc,
		    "%s in %s, which PostgreSQL takes"
		    " back as a whole",
		    err_text(rc), stem);
	return diag_set(diag, rc == E_DB ? E_MIGRATION : rc,
	    "%s failed and was taken back as a whole%s%s", stem,
	    rc == E_DB ? "" : ": ", rc == E_DB ? "" : why.text);
}

/*
 * One migration, one transaction; the history first, so that no setting the
 * file makes gets in its way. Gives: *ret_deadlock, when it fails.
 */
static enum err
try_step(struct migration_run *run, const struct migration_plan *plan,
    size_t step, bool *ret_deadlock, struct diag *diag)
{
	const struct migration_file *file = plan->steps[step];
	const bool up = plan->direction == MIGRATION_UP;
	const int64_t start = clock_ms();
	bool at_commit = false;
	enum err rc;

	run->path = migration_plan_path(plan, step);
	rc = db_admin_run(run->db, "BEGIN", NULL, 0, NULL, NULL, diag);
	if (rc == E_OK)
		rc = up ?
		    migration_history_add(run->db, file, run->arena, diag) :
		    migration_history_remove(run->db, file, run->arena, diag);
	if (rc == E_OK)
		rc = run_statements(run, migration_plan_text(plan, step), diag);
	if (rc == E_OK) {
		at_commit = true;
		rc = db_admin_run(run->db, "COMMIT", NULL, 0, NULL, NULL, diag);
	}
	run->path = NULL;
	if (rc != E_OK) {
		*ret_deadlock = strcmp(diag->sqlstate, "40P01") == 0;
		return give_up(run, file->stem, at_commit, rc, diag);
	}
	migration_tell_done(up, file->stem, clock_ms() - start);
	return E_OK;
}

/*
 * A service at work may hold what a statement waits for, and wait for what an
 * earlier one has locked. PostgreSQL ends one of both; that passes.
 */
static enum err
run_step(struct migration_run *run, const struct migration_plan *plan,
    size_t step, struct diag *diag)
{
	for (int tries = 1;; tries++) {
		bool deadlock = false;
		enum err rc = try_step(run, plan, step, &deadlock, diag);

		if (rc == E_OK || !deadlock || rc == E_DB_LOST || stop_asked ||
		    tries == TRIES)
			return rc;
		migration_tell_note("%s: trying it again", diag->text);
	}
}

static enum err
run_plan(struct migration_run *run, const struct migration_plan *plan,
    struct diag *diag)
{
	const bool up = plan->direction == MIGRATION_UP;
	enum err rc = E_OK;

	for (size_t i = 0; i < plan->count && rc == E_OK; i++) {
		const char *stem = plan->steps[i]->stem;

		if (run->dry_run)
			(void)printf("would %s %s\n",
			    up ? "apply" : "roll back", stem);
		else if (stop_asked)
			rc = diag_set(diag, E_MIGRATION,
			    "interrupted before"
			    " %s; what is reported above stays done",
			    stem);
		else
			rc = run_step(run, plan, i, diag);
	}
	return rc;
}

/* Become the one runner, unless nothing is to be changed, and look. */
enum err
migration_run_begin(struct migration_run *run, struct diag *diag)
{
	enum err rc = E_OK;

	if (!run->dry_run) {
		take_signals();
		rc = migration_history_lock(run->db, run->lock_timeout,
		    run->arena, diag);
	}
	if (rc == E_OK)
		rc = migration_history_read(run->db, run->arena, &run->history,
		    diag);
	return rc;
}

enum err
migration_run_apply(struct migration_run *run, int number, struct diag *diag)
{
	struct migration_plan plan;
	enum err rc;

	rc = migration_run_begin(run, diag);
	if (rc == E_OK)
		rc = migration_plan_up(&run->files, &run->history, number,
		    run->arena, &plan, diag);
	if (rc == E_OK)
		rc = migration_server_prepare(run->db,
		    run->dry_run || plan.count == 0, run->arena, diag);
	if (rc != E_OK)
		return rc;
	if (plan.count == 0) {
		(void)puts("nothing to do");
		return E_OK;
	}
	if (!run->history.exists && !run->dry_run)
		rc = migration_history_create(run->db, diag);
	return rc == E_OK ? run_plan(run, &plan, diag) : rc;
}

enum err
migration_run_rollback(struct migration_run *run, int number, struct diag *diag)
{
	struct migration_plan plan;
	enum err rc;

	rc = migration_run_begin(run, diag);
	if (rc == E_OK)
		rc = migration_plan_down(&run->files, &run->history, number,
		    run->arena, &plan, diag);
	if (rc == E_OK && plan.count == 0)
		(void)puts("nothing to do");
	return rc == E_OK ? run_plan(run, &plan, diag) : rc;
}

/* Ask whoever sits at the terminal for the database's name. */
static enum err
ask(const struct migration_run *run, struct diag *diag)
{
	const char *name = db_admin_database(run->db);
	char answer[256];
	struct span typed;

	if (!isatty(STDIN_FILENO))
		return diag_set(diag, E_USAGE,
		    "--drop-all drops the tables"
		    " and their data in database \"%s\": it needs --confirm, or"
		    " a terminal to ask at",
		    name);
	(void)printf(
	    "This drops the tables and their data in database \"%s\"."
	    "\nType its name to go on: ",
	    name);
	(void)fflush(stdout);
	if (fgets(answer, sizeof(answer), stdin) == NULL)
		answer[0] = '\0';
	typed = str_span(answer);
	typed.len = strcspn(answer, "\r\n");
	if (!span_is(typed, name))
		return diag_set(diag, E_USAGE,
		    "that is not the database's"
		    " name; nothing was dropped");
	return E_OK;
}

enum err
migration_run_drop_all(struct migration_run *run, bool confirmed,
    struct diag *diag)
{
	struct migration_plan plan;
	enum err rc = E_OK;

	if (!confirmed && !run->dry_run)
		rc = ask(run, diag);
	if (rc == E_OK)
		rc = migration_run_begin(run, diag);
	if (rc == E_OK)
		rc = migration_plan_down(&run->files, &run->history, 0,
		    run->arena, &plan, diag);
	if (rc == E_OK)
		rc = run_plan(run, &plan, diag);
	if (rc != E_OK)
		return rc;
	if (!run->history.exists) {
		(void)puts("nothing to do");
	} else if (run->dry_run) {
		(void)puts("would drop migration_history");
	} else {
		rc = migration_history_drop(run->db, diag);
		if (rc == E_OK)
			(void)puts("dropped migration_history");
	}
	return rc;
}

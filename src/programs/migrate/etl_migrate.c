/* SPDX-License-Identifier: MIT */
/* pulse-etl-migrate: applies, rolls back and verifies the schema. */
#include <stdio.h>
#include <stdlib.h>

#include "base/option.h"
#include "programs/migrate/migration_new.h"
#include "programs/migrate/migration_partition.h"
#include "programs/migrate/migration_run.h"
#include "programs/migrate/migration_tell.h"
#include "programs/migrate/migration_verify.h"

#define PROGRAM "pulse-etl-migrate"
/* Files are read whole, and their statements copied once. */
#define MEMORY_MAX (256u << 20)

enum command {
	COMMAND_NONE,
	COMMAND_STATUS,
	COMMAND_APPLY_ALL,
	COMMAND_APPLY,
	COMMAND_ROLLBACK,
	COMMAND_DROP_ALL,
	COMMAND_NEW,
	COMMAND_VERIFY,
	COMMAND_PARTITION,
	COMMAND_UNPARTITION,
};

struct task {
	enum command command;
	int number;
	const char *name; /* of a new migration */
	bool confirmed;
	int64_t rows; /* of a partition */
};

static void
print_help(void)
{
	(void)puts(
	    "usage: " PROGRAM
	    " COMMAND [OPTION]...\n"
	    "\n"
	    "Bring the database's tables to what this version needs, or back.\n"
	    "\n"
	    "      --status              list the migrations and their states\n"
	    "      --apply-all           apply all that are pending\n"
	    "      --apply N             apply those pending up to N, and N"
	    " itself even\n"
	    "                            when it is one that is on request\n"
	    "      --rollback-to N       take back those above N, newest first;"
	    " 0: all\n"
	    "      --drop-all            take all back and drop the history as"
	    " well\n"
	    "      --verify              compare the tables with those this"
	    " version declares\n"
	    "      --new NAME            make the next pair of files\n"
	    "      --partition           make raw_extraction_data a table of"
	    " partitions\n"
	    "      --unpartition         make it one table again\n"
	    "\n"
	    "      --dry-run             print the plan, change nothing\n"
	    "      --confirm             do not ask before --drop-all\n"
	    "      --partition-rows N    batches of a partition (1000000)\n"
	    "      --lock-timeout SECONDS\n"
	    "                            wait so long for another runner, or"
	    " for the\n"
	    "                            table to be partitioned (60)\n"
	    "      --dsn DSN             connection string or URI; a password"
	    " in it is seen\n"
	    "                            by others, PGPASSFILE's is not\n"
	    "      --dir DIR             folder of the migrations\n"
	    "                            (" ETL_PKGDATADIR
	    "/migrations)\n"
	    "  -h, --help                this text\n"
	    "  -V, --version             the version\n"
	    "\n"
	    "Environment: DATABASE_URL and libpq's PG* variables for the"
	    " connection,\n"
	    "ETL_MIGRATIONS_DIR for the folder; an option wins."
	    " ETL_LOG_FORMAT, or\n"
	    "log_format of the settings, is logfmt or json: then what is done"
	    " is told as\n"
	    "lines of the log.\n"
	    "\n"
	    "Exit codes: 0 done, or nothing to do; 1 a migration failed, was\n"
	    "interrupted or is forbidden by the history, or --verify found a\n"
	    "difference; 64 wrong options, or not confirmed; 65 a migration"
	    " file is\n"
	    "wrong; 69 PostgreSQL is unreachable or another runner at work; 70"
	    " our\n"
	    "fault; 78 the folder cannot be read or written. After 1, 65 and 69"
	    " every\n"
	    "migration is applied as a whole or not at all.");
}

static void
fail_usage(const char *text, const char *detail)
{
	(void)fprintf(stderr, PROGRAM ": %s%s\nTry: " PROGRAM " --help\n", text,
	    detail);
	exit(err_exit_code(E_USAGE));
}

/* A whole number of an option; anything else ends the program. */
static int
read_number(const char *option, const char *text, int max)
{
	int64_t number;

	if (!span_int64(str_span(text), &number) || number < 0 || number > max)
		fail_usage(option, " takes a whole number");
	return (int)number;
}

static void
set_command(struct task *task, enum command command)
{
	if (task->command != COMMAND_NONE)
		fail_usage("one command at a time", "");
	task->command = command;
}

/* Read the command line; ends the program for --help, --version and errors. */
static void
read_options(int argc, char **argv, struct task *task,
    struct migration_run *run)
{
	enum {
		STATUS = 256,
		APPLY_ALL,
		APPLY,
		ROLLBACK,
		DROP_ALL,
		NEW,
		VERIFY,
		PARTITION,
		UNPARTITION,
		PARTITION_ROWS,
		DRY_RUN,
		CONFIRM,
		LOCK_TIMEOUT,
		DSN,
		DIR
	};
	static const struct option options[] = {
		{ "status", no_argument, NULL, STATUS },
		{ "apply-all", no_argument, NULL, APPLY_ALL },
		{ "apply", required_argument, NULL, APPLY },
		{ "rollback-to", required_argument, NULL, ROLLBACK },
		{ "drop-all", no_argument, NULL, DROP_ALL },
		{ "new", required_argument, NULL, NEW },
		{ "verify", no_argument, NULL, VERIFY },
		{ "partition", no_argument, NULL, PARTITION },
		{ "unpartition", no_argument, NULL, UNPARTITION },
		{ "partition-rows", required_argument, NULL, PARTITION_ROWS },
		{ "dry-run", no_argument, NULL, DRY_RUN },
		{ "confirm", no_argument, NULL, CONFIRM },
		{ "lock-timeout", required_argument, NULL, LOCK_TIMEOUT },
		{ "dsn", required_argument, NULL, DSN },
		{ "dir", required_argument, NULL, DIR },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = option_next(argc, argv, "hV", options, NULL)) != -1) {
		switch (option) {
		case STATUS:
			set_command(task, COMMAND_STATUS);
			break;
		case APPLY_ALL:
			set_command(task, COMMAND_APPLY_ALL);
			break;
		case APPLY:
			set_command(task, COMMAND_APPLY);
			task->number = read_number("--apply", optarg,
			    MIGRATION_NUMBER_MAX);
			if (task->number == 0)
				fail_usage("--apply", " counts from 1");
			break;
		case ROLLBACK:
			set_command(task, COMMAND_ROLLBACK);
			task->number = read_number("--rollback-to", optarg,
			    MIGRATION_NUMBER_MAX);
			break;
		case DROP_ALL:
			set_command(task, COMMAND_DROP_ALL);
			break;
		case NEW:
			set_command(task, COMMAND_NEW);
			task->name = optarg;
			break;
		case VERIFY:
			set_command(task, COMMAND_VERIFY);
			break;
		case PARTITION:
			set_command(task, COMMAND_PARTITION);
			break;
		case UNPARTITION:
			set_command(task, COMMAND_UNPARTITION);
			break;
		case PARTITION_ROWS:
			task->rows = read_number("--partition-rows", optarg,
			    2000000000);
			if (task->rows < 1000)
				fail_usage("--partition-rows",
				    " takes 1000 or more");
			break;
		case DRY_RUN:
			run->dry_run = true;
			break;
		case CONFIRM:
			task->confirmed = true;
			break;
		case LOCK_TIMEOUT:
			run->lock_timeout = read_number("--lock-timeout",
			    optarg, 86400);
			break;
		case DSN:
			run->dsn = optarg;
			break;
		case DIR:
			run->files.dir = optarg;
			break;
		case 'h':
			print_help();
			exit(err_exit_code(E_OK));
		case 'V':
			(void)puts(PROGRAM
			    " " PACKAGE_VERSION "\nFeatures: " ETL_FEATURES);
			exit(err_exit_code(E_OK));
		default:
			(void)fprintf(stderr, "Try: " PROGRAM " --help\n");
			exit(err_exit_code(E_USAGE));
		}
	}
	if (optind < argc)
		fail_usage("unexpected argument: ", argv[optind]);
	if (task->command == COMMAND_NONE)
		fail_usage("a command is missing", "");
}

static enum err
make_new(const struct task *task, struct migration_run *run, struct diag *diag)
{
	struct migration_file file = { 0 };
	enum err rc;

	rc = migration_new(&run->files, task->name, run->dry_run, run->arena,
	    &file, diag);
	if (rc == E_OK)
		(void)printf("%s%s\n%s%s\n", run->dry_run ? "would make " : "",
		    file.up, run->dry_run ? "would make " : "", file.down);
	return rc;
}

static enum err
do_task(const struct task *task, struct migration_run *run, struct diag *diag)
{
	enum err rc;

	/* What is declared is compiled in: no folder is needed. */
	rc = task->command == COMMAND_VERIFY ||
		task->command == COMMAND_UNPARTITION ||
		task->command == COMMAND_PARTITION ?
	    E_OK :
	    migration_files_read(run->files.dir, run->arena, &run->files, diag);
	if (rc == E_OK && task->command == COMMAND_NEW)
		return make_new(task, run, diag);
	if (rc == E_OK)
		rc = migration_run_open(run, PROGRAM, diag);
	if (rc != E_OK)
		return rc;
	switch (task->command) {
	case COMMAND_STATUS:
		return migration_run_status(run, diag);
	case COMMAND_APPLY_ALL:
	case COMMAND_APPLY:
		return migration_run_apply(run, task->number, diag);
	case COMMAND_ROLLBACK:
		return migration_run_rollback(run, task->number, diag);
	case COMMAND_DROP_ALL:
		return migration_run_drop_all(run, task->confirmed, diag);
	case COMMAND_VERIFY:
		return migration_verify(run->db, run->arena, diag);
	case COMMAND_PARTITION:
		return migration_partition_choose(run, task->rows, diag);
	case COMMAND_UNPARTITION:
		return migration_partition_undo(run, diag);
	case COMMAND_NONE:
	case COMMAND_NEW:
		break;
	}
	return E_OK;
}

int
main(int argc, char **argv)
{
	const char *dir = getenv("ETL_MIGRATIONS_DIR");
	struct migration_run run = {
		.arena = arena_new(MEMORY_MAX),
		.dsn = getenv("DATABASE_URL"),
		.lock_timeout = 60,
		.files = { .dir = dir != NULL && dir[0] != '\0' ?
			dir :
			ETL_PKGDATADIR "/migrations" },
	};
	struct task task = { .command = COMMAND_NONE,
		.rows = MIGRATION_PARTITION_ROWS };
	struct diag diag;
	enum err rc;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	diag_clear(&diag);
	read_options(argc, argv, &task, &run);
	rc = migration_tell_begin(PROGRAM, &diag);
	if (rc == E_OK && run.arena == NULL)
		rc = E_NO_MEMORY;
	if (rc == E_OK)
		rc = do_task(&task, &run, &diag);
	if (rc != E_OK)
		migration_tell_failure(rc,
		    diag.text[0] != '\0' ? diag.text : err_text(rc));
	if (fflush(stdout) != 0 && rc == E_OK)
		rc = E_SYSTEM;
	migration_run_close(&run);
	arena_free(run.arena);
	return err_exit_code(rc);
}

/* SPDX-License-Identifier: MIT */
/* What pulse-etl setup does with PostgreSQL. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/db/db_admin.h"
#include "programs/tool/setup.h"
#include "programs/tool/tool_user.h"

#define VERSION_LEAST 150000
#define LOOPBACK "127.0.0.1"
#define PATH_BYTES 4096

/* What may be done, and what is there: the cells of this, in their order. */
enum {
	FIT,
	MAY_CREATE,
	HAS_OWNER,
	HAS_SERVICE,
	HAS_LOGIN,
	HAS_READER,
	IS_OWNER,
	WHO,
	IS_16,
	FACTS
};
#define FACTS_SQL \
	"SELECT current_setting('server_version_num')::int >= $2::int," \
	" (SELECT rolsuper OR rolcreaterole FROM pg_roles" \
	" WHERE rolname = current_user)," \
	" EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_owner')," \
	" EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_service')," \
	" EXISTS (SELECT FROM pg_roles WHERE rolname = $1)," \
	" EXISTS (SELECT FROM pg_roles WHERE rolname = 'pulse_etl_reader')," \
	" (SELECT COALESCE(bool_or(pg_has_role(current_user, oid, 'USAGE'))," \
	" false) FROM pg_roles WHERE rolname = 'pulse_etl_owner')," \
	" quote_ident(current_user)," \
	" current_setting('server_version_num')::int >= 160000"

static enum err
open_owner(const struct setup *setup, struct db_admin **ret_admin,
    struct diag *diag)
{
	enum err rc;

	setup_as_server(setup, true);
	rc = db_admin_open(setup->database, "pulse-etl setup", NULL, NULL,
	    ret_admin, diag);
	setup_as_server(setup, false);
	return rc;
}

void
setup_as_server(const struct setup *setup, bool on)
{
	/* The server looks at who connects (peer authentication). */
	if (setup->server_uid != 0)
		(void)!seteuid(on ? setup->server_uid : 0);
}

/* Make the database, on a server of this machine. */
static enum err
create_database(const struct setup *setup, struct diag *diag)
{
	struct db_admin *admin;
	enum err rc;

	setup_as_server(setup, true);
	rc = db_admin_open("dbname=postgres user=postgres", "pulse-etl setup",
	    NULL, NULL, &admin, diag);
	setup_as_server(setup, false);
	if (rc != E_OK)
		return rc;
	rc = db_admin_run(admin,
	    "CREATE DATABASE pulse_etl ENCODING 'UTF8'"
	    " TEMPLATE template0",
	    NULL, 0, NULL, NULL, diag);
	db_admin_close(admin);
	if (rc == E_OK)
		setup_say("made", "the database pulse_etl");
	return rc;
}

static enum err
ask_facts(struct db_admin *admin, const struct setup *setup, char ***ret_facts,
    struct diag *diag)
{
	char least[16];
	const char *const values[] = { setup->role, least };
	struct db_admin_rows *rows;
	enum err rc;

	(void)snprintf(least, sizeof(least), "%d", VERSION_LEAST);
	rc = db_admin_run(admin, FACTS_SQL, values, COUNT(values),
	    setup->tool->arena, &rows, diag);
	if (rc == E_OK)
		*ret_facts = rows->cells;
	return rc;
}

static bool
holds(char *const *facts, int fact)
{
	return facts[fact][0] == 't';
}

/* How the service will log in, with a password that is made here. */
static enum err
make_dsn(struct setup *setup, const struct db_admin *admin, struct diag *diag)
{
	struct arena *arena = setup->tool->arena;
	const char *host = NULL;

	/* Known by their account: the service's is not this role's name. */
	if (db_admin_is_local(admin) &&
	    !db_admin_asks_password(admin, setup->role, arena))
		host = LOOPBACK;
	setup->service_dsn = db_admin_dsn_of(admin, host, setup->role,
	    setup->service_password, arena);
	return arena_done(arena, diag);
}

enum err
setup_check_database(struct setup *setup, struct diag *diag)
{
	struct db_admin *admin;
	char **facts;
	enum err rc = open_owner(setup, &admin, diag);

	if (rc != E_OK && setup->server_uid != 0 &&
	    create_database(setup, diag) == E_OK)
		rc = open_owner(setup, &admin, diag);
	if (rc != E_OK)
		return diag_set(diag, rc,
		    "the database: %s. Give --database"
		    " for the role that is to own the tables; createdb makes"
		    " a database",
		    arena_text(setup->tool->arena, str_span(diag->text)));
	rc = ask_facts(admin, setup, &facts, diag);
	if (rc == E_OK && !holds(facts, FIT))
		rc = diag_set(diag, E_INVALID,
		    "PostgreSQL 15 or later is"
		    " needed");
	if (rc == E_OK)
		rc = make_dsn(setup, admin, diag);
	if (rc == E_OK)
		setup_say("ok", "database %s, as %s", db_admin_database(admin),
		    facts[WHO]);
	db_admin_close(admin);
	return rc;
}

/* What a superuser has to do first, as SQL. */
static void
print_sql(const struct setup *setup, char *const *facts, const char *verifier)
{
	(void)puts(
	    "\n-- Run this as a superuser in the same database, then"
	    " run setup again:");
	if (!holds(facts, HAS_OWNER))
		(void)puts("CREATE ROLE pulse_etl_owner NOLOGIN;");
	if (!holds(facts, HAS_SERVICE))
		(void)puts("CREATE ROLE pulse_etl_service NOLOGIN;");
	if (!holds(facts, IS_OWNER))
		(void)printf("GRANT pulse_etl_owner TO %s%s;\n", facts[WHO],
		    holds(facts, IS_16) ? " WITH INHERIT TRUE, SET TRUE" : "");
	(void)puts("GRANT CREATE ON SCHEMA public TO pulse_etl_owner;");
	if (!holds(facts, HAS_READER))
		(void)puts("CREATE ROLE pulse_etl_reader NOLOGIN;");
	if (!holds(facts, HAS_LOGIN))
		(void)printf(
		    "CREATE ROLE %s LOGIN PASSWORD '%s'"
		    " IN ROLE pulse_etl_service;\n",
		    setup->role, verifier);
}

/* The password that the settings hold for the service's login. */
static const char *
password_of(const struct setup *setup)
{
	const char *password = db_admin_dsn_option(
	    setup->settings.db.database_url, "password", setup->tool->arena);

	return password == NULL ? "" : password;
}

/* Settings that were kept may be those of another database, or login. */
static enum err
check_settings(const struct setup *setup, const struct db_admin *admin,
    struct diag *diag)
{
	struct arena *arena = setup->tool->arena;
	const char *url = setup->settings.db.database_url;
	const char *name = db_admin_dsn_option(url, "dbname", arena);
	const char *user = db_admin_dsn_option(url, "user", arena);

	if (name != NULL && strcmp(name, db_admin_database(admin)) != 0)
		return diag_set(diag, E_CONFLICT,
		    "%s/etl.conf is for the database %s, and --database"
		    " names %s: give another --folder, or that database",
		    setup->folder, name, db_admin_database(admin));
	if (user != NULL && strcmp(user, setup->role) != 0)
		return diag_set(diag, E_CONFLICT,
		    "%s/etl.conf is for the role %s: give --role %s",
		    setup->folder, user, user);
	return E_OK;
}

enum err
setup_check_roles(struct setup *setup, struct diag *diag)
{
	struct db_admin *admin;
	char **facts, *verifier;
	enum err rc = open_owner(setup, &admin, diag);

	if (rc != E_OK)
		return rc;
	rc = check_settings(setup, admin, diag);
	if (rc == E_OK)
		rc = ask_facts(admin, setup, &facts, diag);
	if (rc == E_OK)
		rc = db_admin_verifier(admin, setup->role, password_of(setup),
		    setup->tool->arena, &verifier, diag);
	if (rc == E_OK && !holds(facts, MAY_CREATE) &&
	    !(holds(facts, HAS_OWNER) && holds(facts, HAS_SERVICE) &&
		holds(facts, HAS_READER) && holds(facts, HAS_LOGIN) &&
		holds(facts, IS_OWNER))) {
		print_sql(setup, facts, verifier);
		rc = diag_set(diag, E_FORBIDDEN,
		    "%s may not make roles: let a"
		    " superuser run the SQL above, then run setup again",
		    facts[WHO]);
	}
	db_admin_close(admin);
	return rc;
}

/* pulse-etl-migrate beside this program, or where it is installed. */
static void
find_migrate(char path[PATH_BYTES])
{
	static const char name[] = "pulse-etl-migrate";
	ssize_t len = readlink("/proc/self/exe", path,
	    PATH_BYTES - sizeof(name) - 1);
	char *slash;

	path[len < 0 ? 0 : len] = '\0';
	slash = strrchr(path, '/');
	if (slash != NULL) {
		memcpy(slash + 1, name, sizeof(name));
		if (access(path, X_OK) == 0)
			return;
	}
	(void)snprintf(path, PATH_BYTES, "%s/%s", ETL_SBINDIR, name);
}

enum err
setup_migrate(struct setup *setup, struct diag *diag)
{
	char path[PATH_BYTES];
	pid_t child;
	int status;

	find_migrate(path);
	(void)fflush(stdout);
	child = fork();
	if (child == 0) {
		/* What it runs is the owner's SQL, with no right of root. */
		if (setup->server_uid != 0 &&
		    !tool_user_become(setup->server_uid)) {
			(void)fprintf(stderr,
			    "pulse-etl: cannot become the user of PostgreSQL's"
			    " server: %s\n",
			    strerror(errno));
			_exit(127);
		}
		/* By the environment: others see what is on a command line. */
		if (setup->database[0] != '\0')
			(void)setenv("DATABASE_URL", setup->database, 1);
		else
			(void)unsetenv("DATABASE_URL");
		if (setup->migrations != NULL)
			(void)setenv("ETL_MIGRATIONS_DIR", setup->migrations,
			    1);
		(void)execl(path, path, "--apply-all", (char *)NULL);
		(void)fprintf(stderr, "pulse-etl: %s: %s\n", path,
		    strerror(errno));
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	if (child < 0 || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return diag_set(diag, E_INVALID,
		    "the migrations were not"
		    " applied: see above, then run setup again");
	setup_say("ok", "the tables are those of this version");
	return E_OK;
}

/* Make the login. Its name was checked: it is an identifier as it stands. */
static enum err
create_login(struct setup *setup, struct db_admin *admin, struct diag *diag)
{
	struct arena *arena = setup->tool->arena;
	char *verifier, *sql;
	enum err rc;

	rc = db_admin_verifier(admin, setup->role, password_of(setup), arena,
	    &verifier, diag);
	if (rc != E_OK)
		return rc;
	sql = arena_printf(arena,
	    "CREATE ROLE %s LOGIN PASSWORD '%s'"
	    " IN ROLE pulse_etl_service",
	    setup->role, verifier);
	rc = arena_done(arena, diag);
	if (rc == E_OK)
		rc = db_admin_run(admin, sql, NULL, 0, NULL, NULL, diag);
	if (rc == E_OK)
		setup_say("made", "the role %s, which the service logs in as",
		    setup->role);
	return rc;
}

enum err
setup_role(struct setup *setup, struct diag *diag)
{
	struct db_admin *admin;
	char **facts;
	struct db *db;
	enum err rc = open_owner(setup, &admin, diag);

	if (rc != E_OK)
		return rc;
	rc = ask_facts(admin, setup, &facts, diag);
	if (rc == E_OK && !holds(facts, HAS_LOGIN))
		rc = create_login(setup, admin, diag);
	db_admin_close(admin);
	if (rc != E_OK)
		return rc;
	db = db_new(&setup->settings.db, "pulse-etl setup");
	if (db == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory");
	rc = db_open(db, diag);
	db_free(db);
	if (rc != E_OK)
		return diag_set(diag, E_CONFLICT,
		    "the service cannot log in by"
		    " database_url of the settings: %s. If the role %s has"
		    " another password, set it, or choose another name:"
		    " --role",
		    arena_text(setup->tool->arena, str_span(diag->text)),
		    setup->role);
	setup_say("ok", "the service logs in as %s", setup->role);
	return E_OK;
}

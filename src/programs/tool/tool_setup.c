/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl setup: from two servers to a first batch. Its steps are in setup.h;
 * what it is not told it asks, unless --yes says that the defaults will do.
 */
#include <inttypes.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "programs/tool/setup.h"
#include "programs/tool/tool_user.h"

#define LINE_BYTES 1024
#define ROLE_CHARS_MAX 63 /* PostgreSQL's NAMEDATALEN - 1 */

void
setup_say(const char *what, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)printf("%-5s ", what);
	(void)vprintf(format, args);
	(void)putchar('\n');
	va_end(args);
	(void)fflush(stdout);
}

/* An identifier that needs no quotes in SQL. */
static bool
is_role(const char *name)
{
	const size_t len = strlen(name);

	return len > 0 && len <= ROLE_CHARS_MAX &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len &&
	    (name[0] < '0' || name[0] > '9');
}

/* A password in a URL on the command line is seen by all on the machine. */
static void
refuse_password(const struct tool *tool, const char *option, const char *url)
{
	const char *at = strchr(url, '@'), *scheme = strstr(url, "://");
	const char *colon = scheme == NULL ? NULL : strchr(scheme + 3, ':');

	if (strstr(url, "password=") != NULL ||
	    (at != NULL && colon != NULL && colon < at))
		tool_usage(tool,
		    "%s: others on this machine see a password on"
		    " the command line; leave it out: --broker-password-file,"
		    " for the database PGPASSFILE, or DATABASE_URL and"
		    " RABBITMQ_URL in the environment",
		    option);
}

static void
read_options(struct tool *tool, struct setup *setup)
{
	static const struct option options[] = {
		{ "yes", no_argument, NULL, 'y' },
		{ "database", required_argument, NULL, 'd' },
		{ "broker", required_argument, NULL, 'b' },
		{ "broker-password-file", required_argument, NULL, 'f' },
		{ "tenant", required_argument, NULL, 't' },
		{ "role", required_argument, NULL, 'r' },
		{ "group", required_argument, NULL, 'g' },
		{ "folder", required_argument, NULL, 'c' },
		{ "run-folder", required_argument, NULL, 'u' },
		{ "migrations", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = tool_option(tool, options)) != -1) {
		const char **texts[] = { ['d'] = &setup->database,
			['b'] = &setup->broker,
			['f'] = &setup->broker_password_file,
			['t'] = &setup->tenant,
			['r'] = &setup->role,
			['g'] = &setup->group,
			['c'] = &setup->folder,
			['u'] = &setup->run_folder,
			['m'] = &setup->migrations };

		if (option == 'y')
			setup->yes = true;
		else
			*texts[option] = optarg;
	}
	tool_no_arguments(tool);
	if (setup->database != NULL)
		refuse_password(tool, "--database", setup->database);
	if (setup->broker != NULL)
		refuse_password(tool, "--broker", setup->broker);
	if (!is_role(setup->role))
		tool_usage(tool,
		    "--role takes small letters, digits and"
		    " underscores, at most %d",
		    ROLE_CHARS_MAX);
}

/* Ask for what was not told; an empty line takes the default. */
static enum err
ask(const struct setup *setup, const char *question, const char *usual,
    const char **ret, struct diag *diag)
{
	char line[LINE_BYTES];

	if (*ret != NULL)
		return E_OK;
	*ret = usual;
	if (setup->yes)
		return E_OK;
	(void)printf("%s [%s]: ", question, usual);
	(void)fflush(stdout);
	if (fgets(line, sizeof(line), stdin) == NULL)
		return diag_set(diag, E_INVALID,
		    "nobody answers: give --yes to"
		    " take the defaults");
	line[strcspn(line, "\r\n")] = '\0';
	if (line[0] == '\0')
		return E_OK;
	*ret = arena_text(setup->tool->arena, str_span(line));
	return arena_done(setup->tool->arena, diag);
}

/* Is a command there, as root has its PATH? */
static bool
has_command(const char *path)
{
	return access(path, X_OK) == 0;
}

/*
 * Root of the machine that has the servers is asked for nothing: it may become
 * PostgreSQL's user, and give the broker a user.
 */
static void
use_this_machine(struct setup *setup)
{
	const struct passwd *server = getpwnam("postgres");

	if (geteuid() != 0)
		return;
	if (setup->database == NULL && server != NULL &&
	    access("/var/run/postgresql", X_OK) == 0) {
		setup->server_uid = server->pw_uid;
		setup->database = "postgresql:///pulse_etl?user=postgres";
	}
	if (setup->broker == NULL &&
	    (has_command("/usr/sbin/rabbitmqctl") ||
		has_command("/usr/bin/rabbitmqctl"))) {
		setup->own_broker = true;
		setup->broker = "";
	}
}

static enum err
ask_all(struct setup *setup, struct diag *diag)
{
	const char *url = getenv("DATABASE_URL"),
		   *broker = getenv("RABBITMQ_URL");
	enum err rc;

	if (setup->database == NULL && url != NULL)
		setup->database = arena_text(setup->tool->arena, str_span(url));
	/* It is the owner's: the service logs in as its settings say. */
	(void)unsetenv("DATABASE_URL");
	if (setup->broker == NULL && broker != NULL)
		setup->broker = broker;
	use_this_machine(setup);
	rc = ask(setup, "Database, as the role that is to own the tables",
	    "postgresql:///pulse_etl", &setup->database, diag);
	if (rc == E_OK)
		rc = ask(setup, "Broker", "amqp://etl_user@127.0.0.1/pulse_etl",
		    &setup->broker, diag);
	if (rc == E_OK)
		rc = ask(setup, "Name of the first tenant", "main",
		    &setup->tenant, diag);
	return rc;
}

enum err
setup_password(struct setup *setup, const char **ret_password,
    struct diag *diag)
{
	unsigned char bytes[SETUP_PASSWORD_CHARS / 2];
	char *text = arena_get(setup->tool->arena, SETUP_PASSWORD_CHARS + 1);

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		return diag_set(diag, E_SYSTEM, "there are no random bytes");
	for (size_t i = 0; i < sizeof(bytes); i++)
		(void)snprintf(text + 2 * i, 3, "%02x", bytes[i]);
	*ret_password = text;
	return arena_done(setup->tool->arena, diag);
}

static enum err
make_password(struct setup *setup, struct diag *diag)
{
	return setup_password(setup, &setup->service_password, diag);
}

/* What is left to do, with the names that were made. */
static void
tell_rest(const struct setup *setup)
{
	(void)printf(
	    "\nnginx: in its http block\n\n"
	    "\tinclude %s/pulse-etl-http.conf;\n\n"
	    "and in a server\n\n"
	    "\tinclude %s/pulse-etl-location.conf;\n\n"
	    "Start the pool, the relay and workers: where systemd has the\n"
	    "units, with\n\n"
	    "\tsystemctl enable --now pulse-etl.target pulse-etl-pool"
	    " pulse-etl-relay \\\n\t  pulse-etl-worker@1\n\n"
	    "Then store a batch:\n\n"
	    "\tcurl -H \"Authorization: Bearer $TOKEN\""
	    " -H 'Content-Type: application/json' \\\n"
	    "\t  --data '{\"integration_id\": %" PRId64
	    ", \"entity_type\":"
	    " \"jira_projects_batch\", \"raw_data\": []}' \\\n"
	    "\t  http://127.0.0.1/app/etl/raw-data/store\n",
	    ETL_NGINXDIR, ETL_NGINXDIR, setup->integration_id);
}

/* Make all that a first batch needs. */
enum err
tool_setup(struct tool *tool, struct diag *diag)
{
	static enum err (*const steps[])(struct setup *, struct diag *) = {
		make_password,
		setup_check_database,
		setup_files,
		setup_check_roles,
		setup_migrate,
		setup_role,
		setup_broker,
		setup_tenant,
	};
	static struct setup setup = {
		.role = "pulse_etl",
		.group = TOOL_SERVICE_USER,
		.folder = ETL_SYSCONFDIR "/pulse-etl",
		.run_folder = ETL_RUNSTATEDIR "/pulse-etl",
		.gid = (gid_t)-1,
	};
	enum err rc;

	setup.tool = tool;
	read_options(tool, &setup);
	rc = ask_all(&setup, diag);
	for (size_t i = 0; rc == E_OK && i < COUNT(steps); i++)
		rc = steps[i](&setup, diag);
	if (rc == E_OK)
		tell_rest(&setup);
	/* The settings stay: the broker's connection ends after this. */
	return rc;
}

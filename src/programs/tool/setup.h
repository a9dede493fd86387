/* SPDX-License-Identifier: MIT */
/*
 * The steps of pulse-etl setup. Each says what it made or found, and does
 * nothing where all is there: what was interrupted is run again.
 */
#ifndef PROGRAMS_TOOL_SETUP_H
#define PROGRAMS_TOOL_SETUP_H

#include <sys/types.h>

#include "programs/tool/tool.h"

#define SETUP_PASSWORD_CHARS 40
/* The user and the virtual host that are made on a broker of this machine. */
#define SETUP_BROKER_NAME "pulse_etl"
#define SETUP_BROKER_URL "amqp://" SETUP_BROKER_NAME ":"

/* What was asked for. Texts are not NULL unless it is said. */
struct setup {
	struct tool *tool;
	const char *database; /* the owner's; empty: libpq's environment */
	const char *broker;   /* URL without a password */
	const char *broker_password_file; /* or NULL */
	const char *tenant;
	const char *role;	/* the service's login */
	const char *folder;	/* of the settings and the keys */
	const char *run_folder; /* of what a start makes anew */
	const char *migrations; /* a folder, or NULL: the installed one */
	const char *group;	/* that reads the settings */
	bool yes;		/* ask nothing */
	/*
	 * Both servers are on this machine and root may do all: PostgreSQL is
	 * talked to as its own user, who has this id (0: not so), and the broker
	 * is given a user.
	 */
	uid_t server_uid;
	bool own_broker;
	/* What the steps give each other. */
	gid_t gid;		      /* of the group, or (gid_t)-1 */
	const char *service_dsn;      /* of the role */
	const char *service_password; /* for a role that is made */
	struct settings settings;     /* as the settings file says */
	struct conf_set sets[SETTINGS_SETS];
	int64_t tenant_id;
	int64_t integration_id;
};

/* A password that nobody has to type. Lives: in the arena. Fails: E_SYSTEM. */
enum err setup_password(struct setup *setup, const char **ret_password,
    struct diag *diag) MUST_CHECK;

/* Be the user of PostgreSQL's server, if that is how it is talked to, or not. */
void setup_as_server(const struct setup *setup, bool on);

/* Say what was found or made; `what` is a word such as made or kept. */
void setup_say(const char *what, const char *format, ...) PRINTF_LIKE(2, 3);

/*
 * Are the server and its database fit? Gives: service_dsn.
 * Needs: service_password. Fails: E_DB_CONNECT; E_INVALID.
 */
enum err setup_check_database(struct setup *setup, struct diag *diag)
    MUST_CHECK;

/*
 * May the roles be made that are missing?
 * Needs: setup_files().
 * Fails: E_FORBIDDEN: the SQL for somebody who may is on standard output.
 */
enum err setup_check_roles(struct setup *setup, struct diag *diag) MUST_CHECK;

/* Apply the migrations that are pending. Fails: E_INVALID: it was told why. */
enum err setup_migrate(struct setup *setup, struct diag *diag) MUST_CHECK;

/*
 * Make the service's login, which is a member of pulse_etl_service, with the
 * password of the settings, and log in with it.
 * Fails: E_CONFLICT: there is one already, of another password; others.
 */
enum err setup_role(struct setup *setup, struct diag *diag) MUST_CHECK;

/*
 * Make the tenant, an integration and a token, where there are none.
 * Gives: the token on standard output, once.
 */
enum err setup_tenant(struct setup *setup, struct diag *diag) MUST_CHECK;

/*
 * Make the folders, the file of keys and the file of settings.
 * Gives: settings, as they are read from it.
 */
enum err setup_files(struct setup *setup, struct diag *diag) MUST_CHECK;

/* Log in to the broker, whose queues the relay declares. */
enum err setup_broker(struct setup *setup, struct diag *diag) MUST_CHECK;

#endif

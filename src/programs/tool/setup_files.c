/* SPDX-License-Identifier: MIT */
/* The files that pulse-etl setup makes: keys, settings, and their folders. */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapters/crypto/secret.h"
#include "base/buf.h"
#include "base/file.h"
#include "programs/tool/setup.h"
#include "programs/tool/tool_password.h"

#define FILE_MODE 0640
#define FOLDER_MODE 0750
#define RUN_FOLDER_MODE 0755
#define URL_BYTES_MAX 8192

/* A folder that is made if it is missing; its parent is not. */
static enum err
make_folder(const struct setup *setup, const char *path, mode_t mode,
    uid_t owner, struct diag *diag)
{
	if (mkdir(path, mode) == 0) {
		(void)!chown(path, owner, setup->gid);
		(void)chmod(path, mode);
		setup_say("made", "%s", path);
		return E_OK;
	}
	return errno == EEXIST ?
	    E_OK :
	    diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
}

static enum err
make_file(const struct setup *setup, const char *path, struct span text,
    struct diag *diag)
{
	bool made;
	enum err rc = file_create(path, FILE_MODE, setup->gid, text, &made,
	    diag);

	if (rc == E_OK)
		setup_say(made ? "made" : "kept", "%s", path);
	return rc;
}

/* A password as a URL has it (RFC 3986 section 2.1). */
static void
add_escaped(struct buf *out, struct span text)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (size_t i = 0; i < text.len; i++) {
		if (text.at[i] != '\0' && strchr(plain, text.at[i]) != NULL)
			buf_add_char(out, text.at[i]);
		else
			buf_printf(out, "%%%02X", (unsigned char)text.at[i]);
	}
}

/* The broker's URL with its password, behind the user. */
static enum err
add_broker(struct setup *setup, struct buf *out, struct diag *diag)
{
	const char *url = setup->broker, *at = strchr(url, '@'), *made;
	struct span password;
	enum err rc;

	buf_add_text(out, "rabbitmq_url = ");
	if (setup->own_broker) {
		rc = setup_password(setup, &made, diag);
		buf_printf(out,
		    SETUP_BROKER_URL "%s@127.0.0.1/" SETUP_BROKER_NAME "\n",
		    rc == E_OK ? made : "");
		return rc;
	}
	if (setup->broker_password_file == NULL && (at == NULL || setup->yes)) {
		buf_printf(out, "%s\n", url);
		return E_OK;
	}
	if (at == NULL)
		return diag_set(diag, E_INVALID,
		    "--broker names no user:"
		    " amqp://USER@HOST/VHOST");
	rc = tool_password(setup->tool, setup->broker_password_file,
	    "Password of the broker's user", &password, diag);
	if (rc != E_OK)
		return rc;
	buf_add(out, url, (size_t)(at - url));
	buf_add_char(out, ':');
	add_escaped(out, password);
	buf_printf(out, "%s\n", at);
	return E_OK;
}

static enum err
make_settings(struct setup *setup, const char *path, const char *keys,
    struct diag *diag)
{
	struct buf text;
	enum err rc;

	if (access(path, F_OK) == 0) {
		setup_say("kept", "%s", path);
		return E_OK;
	}
	buf_init(&text, URL_BYTES_MAX * 4);
	buf_printf(&text,
	    "# Settings of Pulse ETL, made by pulse-etl setup."
	    " What is not here has its default:\n"
	    "# pulse-etl settings show prints all, and what each is for.\n"
	    "database_url = %s\n",
	    setup->service_dsn);
	rc = add_broker(setup, &text, diag);
	buf_printf(&text,
	    "secret_keys_file = %s\n"
	    "metrics_file = %s/metrics\n",
	    keys, setup->run_folder);
	if (rc == E_OK && buf_done(&text) != E_OK)
		rc = diag_set(diag, E_NO_MEMORY, "no memory");
	if (rc == E_OK)
		rc = make_file(setup, path, buf_span(&text), diag);
	explicit_bzero(text.data, text.len);
	buf_free(&text);
	return rc;
}

static enum err
make_keys(const struct setup *setup, const char *path, struct diag *diag)
{
	struct span key;
	enum err rc = secret_new_key("key1", setup->tool->arena, &key, diag);

	if (rc != E_OK)
		return rc;
	return make_file(setup, path, key, diag);
}

enum err
setup_files(struct setup *setup, struct diag *diag)
{
	const struct group *group = getgrnam(setup->group);
	/* The service's user has the name of its group, as packages make it. */
	const struct passwd *user = getpwnam(setup->group);
	struct arena *arena = setup->tool->arena;
	char *path = arena_printf(arena, "%s/etl.conf", setup->folder);
	char *keys = arena_printf(arena, "%s/keys", setup->folder);
	enum err rc;

	rc = arena_done(arena, diag);
	if (rc != E_OK)
		return rc;
	setup->gid = group == NULL ? (gid_t)-1 : group->gr_gid;
	if (group == NULL)
		setup_say("note",
		    "there is no group %s: the settings can be"
		    " read by this one only (adduser --system --group"
		    " --no-create-home %s makes it)",
		    setup->group, setup->group);
	rc = make_folder(setup, setup->folder, FOLDER_MODE, (uid_t)-1, diag);
	if (rc == E_OK)
		rc = make_folder(setup, setup->run_folder, RUN_FOLDER_MODE,
		    user == NULL ? (uid_t)-1 : user->pw_uid, diag);
	if (rc == E_OK)
		rc = make_keys(setup, keys, diag);
	if (rc == E_OK)
		rc = make_settings(setup, path, keys, diag);
	if (rc != E_OK)
		return rc;
	settings_init(&setup->settings, setup->sets);
	return conf_read(setup->sets, SETTINGS_SETS, path, diag);
}

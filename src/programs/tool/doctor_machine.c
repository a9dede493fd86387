/* SPDX-License-Identifier: MIT */
/* What pulse-etl doctor looks at on this machine. */
#include <errno.h>
#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "adapters/crypto/secret.h"
#include "base/buf.h"
#include "programs/tool/doctor.h"
#include "programs/tool/tool_user.h"

#define FILES_LEAST 1024
#define NGINX_BYTES_MAX (8u << 20)

/* May the service's user do this with a file? If not, that is told. */
static bool
check_access(struct doctor *doctor, const char *about, const char *path,
    int mode, const char *cure)
{
	const uid_t uid = doctor_user(doctor);
	const struct passwd *user = getpwuid(uid);
	const int why = tool_user_access(uid, path, mode);

	if (why == 0)
		return true;
	if (user != NULL && why == EACCES)
		doctor_tell(doctor, DOCTOR_WRONG, about, cure,
		    "%s: the user %s may not %s it", path, user->pw_name,
		    mode == R_OK ? "read" : "write to");
	else
		doctor_tell(doctor, DOCTOR_WRONG, about, cure, "%s: %s", path,
		    strerror(why));
	return false;
}

static void
look_at_keys(struct doctor *doctor)
{
	static const char cure[] =
	    "make it readable for the service alone:"
	    " chown root:" TOOL_SERVICE_USER ", chmod 0640";
	struct tool *tool = doctor_tool(doctor);
	const char *path = tool->settings->http.secret_keys_file;
	struct span sealed;
	struct diag diag;

	diag_clear(&diag);
	if (path[0] == '\0') {
		doctor_tell(doctor, DOCTOR_WARN, "keys",
		    "pulse-etl setup makes"
		    " a file of keys; set secret_keys_file",
		    "there are none:"
		    " passwords of integrations are refused");
		return;
	}
	if (!check_access(doctor, "keys", path, R_OK, cure))
		return;
	/* A secret that is sealed and thrown away: the keys can be used. */
	if (secret_seal(path, SPAN_LIT("x"), SPAN_LIT("doctor"), tool->arena,
		&sealed, &diag) != E_OK)
		doctor_tell(doctor, DOCTOR_WRONG, "keys", cure, "%s",
		    diag.text);
	else
		doctor_tell(doctor, DOCTOR_OK, "keys", NULL, "%s", path);
}

/* Files that the programs read, if the settings name them. */
static void
look_at_files(struct doctor *doctor)
{
	const struct settings *settings = doctor_tool(doctor)->settings;
	const struct {
		const char *about, *path;
	} files[] = {
		{ "settings", doctor_tool(doctor)->settings_file },
		{ "jwt_key_file", settings->http.jwt_key_file },
		{ "rabbitmq_cert_file", settings->mq.rabbitmq_cert_file },
		{ "rabbitmq_key_file", settings->mq.rabbitmq_key_file },
	};

	for (size_t i = 0; i < COUNT(files); i++) {
		const char *path = files[i].path;

		if (path != NULL && path[0] != '\0' &&
		    check_access(doctor, files[i].about, path, R_OK,
			"let the service's user read it: chgrp"
			" " TOOL_SERVICE_USER ", chmod 0640"))
			doctor_tell(doctor, DOCTOR_OK, files[i].about, NULL,
			    "%s", path);
	}
}

/* A folder that programs make files in, or that of such a file. */
static void
look_at_folder(struct doctor *doctor, const char *setting, const char *path,
    bool whole)
{
	static const char cure[] =
	    "make the folder, and the service's user its owner";
	struct stat about;
	char folder[4096];
	const char *slash = strrchr(path, '/');

	if (path[0] == '\0')
		return;
	(void)snprintf(folder, sizeof(folder), "%.*s",
	    whole || slash == NULL ? (int)strlen(path) : (int)(slash - path),
	    path);
	if (!check_access(doctor, setting, folder, W_OK | X_OK, cure))
		return;
	/* A file that is there has to be the service's, too. */
	if (!whole && stat(path, &about) == 0 &&
	    !check_access(doctor, setting, path, R_OK | W_OK,
		"remove it; the service makes it anew as its own"))
		return;
	doctor_tell(doctor, DOCTOR_OK, setting, NULL, "%s", path);
}

/* The pool's socket: who may write to it, and does somebody answer? */
static void
look_at_socket(struct doctor *doctor, const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct stat about;
	int fd;

	if (strlen(path) >= sizeof(address.sun_path))
		return;
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (stat(path, &about) == 0 && (about.st_mode & S_IWOTH) != 0)
		doctor_tell(doctor, DOCTOR_WRONG, "socket",
		    "start spawn-fcgi"
		    " with -M 0660 and -G of nginx's group",
		    "everybody can"
		    " write to %s",
		    path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		doctor_tell(doctor, DOCTOR_OK, "pool", NULL, "%s answers",
		    path);
	else
		doctor_tell(doctor, DOCTOR_WRONG, "pool", "start the pool",
		    "%s: %s", path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
}

/* The word behind a name in nginx's settings, from `at` on; or nothing. */
static struct span
word_behind(const char *at, const char *name)
{
	at = at == NULL ? NULL : strstr(at, name);
	if (at == NULL)
		return SPAN_NONE;
	at += strlen(name);
	at += strspn(at, " \t");
	return (struct span){ at, strcspn(at, "; \t\n{") };
}

/*
 * What nginx passes /app/etl to: a socket, or an upstream that has one. Another
 * location may name the path as well, such as that of the logos.
 */
static struct span
passed_to(struct arena *arena, const char *text)
{
	static const char name[] = "location ";
	const char *at = text;
	struct span to = SPAN_NONE;

	while (to.at == NULL && (at = strstr(at, name)) != NULL) {
		const char *path = strstr(at, "/app/etl");

		at += sizeof(name) - 1;
		if (path != NULL && path < at + strcspn(at, "{"))
			to = word_behind(at, "fastcgi_pass ");
	}
	if (to.at == NULL || memchr(to.at, ':', to.len) != NULL)
		return to;
	at = arena_printf(arena, "upstream %.*s", SPAN_ARG(to));
	return word_behind(strstr(text, at), "server ");
}

/* The socket that nginx forwards /app/etl to, or where one is installed. */
static void
find_socket(struct doctor *doctor, const char *text)
{
	struct arena *arena = doctor_tool(doctor)->arena;
	struct span to = text == NULL ? SPAN_NONE : passed_to(arena, text);

	if (to.at != NULL && span_is(span_cut(&to, ':'), "unix"))
		look_at_socket(doctor, arena_text(arena, to));
	else if (access(ETL_SOCKET, F_OK) == 0)
		look_at_socket(doctor, ETL_SOCKET);
}

/* Comments may show what is not so: make blanks of them. */
static void
blank_comments(char *text)
{
	for (char *line = text; line != NULL; line = strchr(line, '\n')) {
		line += strspn(line, " \t\n");
		if (*line == '#')
			memset(line, ' ', strcspn(line, "\n"));
	}
}

/* nginx's settings as it reads them; false where it cannot be asked. */
static bool
read_nginx(struct buf *out)
{
	FILE *in = popen("PATH=$PATH:/usr/sbin:/sbin nginx -T 2>/dev/null",
	    "re");
	char piece[4096];
	size_t len;

	if (in == NULL)
		return false;
	while ((len = fread(piece, 1, sizeof(piece), in)) > 0)
		buf_add(out, piece, len);
	return pclose(in) == 0 && buf_done(out) == E_OK && out->len > 0;
}

/* A size as nginx writes it: 64m, 8k, 1g or bytes. */
static int64_t
size_of(const char *text)
{
	char *end;
	long long number = strtoll(text, &end, 10);

	switch (*end) {
	case 'k':
	case 'K':
		return number << 10;
	case 'm':
	case 'M':
		return number << 20;
	case 'g':
	case 'G':
		return number << 30;
	default:
		return number;
	}
}

static void
look_at_bodies(struct doctor *doctor, const char *text)
{
	static const char name[] = "client_max_body_size";
	const int64_t most = doctor_tool(doctor)->settings->http.max_body;
	int64_t largest = -1;

	while ((text = strstr(text, name)) != NULL) {
		int64_t size;

		text += sizeof(name) - 1;
		size = size_of(text + strspn(text, " \t"));
		if (size == 0) /* not limited */
			size = INT64_MAX;
		if (size > largest)
			largest = size;
	}
	if (largest < most)
		doctor_tell(doctor, DOCTOR_WRONG, "nginx",
		    "set"
		    " client_max_body_size to max_body, in the location of"
		    " /app/etl",
		    "refuses bodies that max_body (%" PRId64
		    " bytes) would take",
		    most);
}

static void
look_at_nginx(struct doctor *doctor)
{
	struct buf out;

	buf_init(&out, NGINX_BYTES_MAX);
	if (!read_nginx(&out)) {
		doctor_tell(doctor, DOCTOR_OK, "nginx", NULL,
		    "not looked at:"
		    " nginx -T, which takes root, gave nothing");
		find_socket(doctor, NULL);
	} else {
		buf_add_char(&out, '\0');
		blank_comments(out.data);
		if (strstr(out.data, "/app/etl") == NULL) {
			doctor_tell(doctor, DOCTOR_WRONG, "nginx",
			    "include " ETL_NGINXDIR
			    "/pulse-etl-http.conf in its"
			    " http block and pulse-etl-location.conf in a"
			    " server",
			    "does not forward /app/etl");
		} else {
			doctor_tell(doctor, DOCTOR_OK, "nginx", NULL,
			    "forwards /app/etl");
			look_at_bodies(doctor, out.data);
			find_socket(doctor, out.data);
		}
	}
	buf_free(&out);
}

static void
look_at_limits(struct doctor *doctor)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		return;
	doctor_tell(doctor,
	    files.rlim_cur < FILES_LEAST ? DOCTOR_WARN : DOCTOR_OK,
	    "open files",
	    files.rlim_cur < FILES_LEAST ?
		"raise LimitNOFILE or ulimit -n to 1024 or more" :
		NULL,
	    "%llu for each process", (unsigned long long)files.rlim_cur);
}

void
doctor_machine(struct doctor *doctor)
{
	const struct settings *settings = doctor_tool(doctor)->settings;

	look_at_files(doctor);
	look_at_keys(doctor);
	look_at_folder(doctor, "metrics_file", settings->daemon.metrics_file,
	    false);
	look_at_folder(doctor, "logo_dir", settings->http.logo_dir, true);
	look_at_nginx(doctor);
	look_at_limits(doctor);
}

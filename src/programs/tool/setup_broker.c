/* SPDX-License-Identifier: MIT */
/* What pulse-etl setup does with the broker. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs/tool/setup.h"
#include "programs/tool/tool_broker.h"

/* What somebody who may has to do first. */
static void
print_commands(void)
{
	(void)puts(
	    "\nWhere the broker does not know the user yet, run on its"
	    " machine, as root:\n\n"
	    "\trabbitmqctl add_vhost VHOST\n"
	    "\trabbitmqctl add_user USER    # it asks for the password\n"
	    "\trabbitmqctl set_permissions -p VHOST USER '.*' '.*' '.*'\n\n"
	    "with the VHOST and USER of rabbitmq_url.\n");
}

/*
 * Run rabbitmqctl, which reads nothing from here: that of RabbitMQ 4.0 waits for
 * ever for what stands on its standard input.
 */
static bool
run(const char *const argv[])
{
	int status = -1;
	const pid_t child = fork();

	if (child == 0) {
		const int nothing = open("/dev/null", O_RDONLY);

		(void)dup2(nothing, STDIN_FILENO);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Does the broker know a user of our name? One that is there stays as it is. */
static bool
has_user(void)
{
	static const char name[] = SETUP_BROKER_NAME "\t";
	FILE *in = popen("rabbitmqctl -q list_users </dev/null", "re");
	bool has = false;
	char line[256];

	if (in == NULL)
		return true;
	while (fgets(line, sizeof(line), in) != NULL)
		has = has || strncmp(line, name, sizeof(name) - 1) == 0;
	return pclose(in) != 0 || has;
}

/* What the broker is to have, in a file that its own user alone can read. */
static bool
write_definitions(char *path, struct span password)
{
	const struct passwd *reader = getpwnam("rabbitmq");
	const int fd = mkostemp(path, O_CLOEXEC);
	bool is_whole;

	if (fd < 0)
		return false;
	is_whole =
	    dprintf(fd,
		"{\"vhosts\":[{\"name\":\"" SETUP_BROKER_NAME
		"\"}],"
		"\"users\":[{\"name\":\"" SETUP_BROKER_NAME
		"\","
		"\"password\":\"%.*s\",\"tags\":[]}],"
		"\"permissions\":[{\"user\":\"" SETUP_BROKER_NAME
		"\","
		"\"vhost\":\"" SETUP_BROKER_NAME
		"\",\"configure\":\".*\","
		"\"write\":\".*\",\"read\":\".*\"}]}\n",
		SPAN_ARG(password)) > 0;
	if (reader != NULL && fchown(fd, reader->pw_uid, (gid_t)-1) != 0)
		is_whole = false;
	return close(fd) == 0 && is_whole;
}

/* Make the user of the settings on the broker of this machine. */
static bool
make_user(struct setup *setup)
{
	char path[] = "/tmp/pulse-etl-XXXXXX";
	const char *const words[] = { "rabbitmqctl", "-q", "import_definitions",
		path, NULL };
	const char *url = setup->settings.mq.rabbitmq_url;
	struct span password;
	bool is_made;

	/* Settings that were kept may name another broker, which is not ours. */
	if (strncmp(url, SETUP_BROKER_URL, sizeof(SETUP_BROKER_URL) - 1) != 0)
		return false;
	password.at = url + sizeof(SETUP_BROKER_URL) - 1;
	password.len = strspn(password.at, "0123456789abcdef");
	/* As setup_password() makes it: text of JSON and of a URL alike. */
	if (password.len == 0 || password.at[password.len] != '@' || has_user())
		return false;
	is_made = write_definitions(path, password) && run(words);
	(void)unlink(path);
	if (is_made)
		setup_say("made",
		    "the broker's virtual host and user " SETUP_BROKER_NAME);
	return is_made;
}

/* Log in. Its queues are the relay's to declare: it knows what was in them. */
static enum err
log_in(struct setup *setup, struct diag *diag)
{
	const struct settings *before = setup->tool->settings;
	struct queue_manager *queue;
	enum err rc;

	setup->tool->settings = &setup->settings;
	rc = tool_broker(setup->tool, &queue, diag);
	setup->tool->settings = before;
	return rc;
}

enum err
setup_broker(struct setup *setup, struct diag *diag)
{
	enum err rc = log_in(setup, diag);

	if (rc != E_OK && setup->own_broker && make_user(setup))
		rc = log_in(setup, diag);
	/* One that has just been installed may be slow. */
	for (int tries = 1; rc == E_MQ_CONNECT && tries < 3; tries++)
		rc = log_in(setup, diag);
	if (rc == E_OK) {
		setup_say("ok", "the broker; the relay declares its queues");
		return E_OK;
	}
	print_commands();
	return diag_set(diag, rc, "the broker: %s",
	    arena_text(setup->tool->arena, str_span(diag->text)));
}

/* SPDX-License-Identifier: MIT */
/* What pulse-etl setup does with the broker. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
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

/* Run rabbitmqctl with these words, and a line for it to read. */
static bool
run(const char *const *words, const char *line)
{
	const char *argv[10] = { "rabbitmqctl", "-q" };
	int ends[2], status = -1;
	pid_t child;

	for (size_t i = 0; words[i] != NULL && i < COUNT(argv) - 3; i++)
		argv[i + 2] = words[i];
	if (pipe(ends) != 0)
		return false;
	child = fork();
	if (child == 0) {
		(void)dup2(ends[0], STDIN_FILENO);
		(void)close(ends[0]);
		(void)close(ends[1]);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(ends[0]);
	/* A short line: the pipe holds it, whoever reads it or not. */
	if (child > 0 && line != NULL)
		(void)!dprintf(ends[1], "%s\n", line);
	(void)close(ends[1]);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		continue;
	return child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Make the user of the settings on the broker of this machine. */
static bool
make_user(struct setup *setup)
{
	static const char *const vhost[] = { "add_vhost", SETUP_BROKER_NAME,
		NULL };
	static const char *const user[] = { "add_user", SETUP_BROKER_NAME,
		NULL };
	static const char *const rights[] = { "set_permissions", "-p",
		SETUP_BROKER_NAME, SETUP_BROKER_NAME, ".*", ".*", ".*", NULL };
	const char *url = setup->settings.mq.rabbitmq_url;
	struct span rest = str_span(url);
	struct span password;
	char *copy;

	/* Settings that were kept may name another broker, which is not ours. */
	if (strncmp(url, SETUP_BROKER_URL, sizeof(SETUP_BROKER_URL) - 1) != 0)
		return false;
	(void)span_cut(&rest, ':'); /* amqp */
	(void)span_cut(&rest, ':'); /* //user */
	password = span_cut(&rest, '@');
	if (password.at == NULL || rest.at == NULL)
		return false;
	copy = arena_text(setup->tool->arena, password);
	if (arena_failed(setup->tool->arena) || !run(vhost, NULL) ||
	    !run(user, copy) || !run(rights, NULL))
		return false;
	setup_say("made",
	    "the broker's virtual host and user " SETUP_BROKER_NAME);
	return true;
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
	void (*before)(int) = signal(SIGPIPE, SIG_IGN);
	enum err rc = log_in(setup, diag);

	if (rc != E_OK && setup->own_broker && make_user(setup))
		rc = log_in(setup, diag);
	(void)signal(SIGPIPE, before);
	if (rc == E_OK) {
		setup_say("ok", "the broker; the relay declares its queues");
		return E_OK;
	}
	print_commands();
	return diag_set(diag, rc, "the broker: %s",
	    arena_text(setup->tool->arena, str_span(diag->text)));
}

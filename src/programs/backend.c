/* SPDX-License-Identifier: MIT */
#include "programs/backend.h"

#include <stdio.h>

#include "adapters/notify.h"
#include "base/clock.h"
#include "base/daemon.h"
#include "base/log.h"
#include "models/tables/schema.h"

/* Longer than a turn takes that does no job. */
#define WATCH_SECONDS 120
/*
 * systemd is told of readiness when the servers are connected, or after so many
 * ms without them: the boot does not wait for another host.
 */
#define READY_MS 30000

static enum err
open_servers(const struct backend_program *program, struct diag *diag)
{
	const struct settings *settings = program->settings;
	struct backend *backend = program->backend;

	backend->arena = arena_new(program->arena_bytes);
	backend->db = db_new(&settings->db, program->name);
	backend->mq = mq_new(&settings->mq, program->name);
	if (backend->mq != NULL)
		backend->queue = queue_manager_new(backend->mq, &settings->mq,
		    &settings->queue);
	if (program->answers)
		backend->qdrant = qdrant_client_new(&settings->qdrant);
	if (backend->arena == NULL || backend->db == NULL ||
	    backend->queue == NULL ||
	    (program->answers && backend->qdrant == NULL))
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	return otlp_new(&settings->otlp, program->name, &backend->otlp, diag);
}

static void
close_servers(struct backend *backend)
{
	arena_free(backend->arena);
	queue_manager_free(backend->queue);
	mq_free(backend->mq);
	db_free(backend->db);
	qdrant_client_free(backend->qdrant);
	otlp_free(backend->otlp);
}

/* Only of the programs that systemd starts: multiwatch starts responders. */
static void
begin_notify(struct backend *backend)
{
	notify_init();
	daemon_tell_steps(notify_alive);
	backend->ready_at = clock_ms() + READY_MS;
	backend->is_untold = true;
	notify_status("connecting");
}

int
backend_main(int argc, char **argv, const struct backend_program *program)
{
	struct settings *settings = program->settings;
	struct conf_set sets[SETTINGS_SETS];
	const struct daemon_program daemon = {
		.name = program->name,
		.synopsis = program->synopsis,
		.sets = sets,
		.set_count = COUNT(sets),
	};
	struct diag diag;
	enum err rc;

	settings_init(settings, sets);
	daemon_init(argc, argv, &daemon);
	daemon_signals();
	daemon_start(&settings->daemon);
	diag_clear(&diag);
	program->backend->program = program;
	if (!program->answers)
		begin_notify(program->backend);
	rc = open_servers(program, &diag);
	if (rc == E_OK)
		rc = program->open(program->self, &diag);
	if (rc == E_OK) {
		log_info("started", LOG_TEXT("version", PACKAGE_VERSION),
		    LOG_TEXT("auth",
			program->answers ? settings->http.auth : NULL));
		rc = program->serve(program->self, &diag);
	}
	if (rc != E_OK)
		log_error("ending", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag.text));
	else
		log_info("ended", LOG_TEXT("version", PACKAGE_VERSION));
	if (!program->answers)
		notify_stopping();
	program->close(program->self);
	close_servers(program->backend);
	conf_free(sets, COUNT(sets));
	return err_exit_code(rc);
}

void
backend_reread(struct backend *backend)
{
	const struct backend_program *program = backend->program;

	if (!daemon_reread())
		return;
	if (program->reread != NULL)
		program->reread(program->self);
	db_renew_limits(backend->db);
}

int
backend_sooner(int timeout, int due)
{
	return due >= 0 && (timeout < 0 || due < timeout) ? due : timeout;
}

bool
backend_wait(struct backend *backend, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = mq_socket(backend->mq), .events = POLLIN },
		{ .fd = db_socket(backend->db), .events = POLLIN },
	};

	daemon_watch(WATCH_SECONDS);
	otlp_turn(backend->otlp);
	timeout = backend_sooner(timeout, otlp_due(backend->otlp));
	timeout = backend_sooner(timeout, notify_due());
	if (!daemon_is_ending()) /* a job may have taken the signal already */
		(void)daemon_poll(fds, COUNT(fds), timeout);
	if (daemon_is_ending())
		return false;
	backend_reread(backend);
	if (fds[1].revents != 0)
		db_idle(backend->db);
	return true;
}

/* The same for systemd; a text may be cut. */
static void
tell_systemd(struct backend *backend, enum err rc, const struct diag *diag)
{
	char status[200];

	(void)snprintf(status, sizeof(status), "waiting: %.180s",
	    rc == E_OK ? "" : diag->text);
	for (char *at = status; *at != '\0'; at++)
		if (*at == '\n')
			*at = ' ';
	if (rc == E_OK || clock_left(backend->ready_at) == 0)
		notify_ready(rc == E_OK ? "working" : status);
	if (rc != backend->trouble || backend->is_untold)
		notify_status(rc == E_OK ? "working" : status);
	backend->is_untold = false;
}

enum err
backend_expect(struct backend *backend, struct diag *diag)
{
	enum err rc = succession_check(&backend->succession, backend->db,
	    backend->arena, diag);

	return rc != E_OK ?
	    rc :
	    schema_expect(backend->db, &backend->session, backend->arena, diag);
}

void
backend_tell(struct backend *backend, enum err rc, const struct diag *diag)
{
	tell_systemd(backend, rc, diag);
	if (rc != E_OK && rc != backend->trouble)
		log_warn("waiting", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag->text));
	if (rc == E_OK && backend->trouble != E_OK)
		log_info("resumed",
		    LOG_TEXT("after", err_name(backend->trouble)));
	backend->trouble = rc;
}

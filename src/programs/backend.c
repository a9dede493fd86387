/* SPDX-License-Identifier: MIT */
#include "programs/backend.h"

#include "base/daemon.h"
#include "base/log.h"

/* Longer than a turn takes that does no job. */
#define WATCH_SECONDS 120

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
	return E_OK;
}

static void
close_servers(struct backend *backend)
{
	arena_free(backend->arena);
	queue_manager_free(backend->queue);
	mq_free(backend->mq);
	db_free(backend->db);
	qdrant_client_free(backend->qdrant);
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
	program->close(program->self);
	close_servers(program->backend);
	conf_free(sets, COUNT(sets));
	return err_exit_code(rc);
}

bool
backend_wait(struct backend *backend, int timeout)
{
	struct pollfd fds[] = {
		{ .fd = mq_socket(backend->mq), .events = POLLIN },
		{ .fd = db_socket(backend->db), .events = POLLIN },
	};

	daemon_watch(WATCH_SECONDS);
	if (!daemon_is_ending()) /* a job may have taken the signal already */
		(void)daemon_poll(fds, COUNT(fds), timeout);
	if (daemon_is_ending())
		return false;
	if (fds[1].revents != 0)
		db_idle(backend->db);
	return true;
}

void
backend_tell(struct backend *backend, enum err rc, const struct diag *diag)
{
	if (rc != E_OK && rc != backend->trouble)
		log_warn("waiting", LOG_TEXT("error", err_name(rc)),
		    LOG_TEXT("text", diag->text));
	if (rc == E_OK && backend->trouble != E_OK)
		log_info("resumed",
		    LOG_TEXT("after", err_name(backend->trouble)));
	backend->trouble = rc;
}

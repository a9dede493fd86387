/* SPDX-License-Identifier: MIT */
#include "queue/queue_manager.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "queue/queue_inside.h"

/* Till a missing queue is looked for again, ms. */
#define MISSING_PAUSE_MS 300
/* Till a queue with other arguments is looked at again, ms. */
#define TOPOLOGY_PAUSE_MS 5000

const struct conf_row queue_conf_rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct queue_settings, __VA_ARGS__)
#include "queue/queue_conf_rows.h"
#undef SETTING
};
const size_t queue_conf_count = COUNT(queue_conf_rows);

struct queue_manager *
queue_manager_new(struct mq *mq, const struct mq_settings *mq_settings,
    const struct queue_settings *settings)
{
	struct queue_manager *manager = calloc(1, sizeof(*manager));

	if (manager != NULL) {
		manager->mq = mq;
		manager->mq_settings = mq_settings;
		manager->settings = settings;
	}
	return manager;
}

void
queue_manager_free(struct queue_manager *manager)
{
	if (manager == NULL)
		return;
	queue_watch_free(manager->watch);
	free(manager);
}

void
queue_manager_own(struct queue_manager *manager,
    const struct queue_owner *owner)
{
	manager->owner = owner;
}

/* Declare everything; the owner makes anew what older versions declared. */
static enum err
declare(struct queue_manager *manager, struct diag *diag)
{
	bool before = false;
	enum err rc = topology_declare(manager, &before, diag);

	if (rc != E_OK || manager->owner == NULL ||
	    (!before && topology_is_moved(manager)))
		return rc;
	rc = topology_move(manager, diag);
	if (rc != E_MQ_DENIED)
		return rc;
	if (before)
		log_warn("topology", LOG_TEXT("text", diag->text),
		    LOG_TEXT("advice",
			"queues of an older version cannot be"
			" made anew without the permission to configure: grant it"
			" once, or go on with them"));
	diag_clear(diag);
	return E_OK;
}

/* Tell a change of the outcome once. */
static void
tell(const struct queue_manager *manager, enum err before)
{
	const struct diag *why = &manager->why;

	if (manager->trouble == E_OK)
		log_info("topology",
		    LOG_TEXT("queue_type", manager->settings->queue_type));
	else if (manager->trouble == before)
		return;
	else if (manager->trouble == E_TOPOLOGY)
		log_error("topology", LOG_TEXT("text", why->text),
		    LOG_TEXT("advice",
			"a queue exists with other arguments:"
			" set queue_type to what it is, or drain and delete it;"
			" stores are kept and queued later"));
	else if (manager->trouble == E_MQ_DENIED)
		log_error("topology", LOG_TEXT("text", why->text));
	else
		log_warn("mq_away", LOG_TEXT("text", why->text));
}

enum err
queue_manager_declare(struct queue_manager *manager, int timeout,
    struct diag *diag)
{
	enum err rc, before = manager->trouble;

	rc = mq_open(manager->mq, timeout, diag);
	if (rc == E_OK && manager->declared == mq_generation(manager->mq))
		return E_OK;
	if (rc == E_OK && clock_left(manager->again_at) > 0) {
		*diag = manager->why;
		return manager->trouble;
	}
	if (rc == E_OK)
		rc = declare(manager, diag);
	if (rc == E_MQ_CONNECT && before == E_TOPOLOGY)
		return rc; /* it pauses, see below */
	if (rc == E_TOPOLOGY || rc == E_MQ_DENIED)
		mq_put_off(manager->mq, TOPOLOGY_PAUSE_MS);
	manager->again_at = rc == E_OK ? 0 : clock_ms() + MISSING_PAUSE_MS;
	manager->trouble = rc;
	if (rc == E_OK)
		manager->declared = mq_generation(manager->mq);
	else
		manager->why = *diag;
	tell(manager, before);
	return rc;
}

void
queue_manager_idle(struct queue_manager *manager)
{
	struct diag diag;

	mq_idle(manager->mq);
	queue_watch_idle(manager->watch);
	if (!queue_manager_is_up(manager) || mq_socket(manager->mq) < 0)
		(void)!queue_manager_declare(manager,
		    (int)manager->mq_settings->rabbitmq_timeout, &diag);
}

int
queue_manager_idle_ms(const struct queue_manager *manager)
{
	int pause = mq_idle_ms(manager->mq);

	pause = mq_socket(manager->mq) < 0 || queue_manager_is_up(manager) ||
		(pause >= 0 && pause < MISSING_PAUSE_MS) ?
	    pause :
	    MISSING_PAUSE_MS;
	return queue_lost_pause(manager, pause);
}

/*
 * A job as a message. body, id and names belong to the arena or the caller.
 */
static enum err
write_message(struct queue_manager *manager, enum queue queue,
    const struct job *job, struct buf *body, char *id, size_t id_size,
    struct queue_names *names, struct mq_message *ret_message,
    struct diag *diag)
{
	int due = queue == QUEUE_TRANSFORM ?
	    queue_lanes_take(manager, job->tenant_id) :
	    0;
	int lane = due > job->lane ? due : job->lane;
	enum err rc;

	if (lane > manager->lanes_there)
		lane = manager->lanes_there;
	*names = queue_part(queue, queue_lane_part(lane));

	if (queue == QUEUE_EXTRACT) {
		uint64_t number = 0;

		/* Another in each process: consumers know twins by it. */
		if (getrandom(&number, sizeof(number), 0) !=
		    (ssize_t)sizeof(number))
			return diag_set(diag, E_SYSTEM, "getrandom");
		job_write_extract(job, body);
		(void)snprintf(id, id_size, "%s-%016" PRIx64, queue_key(queue),
		    number);
	} else {
		job_write_batch(job, body);
		(void)snprintf(id, id_size, "%s-%" PRId64, queue_key(queue),
		    job->raw_data_id);
	}
	rc = buf_done(body);
	if (rc != E_OK)
		return diag_set(diag, rc, "a job's message");
	memset(ret_message, 0, sizeof(*ret_message));
	ret_message->exchange = EXCHANGE;
	ret_message->routing_key = names->key;
	ret_message->type = queue_key(queue);
	ret_message->message_id = id;
	ret_message->body = buf_span(body);
	ret_message->traceparent = job->traceparent;
	return E_OK;
}

/*
 * Waiting for confirms may take seconds each time: serve the second connection
 * in between, or it misses its heartbeats.
 */
static enum err
publish(struct queue_manager *manager, enum queue queue,
    struct mq_message *messages, size_t count, int timeout, struct diag *diag)
{
	enum err rc = queue_publish(manager, queue, QUEUE_MAIN, messages, count,
	    timeout, diag);

	queue_watch_idle(manager->watch);
	return rc;
}

enum err
queue_manager_publish(struct queue_manager *manager, enum queue queue,
    const struct job *job, struct diag *diag)
{
	return queue_manager_publish_within(manager, queue, job, INT_MAX, diag);
}

enum err
queue_manager_publish_within(struct queue_manager *manager, enum queue queue,
    const struct job *job, int ms, struct diag *diag)
{
	int timeout = (int)manager->mq_settings->rabbitmq_timeout;
	struct mq_message message;
	struct queue_names names;
	struct buf body;
	char id[64];
	enum err rc;

	if (manager->trouble == E_TOPOLOGY)
		return diag_set(diag, E_TOPOLOGY,
		    "a queue exists with other arguments; see the log");
	buf_init(&body, JOB_MAX_BYTES);
	rc = write_message(manager, queue, job, &body, id, sizeof(id), &names,
	    &message, diag);
	if (rc == E_OK)
		rc = publish(manager, queue, &message, 1,
		    ms < timeout ? ms : timeout, diag);
	buf_free(&body);
	return rc;
}

enum err
queue_manager_publish_all(struct queue_manager *manager, enum queue queue,
    const struct job *jobs, size_t count, int timeout, struct arena *arena,
    bool *confirmed, struct diag *diag)
{
	struct mq_message *messages = arena_ask(arena,
	    count * sizeof(*messages));
	enum err rc = E_OK;

	for (size_t i = 0; i < count; i++)
		confirmed[i] = false;
	if (messages == NULL)
		return arena_done(arena, diag);
	if (manager->trouble == E_TOPOLOGY)
		return diag_set(diag, E_TOPOLOGY,
		    "a queue exists with other arguments; see the log");
	if (timeout < 0)
		timeout = (int)manager->mq_settings->rabbitmq_timeout;
	for (size_t i = 0; i < count; i++) {
		struct queue_names names;
		struct buf body;
		char id[64];

		buf_init(&body, JOB_MAX_BYTES);
		rc = write_message(manager, queue, &jobs[i], &body, id,
		    sizeof(id), &names, &messages[i], diag);
		if (rc == E_OK) {
			messages[i].routing_key = arena_text(arena,
			    str_span(names.key));
			messages[i].body = arena_span(arena, buf_span(&body));
			messages[i].message_id = arena_text(arena,
			    str_span(id));
		}
		buf_free(&body);
		if (rc != E_OK)
			return rc;
	}
	rc = arena_done(arena, diag);
	if (rc != E_OK)
		return rc;
	rc = publish(manager, queue, messages, count, timeout, diag);
	for (size_t i = 0; i < count; i++)
		confirmed[i] = messages[i].confirmed;
	return rc;
}

enum err
queue_manager_count(struct queue_manager *manager, enum queue queue,
    struct mq_queue_stats *ret_stats, struct diag *diag)
{
	enum err rc;

	rc = mq_stats(manager->mq, queue_name(queue), ret_stats, diag);
	for (int lane = 1; rc == E_OK && lane <= manager->lanes_there; lane++) {
		struct queue_names names = queue_part(queue,
		    queue_lane_part(lane));
		struct mq_queue_stats stats;

		rc = mq_stats(manager->mq, names.queue, &stats, diag);
		if (rc == E_OK)
			ret_stats->message_count += stats.message_count;
	}
	return rc;
}

#include "queue/queue_manager.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/log.h"
#include "queue/queue_inside.h"

/* Deliveries of one message before the broker gives it up as poison. */
#define DELIVERY_LIMIT 20
/* Till a queue with other arguments is looked at again, ms. */
#define TOPOLOGY_PAUSE_MS 5000

static const struct {
	const char *name;
	const char *key;
} queues[] = {
#define QUEUE(id, name, key, text) [id] = { name, key },
#include "queue/topology_table.h"
#undef QUEUE
};

static const struct {
	int number;
	int64_t delay;
} retries[] = {
#define RETRY(number, delay) { number, delay },
#include "queue/topology_table.h"
#undef RETRY
};

const struct conf_row queue_conf_rows[] = {
#define SETTING(...) CONF_ROW(struct queue_settings, __VA_ARGS__)
#include "queue/queue_conf_table.h"
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
	free(manager);
}

struct queue_names
queue_names(enum queue queue, const char *suffix, int number)
{
	struct queue_names names;

	if (number > 0) {
		(void)snprintf(names.queue, sizeof(names.queue), "%s%s.%d",
		    queues[queue].name, suffix, number);
		(void)snprintf(names.key, sizeof(names.key), "%s%s.%d",
		    queues[queue].key, suffix, number);
	} else {
		(void)snprintf(names.queue, sizeof(names.queue), "%s%s",
		    queues[queue].name, suffix);
		(void)snprintf(names.key, sizeof(names.key), "%s%s",
		    queues[queue].key, suffix);
	}
	return names;
}

/*
 * Declare one queue and bind it. Dead letters go to dead_key; quorum queues
 * hand them over at least once, which needs reject-publish instead of dropping
 * the head (RabbitMQ, quorum queues, "at-least-once dead lettering").
 */
static enum err
declare(struct queue_manager *manager, struct queue_names names,
    const char *dead_key, int64_t delay, struct diag *diag)
{
	bool quorum = manager->settings->queue_type[0] == 'q';
	struct mq_arg args[7];
	size_t count = 0;
	enum err rc;

	args[count++] = (struct mq_arg){ "x-queue-type",
		manager->settings->queue_type, 0 };
	if (dead_key != NULL) {
		args[count++] = (struct mq_arg){ "x-dead-letter-exchange",
			EXCHANGE, 0 };
		args[count++] = (struct mq_arg){ "x-dead-letter-routing-key",
			dead_key, 0 };
	}
	if (dead_key != NULL && quorum) {
		args[count++] = (struct mq_arg){ "x-dead-letter-strategy",
			"at-least-once", 0 };
		args[count++] = (struct mq_arg){ "x-overflow",
			"reject-publish", 0 };
	}
	if (delay > 0)
		args[count++] = (struct mq_arg){ "x-message-ttl", NULL, delay };
	else if (dead_key != NULL && quorum)
		args[count++] = (struct mq_arg){ "x-delivery-limit", NULL,
			DELIVERY_LIMIT };
	rc = mq_declare_queue(manager->mq, names.queue, args, count, diag);
	if (rc != E_OK)
		return rc;
	return mq_bind(manager->mq, names.queue, EXCHANGE, names.key, diag);
}

/* A main queue, its dead-letter queue, its retry queues. */
static enum err
declare_family(struct queue_manager *manager, enum queue queue,
    struct diag *diag)
{
	struct queue_names main = queue_names(queue, "", 0);
	struct queue_names dead = queue_names(queue, ".dead", 0);
	enum err rc;

	rc = declare(manager, dead, NULL, 0, diag);
	if (rc == E_OK)
		rc = declare(manager, main, dead.key, 0, diag);
	for (size_t i = 0; rc == E_OK && i < COUNT(retries); i++)
		rc = declare(manager, queue_names(queue, ".retry",
		    retries[i].number), main.key, retries[i].delay, diag);
	return rc;
}

enum err
queue_manager_declare(struct queue_manager *manager, int timeout,
    struct diag *diag)
{
	enum err rc, before = manager->trouble;

	rc = mq_open(manager->mq, timeout, diag);
	if (rc == E_OK && manager->declared == mq_generation(manager->mq))
		return E_OK;
	if (rc == E_OK)
		rc = mq_declare_exchange(manager->mq, EXCHANGE, diag);
	for (unsigned i = 0; rc == E_OK && i < QUEUE_COUNT; i++)
		rc = declare_family(manager, (enum queue)i, diag);
	if (rc == E_MQ_CONNECT && before == E_TOPOLOGY)
		return rc; /* it pauses, see below */
	if (rc == E_TOPOLOGY)
		mq_put_off(manager->mq, TOPOLOGY_PAUSE_MS);
	manager->trouble = rc;
	if (rc == E_OK)
		manager->declared = mq_generation(manager->mq);
	if (rc == E_OK)
		log_info("topology", LOG_TEXT("queue_type",
		    manager->settings->queue_type));
	else if (rc == E_TOPOLOGY && rc != before)
		log_error("topology", LOG_TEXT("text", diag->text),
		    LOG_TEXT("advice", "a queue exists with other arguments:"
		    " set queue_type to what it is, or drain and delete it;"
		    " stores are kept and queued later"));
	else if (rc != before)
		log_warn("mq_away", LOG_TEXT("text", diag->text));
	return rc;
}

void
queue_manager_forget(struct queue_manager *manager)
{
	manager->declared = 0;
}

void
queue_manager_idle(struct queue_manager *manager)
{
	struct diag diag;

	mq_idle(manager->mq);
	if (!queue_manager_is_up(manager) || mq_socket(manager->mq) < 0)
		(void)!queue_manager_declare(manager,
		    (int)manager->mq_settings->rabbitmq_timeout, &diag);
}

bool
queue_manager_is_up(const struct queue_manager *manager)
{
	return mq_socket(manager->mq) >= 0 &&
	    manager->declared == mq_generation(manager->mq);
}

/* A job as a message. body and id belong to the arena or the caller. */
static enum err
write_message(enum queue queue, const struct job *job, struct buf *body,
    char *id, size_t id_size, struct mq_message *ret_message,
    struct diag *diag)
{
	enum err rc;

	if (queue == QUEUE_EXTRACT) {
		uint64_t number = 0;

		/* Another in each process: consumers know twins by it. */
		if (getrandom(&number, sizeof(number), 0) !=
		    (ssize_t)sizeof(number))
			return diag_set(diag, E_SYSTEM, "getrandom");
		job_write_extract(job, body);
		(void)snprintf(id, id_size, "%s-%016" PRIx64,
		    queues[queue].key, number);
	} else {
		job_write_batch(job, body);
		(void)snprintf(id, id_size, "%s-%" PRId64, queues[queue].key,
		    job->raw_data_id);
	}
	rc = buf_done(body);
	if (rc != E_OK)
		return diag_set(diag, rc, "a job's message");
	memset(ret_message, 0, sizeof(*ret_message));
	ret_message->exchange = EXCHANGE;
	ret_message->routing_key = queues[queue].key;
	ret_message->type = queues[queue].key;
	ret_message->message_id = id;
	ret_message->body = buf_span(body);
	return E_OK;
}

enum err
queue_manager_publish(struct queue_manager *manager, enum queue queue,
    const struct job *job, const char *traceparent, struct diag *diag)
{
	struct mq_message message;
	struct buf body;
	char id[64];
	enum err rc;

	if (manager->trouble == E_TOPOLOGY)
		return diag_set(diag, E_TOPOLOGY,
		    "a queue exists with other arguments; see the log");
	buf_init(&body, JOB_MAX_BYTES);
	rc = write_message(queue, job, &body, id, sizeof(id), &message, diag);
	if (rc == E_OK) {
		message.traceparent = traceparent;
		rc = mq_publish(manager->mq, &message, 1,
		    (int)manager->mq_settings->rabbitmq_timeout, diag);
	}
	if (rc == E_MQ_NO_QUEUE)
		queue_manager_forget(manager);
	buf_free(&body);
	return rc;
}

enum err
queue_manager_publish_all(struct queue_manager *manager, enum queue queue,
    const struct job *jobs, size_t count, int timeout, struct arena *arena,
    bool *confirmed, struct diag *diag)
{
	struct mq_message *messages = arena_get(arena, count * sizeof(*messages));
	enum err rc = E_OK;

	if (messages == NULL)
		return diag_set(diag, E_NO_MEMORY, "messages");
	for (size_t i = 0; i < count; i++) {
		struct buf body;
		char id[64];

		buf_init(&body, JOB_MAX_BYTES);
		rc = write_message(queue, &jobs[i], &body, id, sizeof(id),
		    &messages[i], diag);
		if (rc == E_OK) {
			char *copy = arena_text(arena, buf_span(&body));

			messages[i].body.at = copy;
			messages[i].message_id = arena_text(arena, str_span(id));
			if (copy == NULL || messages[i].message_id == NULL)
				rc = diag_set(diag, E_NO_MEMORY, "messages");
		}
		buf_free(&body);
		if (rc != E_OK)
			return rc;
	}
	rc = mq_publish(manager->mq, messages, count, timeout, diag);
	if (rc == E_MQ_NO_QUEUE)
		queue_manager_forget(manager);
	for (size_t i = 0; i < count; i++)
		confirmed[i] = messages[i].confirmed;
	return rc;
}

enum err
queue_manager_count(struct queue_manager *manager, enum queue queue,
    struct mq_queue_stats *ret_stats, struct diag *diag)
{
	return mq_stats(manager->mq, queues[queue].name, ret_stats, diag);
}

enum err
queue_manager_stats(struct queue_manager *manager, struct arena *arena,
    struct queue_stats **ret_stats, size_t *ret_count, struct diag *diag)
{
	const size_t each = 2 + COUNT(retries);
	struct queue_stats *stats = arena_get(arena,
	    QUEUE_COUNT * each * sizeof(*stats));
	enum err rc = E_OK;
	size_t n = 0;

	if (stats == NULL)
		return diag_set(diag, E_NO_MEMORY, "queue statistics");
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		for (size_t j = 0; j < each; j++) {
			struct queue_names names = j == 0 ?
			    queue_names((enum queue)i, "", 0) : j + 1 == each ?
			    queue_names((enum queue)i, ".dead", 0) :
			    queue_names((enum queue)i, ".retry",
			    retries[j - 1].number);

			stats[n].name = arena_text(arena, str_span(names.queue));
			if (stats[n].name == NULL)
				return diag_set(diag, E_NO_MEMORY, "a name");
			rc = mq_stats(manager->mq, names.queue,
			    &stats[n].counts, diag);
			if (rc != E_OK)
				return rc;
			n++;
		}
	}
	*ret_stats = stats;
	*ret_count = n;
	return E_OK;
}

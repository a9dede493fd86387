#include "queue/dead_letters.h"

#include <string.h>

#include "queue/queue_inside.h"

enum err
dead_letters_count(struct queue_manager *manager, enum queue queue,
    int64_t *ret_count, struct diag *diag)
{
	struct queue_names names = queue_names(queue, ".dead", 0);
	struct mq_queue_stats stats;
	enum err rc = mq_stats(manager->mq, names.queue, &stats, diag);

	if (rc == E_OK)
		*ret_count = stats.message_count;
	return rc;
}

enum err
dead_letters_next(struct queue_manager *manager, enum queue queue,
    struct mq_delivery **ret_delivery, struct diag *diag)
{
	struct queue_names names = queue_names(queue, ".dead", 0);

	return mq_get(manager->mq, names.queue, ret_delivery, diag);
}

enum err
dead_letters_revive(struct queue_manager *manager, enum queue queue,
    const struct mq_delivery *delivery, struct diag *diag)
{
	struct queue_names names = queue_names(queue, "", 0);
	struct mq_message message = {
		.exchange = EXCHANGE,
		.routing_key = names.key,
		.body = delivery->body,
		.message_id = delivery->message_id.at == NULL ? "" :
		    delivery->message_id.at,
		.type = delivery->type.at == NULL ? names.key :
		    delivery->type.at,
		.traceparent = mq_header_text(delivery, "traceparent"),
	};
	enum err rc;

	if (delivery->cut)
		return diag_set(diag, E_TOO_LARGE,
		    "the message is longer than any job");
	rc = mq_publish(manager->mq, &message, 1,
	    (int)manager->mq_settings->rabbitmq_timeout, diag);
	if (rc != E_OK)
		return rc;
	return mq_ack(manager->mq, delivery, diag);
}

enum err
dead_letters_drop(struct queue_manager *manager,
    const struct mq_delivery *delivery, struct diag *diag)
{
	return mq_ack(manager->mq, delivery, diag);
}

bool
dead_letters_queue(const char *name, enum queue *ret_queue)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		struct queue_names names = queue_names((enum queue)i, "", 0);

		if (strcmp(name, names.queue) == 0 ||
		    strcmp(name, names.key) == 0) {
			*ret_queue = (enum queue)i;
			return true;
		}
	}
	return false;
}

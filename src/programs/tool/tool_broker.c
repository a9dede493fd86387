/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_broker.h"

/* A person waits longer than a request would, ms. */
#define OPEN_MS 10000

static void
close_broker(void *mq)
{
	mq_free(mq);
}

static void
free_manager(void *manager)
{
	queue_manager_free(manager);
}

enum err
tool_broker(struct tool *tool, struct queue_manager **ret_queue,
    struct diag *diag)
{
	struct mq_settings *settings = arena_get(tool->arena,
	    sizeof(*settings));
	struct queue_manager *queue = NULL;
	struct mq *mq;

	*settings = tool->settings->mq;
	if (settings->rabbitmq_timeout < OPEN_MS)
		settings->rabbitmq_timeout = OPEN_MS;
	mq = mq_new(settings, "pulse-etl");
	if (mq != NULL && arena_defer(tool->arena, close_broker, mq))
		queue = queue_manager_new(mq, settings, &tool->settings->queue);
	if (queue == NULL || !arena_defer(tool->arena, free_manager, queue))
		return diag_set(diag, E_NO_MEMORY, "a connection to RabbitMQ");
	*ret_queue = queue;
	if (mq_open(mq, OPEN_MS, diag) != E_OK)
		return diag->code;
	queue_manager_find_lanes(queue);
	return E_OK;
}

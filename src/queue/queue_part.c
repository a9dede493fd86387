/* SPDX-License-Identifier: MIT */
/* A queue's family by name, and whether it is declared; see queue_inside.h. */
#include <stdio.h>

#include "queue/queue_inside.h"

static const struct {
	const char *name;
	const char *key;
} queues[] = {
#define QUEUE(id, name, key, text) [id] = { name, key },
#include "queue/topology_rows.h"
#undef QUEUE
};

static const struct {
	int number;
	int64_t delay;
} retries[] = {
#define RETRY(number, delay) { number, delay },
#include "queue/topology_rows.h"
#undef RETRY
};

const char *
queue_name(enum queue queue)
{
	return queues[queue].name;
}

const char *
queue_key(enum queue queue)
{
	return queues[queue].key;
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

struct queue_names
queue_part(enum queue queue, int part)
{
	return part == QUEUE_MAIN ?
	    queue_names(queue, "", 0) :
	    part > QUEUE_DEAD ?
	    queue_names(queue, ".bulk", part - QUEUE_DEAD) :
	    part == QUEUE_DEAD ?
	    queue_names(queue, ".dead", 0) :
	    queue_names(queue, ".retry", retries[part - 1].number);
}

int
queue_lane_part(int lane)
{
	return lane == 0 ? QUEUE_MAIN : QUEUE_DEAD + lane;
}

bool
queue_is_taken(int part)
{
	return part == QUEUE_MAIN || part > QUEUE_DEAD;
}

int
queue_home(const struct queue_manager *manager,
    const struct mq_delivery *delivery)
{
	int64_t lane = mq_header_number(delivery, HEADER_LANE, 0);

	if (lane < 0 || lane > QUEUE_LANES) /* anybody may have written it */
		lane = 0;
	return queue_lane_part(
	    lane > manager->lanes_there ? manager->lanes_there : (int)lane);
}

int64_t
queue_delay(int part)
{
	return retries[part - 1].delay;
}

void
queue_manager_forget(struct queue_manager *manager)
{
	manager->declared = 0;
}

bool
queue_manager_is_up(const struct queue_manager *manager)
{
	return mq_socket(manager->mq) >= 0 &&
	    manager->declared == mq_generation(manager->mq);
}

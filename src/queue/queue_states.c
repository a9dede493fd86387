/* SPDX-License-Identifier: MIT */
/* The state of each queue: its messages, its leader, what it refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue_inside.h"

#define QUEUES (QUEUE_COUNT * QUEUE_PARTS)
/* All questions of one round, ms. */
#define LOOK_MS 4000
#define PROBE_MS 1000
/* A leader is elected within this time; nobody need be told, ms. */
#define ELECTION_MS 3000
/* The owner looks so often, ms. */
#define MEND_MS 10000
/* Policies change seldom, and are asked of another interface, ms. */
#define POLICIES_MS 10000
#define ARENA_BYTES (8 << 20)
/* Older than this, what was seen is no answer about now, ms. */
#define TROUBLE_AGE_MS 2000
/* Who has not looked for so long needs no connection for it, ms. */
#define KEEP_MS 60000

struct queue_watch {
	struct mq *mq; /* a queue without a process ends a connection */
	int64_t at;    /* of clock_ms(): when all were looked at */
	enum err rc;
	struct diag why;
	char names[QUEUES][sizeof(((struct queue_names *)0)->queue)];
	struct queue_state states[QUEUES];
	int64_t ended_at[QUEUES]; /* since when it has no process */
	bool told[QUEUES];	  /* in the log */
	struct arena *arena;	  /* of one question for policies */
	int64_t policies_at;	  /* of clock_ms(): when to ask again */
	struct diag policies_why; /* they are not known */
	bool policy_told[QUEUES], policies_told; /* in the log */
	uint64_t taken[QUEUE_COUNT], refused[QUEUE_COUNT];
	int64_t mended_at;
};

void
queue_watch_free(struct queue_watch *watch)
{
	if (watch == NULL)
		return;
	mq_free(watch->mq);
	arena_free(watch->arena);
	free(watch);
}

void
queue_watch_idle(struct queue_watch *watch)
{
	if (watch == NULL)
		return;
	mq_idle(watch->mq);
	if (clock_ms() - watch->at > KEEP_MS)
		mq_close(watch->mq);
}

static struct queue_watch *
watch_new(const struct queue_manager *manager)
{
	struct queue_watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL)
		return NULL;
	watch->mq = mq_twin(manager->mq);
	watch->arena = arena_new(ARENA_BYTES);
	if (watch->mq == NULL || watch->arena == NULL) {
		queue_watch_free(watch);
		return NULL;
	}
	for (unsigned i = 0; i < QUEUES; i++) {
		struct queue_names names = queue_part(
		    (enum queue)(i / QUEUE_PARTS), (int)(i % QUEUE_PARTS));

		memcpy(watch->names[i], names.queue, sizeof(names.queue));
		watch->states[i].name = watch->names[i];
		watch->states[i].is_up = true;
	}
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		watch->taken[i] = queue_taken((enum queue)i);
		watch->refused[i] = queue_refused((enum queue)i);
	}
	return watch;
}

/* It answers only if it has a leader: count, and where that says 0, ask. */
static enum err
ask(struct queue_watch *watch, unsigned i, struct diag *diag)
{
	struct queue_state *state = &watch->states[i];
	struct mq_delivery *delivery = NULL;
	struct mq_queue_stats stats;
	enum err rc;

	rc = mq_stats(watch->mq, state->name, &stats, diag);
	if (rc == E_OK && stats.message_count == 0)
		rc = mq_get(watch->mq, state->name, &delivery, diag);
	if (delivery != NULL) { /* it came just now: back with it */
		mq_delivery_free(delivery);
		mq_close(watch->mq);
	}
	if (rc == E_OK)
		state->counts = stats;
	return rc;
}

static void
note(struct queue_watch *watch, unsigned i, enum err rc,
    const struct diag *diag)
{
	struct queue_state *state = &watch->states[i];

	state->is_up = rc == E_OK || rc == E_MQ_DENIED;
	state->missing = rc == E_NO_ROW;
	if (state->is_up) {
		state->down_at = 0;
		watch->ended_at[i] = 0;
		return;
	}
	if (state->down_at == 0)
		state->down_at = clock_ms();
	/* RabbitMQ's word for a process that is no more. */
	if (strstr(diag->text, "noproc") == NULL)
		watch->ended_at[i] = 0;
	else if (watch->ended_at[i] == 0)
		watch->ended_at[i] = clock_ms();
	(void)snprintf(state->text, sizeof(state->text), "%.150s",
	    rc == E_NO_ROW ? "there is no such queue" : diag->text);
}

/* Of late only nacks, by any process of this host? A confirm ends it. */
static void
compare_counts(struct queue_watch *watch)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		uint64_t taken = queue_taken((enum queue)i);
		uint64_t refused = queue_refused((enum queue)i);
		bool *refuses = &watch->states[i * QUEUE_PARTS].refuses;

		if (taken != watch->taken[i])
			*refuses = false;
		else if (refused != watch->refused[i])
			*refuses = true;
		watch->taken[i] = taken;
		watch->refused[i] = refused;
	}
}

static void
look_at_policies(struct queue_watch *watch)
{
	if (clock_left(watch->policies_at) > 0)
		return;
	diag_clear(&watch->policies_why);
	(void)!queue_policies(watch->mq, watch->states, QUEUES, watch->arena,
	    &watch->policies_why);
	arena_reset(watch->arena);
	watch->policies_at = clock_ms() + POLICIES_MS;
}

static enum err
look_now(struct queue_watch *watch, int lanes, struct diag *diag)
{
	int64_t deadline = clock_ms() + LOOK_MS;
	enum err rc;

	compare_counts(watch);
	look_at_policies(watch);
	for (unsigned i = 0; i < QUEUES && clock_left(deadline) > 0; i++) {
		rc = mq_open(watch->mq, PROBE_MS, diag);
		/* It has published before: during an alarm nobody reads it. */
		if (rc == E_OK && mq_is_blocked(watch->mq) != NULL) {
			mq_close(watch->mq);
			rc = mq_open(watch->mq, PROBE_MS, diag);
		}
		if (rc != E_OK)
			return rc;
		if ((int)(i % QUEUE_PARTS) > queue_lane_part(lanes) &&
		    queue_is_taken((int)(i % QUEUE_PARTS)))
			continue; /* it is not declared */
		diag_clear(diag);
		note(watch, i, ask(watch, i, diag), diag);
	}
	rc = mq_probe(watch->mq, EXCHANGE, PROBE_MS, diag);
	if (rc == E_MQ_REFUSED) {
		mq_close(watch->mq); /* a blocked one is not answered */
		return rc;
	}
	diag_clear(diag);
	return rc == E_MQ_CONNECT ? rc : E_OK;
}

enum err
queue_manager_look(struct queue_manager *manager, int64_t max_age,
    const struct queue_state **ret_states, size_t *ret_count, struct diag *diag)
{
	struct queue_watch *watch = manager->watch;

	if (watch == NULL)
		watch = manager->watch = watch_new(manager);
	if (watch == NULL)
		return diag_set(diag, E_NO_MEMORY, "watching the queues");
	if (watch->at == 0 || clock_ms() - watch->at > max_age) {
		diag_clear(&watch->why);
		watch->rc = look_now(watch, manager->lanes_there, &watch->why);
		watch->at = clock_ms();
	}
	*ret_states = watch->states;
	*ret_count = QUEUES;
	if (watch->rc != E_OK)
		*diag = watch->why;
	return watch->rc;
}

bool
queue_manager_trouble(struct queue_manager *manager, size_t *place,
    struct queue_trouble *ret)
{
	const struct queue_state *states;
	struct diag diag;
	size_t count;
	enum err rc;

	diag_clear(&diag);
	rc = queue_manager_look(manager, TROUBLE_AGE_MS, &states, &count,
	    &diag);
	if (*place == 0) {
		const char *blocked = mq_is_blocked(manager->mq);

		*place = 1;
		ret->what = "broker";
		(void)snprintf(ret->text, sizeof(ret->text), "%.250s",
		    rc != E_OK			 ? diag.text :
			blocked != NULL		 ? blocked :
			manager->trouble != E_OK ? manager->why.text :
						   "not connected yet");
		if (rc != E_OK || blocked != NULL ||
		    !queue_manager_is_up(manager))
			return true;
	}
	if (rc == E_MQ_CONNECT || rc == E_NO_MEMORY)
		return false;
	while (*place <= count) {
		const struct queue_state *state = &states[(*place)++ - 1];

		/* Before all is declared some are missing: see broker. */
		if ((state->is_up && !state->refuses &&
			state->policy[0] == '\0') ||
		    (state->missing && !queue_manager_is_up(manager)))
			continue;
		ret->what = state->name;
		(void)snprintf(ret->text, sizeof(ret->text), "%s: %s",
		    state->name,
		    !state->is_up      ? state->text :
			state->refuses ? "it refuses every message" :
					 state->policy);
		return true;
	}
	return false;
}

bool
queue_is_dead(struct queue_manager *manager, const char *queue,
    const struct diag *diag)
{
	int64_t wait = manager->settings->queue_rebuild * 1000;
	const struct queue_state *states = NULL;
	struct diag look_diag;
	size_t count = 0;

	if (wait == 0 || strstr(diag->text, "noproc") == NULL)
		return false;
	diag_clear(&look_diag);
	if (queue_manager_look(manager, 0, &states, &count, &look_diag) ==
	    E_MQ_CONNECT)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(states[i].name, queue) == 0)
			return manager->watch->ended_at[i] != 0 &&
			    clock_ms() - manager->watch->ended_at[i] >= wait;
	return false;
}

/* Its process has ended: delete it, so that it is missing and made anew. */
static void
give_up(struct queue_manager *manager, const struct queue_state *state)
{
	struct diag diag;
	int64_t lost = 0;
	enum err rc;

	diag_clear(&diag);
	rc = mq_delete_queue(manager->mq, state->name, &lost, &diag);
	log_error("queue_given_up", LOG_TEXT("queue", state->name),
	    LOG_TEXT("text", rc == E_OK ? state->text : diag.text),
	    LOG_TEXT("advice",
		"it is declared anew; its batches are queued"
		" again from their rows"));
	queue_manager_forget(manager);
}

static void
tell(struct queue_watch *watch, unsigned i)
{
	const struct queue_state *state = &watch->states[i];
	bool down = !state->is_up && clock_ms() - state->down_at >= ELECTION_MS;

	if (down && !watch->told[i]) {
		metrics_add(METRIC_QUEUES_DOWN, 1);
		log_error("queue_down", LOG_TEXT("queue", state->name),
		    LOG_TEXT("text", state->text),
		    LOG_TEXT("advice",
			"it has no leader: start the broker's other nodes, or this"
			" one again; if it stays so, delete the queue: it is"
			" declared anew and its batches are queued from their"
			" rows (setting queue_rebuild)"));
	} else if (state->is_up && watch->told[i]) {
		log_info("queue_up", LOG_TEXT("queue", state->name));
	}
	watch->told[i] = down || (watch->told[i] && !state->is_up);
}

/* A policy that came, or went; and once that nobody can tell. */
static void
tell_policies(struct queue_watch *watch)
{
	bool unknown = watch->policies_why.code != E_OK;

	if (unknown && !watch->policies_told)
		log_warn("policies_unknown",
		    LOG_TEXT("text", watch->policies_why.text));
	watch->policies_told = unknown;
	for (unsigned i = 0; i < QUEUES; i++) {
		bool harms = watch->states[i].policy[0] != '\0';

		if (harms && !watch->policy_told[i])
			log_error("queue_policy",
			    LOG_TEXT("queue", watch->states[i].name),
			    LOG_TEXT("text", watch->states[i].policy),
			    LOG_TEXT("advice",
				"leave the queues of this service out of it"));
		watch->policy_told[i] = harms;
	}
}

void
queue_manager_mend(struct queue_manager *manager)
{
	int64_t wait = manager->settings->queue_rebuild * 1000;
	const struct queue_state *states;
	struct diag diag;
	size_t count;

	if (manager->watch != NULL &&
	    clock_ms() - manager->watch->mended_at < MEND_MS)
		return;
	diag_clear(&diag);
	if (queue_manager_look(manager, 0, &states, &count, &diag) != E_OK) {
		if (manager->watch != NULL)
			manager->watch->mended_at = clock_ms();
		return;
	}
	manager->watch->mended_at = clock_ms();
	tell_policies(manager->watch);
	for (unsigned i = 0; i < count; i++) {
		int64_t ended = manager->watch->ended_at[i];

		tell(manager->watch, i);
		if (states[i].is_up)
			continue;
		if (states[i].missing)
			queue_manager_forget(manager);
		else if (wait > 0 && ended != 0 && clock_ms() - ended >= wait)
			give_up(manager, &states[i]);
	}
}

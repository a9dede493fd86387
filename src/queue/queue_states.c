/* The state of each queue: its messages, its leader, what it refuses. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "queue/queue_inside.h"

#define QUEUES (QUEUE_COUNT * QUEUE_PARTS)
/* All questions of one look, ms. */
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

struct queue_look {
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
queue_look_free(struct queue_look *look)
{
	if (look == NULL)
		return;
	mq_free(look->mq);
	arena_free(look->arena);
	free(look);
}

void
queue_look_idle(struct queue_look *look)
{
	if (look == NULL)
		return;
	mq_idle(look->mq);
	if (clock_ms() - look->at > KEEP_MS)
		mq_close(look->mq);
}

static struct queue_look *
look_new(const struct queue_manager *manager)
{
	struct queue_look *look = calloc(1, sizeof(*look));

	if (look == NULL)
		return NULL;
	look->mq = mq_twin(manager->mq);
	look->arena = arena_new(ARENA_BYTES);
	if (look->mq == NULL || look->arena == NULL) {
		queue_look_free(look);
		return NULL;
	}
	for (unsigned i = 0; i < QUEUES; i++) {
		struct queue_names names = queue_part((enum queue)(i /
		    QUEUE_PARTS), (int)(i % QUEUE_PARTS));

		memcpy(look->names[i], names.queue, sizeof(names.queue));
		look->states[i].name = look->names[i];
		look->states[i].is_up = true;
	}
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		look->taken[i] = queue_taken((enum queue)i);
		look->refused[i] = queue_refused((enum queue)i);
	}
	return look;
}

/* It answers only if it has a leader: count, and where that says 0, ask. */
static enum err
ask(struct queue_look *look, unsigned i, struct diag *diag)
{
	struct queue_state *state = &look->states[i];
	struct mq_delivery *delivery = NULL;
	struct mq_queue_stats stats;
	enum err rc;

	rc = mq_stats(look->mq, state->name, &stats, diag);
	if (rc == E_OK && stats.message_count == 0)
		rc = mq_get(look->mq, state->name, &delivery, diag);
	if (delivery != NULL) { /* it came just now: back with it */
		mq_delivery_free(delivery);
		mq_close(look->mq);
	}
	if (rc == E_OK)
		state->counts = stats;
	return rc;
}

static void
note(struct queue_look *look, unsigned i, enum err rc, const struct diag *diag)
{
	struct queue_state *state = &look->states[i];

	state->is_up = rc == E_OK || rc == E_MQ_DENIED;
	state->missing = rc == E_NO_ROW;
	if (state->is_up) {
		state->down_at = 0;
		look->ended_at[i] = 0;
		return;
	}
	if (state->down_at == 0)
		state->down_at = clock_ms();
	/* RabbitMQ's word for a process that is no more. */
	if (strstr(diag->text, "noproc") == NULL)
		look->ended_at[i] = 0;
	else if (look->ended_at[i] == 0)
		look->ended_at[i] = clock_ms();
	(void)snprintf(state->text, sizeof(state->text), "%.150s",
	    rc == E_NO_ROW ? "there is no such queue" : diag->text);
}

/* Of late only nacks, by any process of this host? A confirm ends it. */
static void
compare_counts(struct queue_look *look)
{
	for (unsigned i = 0; i < QUEUE_COUNT; i++) {
		uint64_t taken = queue_taken((enum queue)i);
		uint64_t refused = queue_refused((enum queue)i);
		bool *refuses = &look->states[i * QUEUE_PARTS].refuses;

		if (taken != look->taken[i])
			*refuses = false;
		else if (refused != look->refused[i])
			*refuses = true;
		look->taken[i] = taken;
		look->refused[i] = refused;
	}
}

static void
look_at_policies(struct queue_look *look)
{
	if (clock_left(look->policies_at) > 0)
		return;
	diag_clear(&look->policies_why);
	(void)!queue_policies(look->mq, look->states, QUEUES, look->arena,
	    &look->policies_why);
	arena_reset(look->arena);
	look->policies_at = clock_ms() + POLICIES_MS;
}

static enum err
look_now(struct queue_look *look, struct diag *diag)
{
	int64_t deadline = clock_ms() + LOOK_MS;
	enum err rc;

	compare_counts(look);
	look_at_policies(look);
	for (unsigned i = 0; i < QUEUES && clock_left(deadline) > 0; i++) {
		rc = mq_open(look->mq, PROBE_MS, diag);
		/* It has published before: during an alarm nobody reads it. */
		if (rc == E_OK && mq_is_blocked(look->mq) != NULL) {
			mq_close(look->mq);
			rc = mq_open(look->mq, PROBE_MS, diag);
		}
		if (rc != E_OK)
			return rc;
		diag_clear(diag);
		note(look, i, ask(look, i, diag), diag);
	}
	rc = mq_probe(look->mq, EXCHANGE, PROBE_MS, diag);
	if (rc == E_MQ_REFUSED) {
		mq_close(look->mq); /* a blocked one is not answered */
		return rc;
	}
	diag_clear(diag);
	return rc == E_MQ_CONNECT ? rc : E_OK;
}

enum err
queue_manager_look(struct queue_manager *manager, int64_t max_age,
    const struct queue_state **ret_states, size_t *ret_count,
    struct diag *diag)
{
	struct queue_look *look = manager->look;

	if (look == NULL)
		look = manager->look = look_new(manager);
	if (look == NULL)
		return diag_set(diag, E_NO_MEMORY, "a look at the queues");
	if (look->at == 0 || clock_ms() - look->at > max_age) {
		diag_clear(&look->why);
		look->rc = look_now(look, &look->why);
		look->at = clock_ms();
	}
	*ret_states = look->states;
	*ret_count = QUEUES;
	if (look->rc != E_OK)
		*diag = look->why;
	return look->rc;
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
		    rc != E_OK ? diag.text : blocked != NULL ? blocked :
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
		if ((state->is_up && !state->refuses && state->policy[0] ==
		    '\0') || (state->missing && !queue_manager_is_up(manager)))
			continue;
		ret->what = state->name;
		(void)snprintf(ret->text, sizeof(ret->text), "%s: %s",
		    state->name, !state->is_up ? state->text : state->refuses ?
		    "it refuses every message" : state->policy);
		return true;
	}
	return false;
}

bool
queue_is_dead(struct queue_manager *manager, const char *queue,
    const struct diag *diag)
{
	int64_t wait = manager->settings->queue_rebuild * 1000;
	const struct queue_state *states;
	struct diag look_diag;
	size_t count;

	if (wait == 0 || strstr(diag->text, "noproc") == NULL)
		return false;
	diag_clear(&look_diag);
	if (queue_manager_look(manager, 0, &states, &count, &look_diag) ==
	    E_MQ_CONNECT)
		return false;
	for (size_t i = 0; i < count; i++)
		if (strcmp(states[i].name, queue) == 0)
			return manager->look->ended_at[i] != 0 &&
			    clock_ms() - manager->look->ended_at[i] >= wait;
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
	    LOG_TEXT("advice", "it is declared anew; its batches are queued"
	    " again from their rows"));
	queue_manager_forget(manager);
}

static void
tell(struct queue_look *look, unsigned i)
{
	const struct queue_state *state = &look->states[i];
	bool down = !state->is_up && clock_ms() - state->down_at >= ELECTION_MS;

	if (down && !look->told[i]) {
		metrics_add(METRIC_QUEUES_DOWN, 1);
		log_error("queue_down", LOG_TEXT("queue", state->name),
		    LOG_TEXT("text", state->text), LOG_TEXT("advice",
		    "it has no leader: start the broker's other nodes, or this"
		    " one again; if it stays so, delete the queue: it is"
		    " declared anew and its batches are queued from their"
		    " rows (setting queue_rebuild)"));
	} else if (state->is_up && look->told[i]) {
		log_info("queue_up", LOG_TEXT("queue", state->name));
	}
	look->told[i] = down || (look->told[i] && !state->is_up);
}

/* A policy that came, or went; and once that nobody can tell. */
static void
tell_policies(struct queue_look *look)
{
	bool unknown = look->policies_why.code != E_OK;

	if (unknown && !look->policies_told)
		log_warn("policies_unknown", LOG_TEXT("text",
		    look->policies_why.text));
	look->policies_told = unknown;
	for (unsigned i = 0; i < QUEUES; i++) {
		bool harms = look->states[i].policy[0] != '\0';

		if (harms && !look->policy_told[i])
			log_error("queue_policy", LOG_TEXT("queue",
			    look->states[i].name), LOG_TEXT("text",
			    look->states[i].policy), LOG_TEXT("advice",
			    "leave the queues of this service out of it"));
		look->policy_told[i] = harms;
	}
}

void
queue_manager_mend(struct queue_manager *manager)
{
	int64_t wait = manager->settings->queue_rebuild * 1000;
	const struct queue_state *states;
	struct diag diag;
	size_t count;

	if (manager->look != NULL &&
	    clock_ms() - manager->look->mended_at < MEND_MS)
		return;
	diag_clear(&diag);
	if (queue_manager_look(manager, 0, &states, &count, &diag) != E_OK) {
		if (manager->look != NULL)
			manager->look->mended_at = clock_ms();
		return;
	}
	manager->look->mended_at = clock_ms();
	tell_policies(manager->look);
	for (unsigned i = 0; i < count; i++) {
		int64_t ended = manager->look->ended_at[i];

		tell(manager->look, i);
		if (states[i].is_up)
			continue;
		if (states[i].missing)
			queue_manager_forget(manager);
		else if (wait > 0 && ended != 0 && clock_ms() - ended >= wait)
			give_up(manager, &states[i]);
	}
}

/* SPDX-License-Identifier: MIT */
/* Policies of the broker that override what the queues rely on. */
#include <stdio.h>
#include <string.h>

#include "json/json_items.h"
#include "json/json_read.h"
#include "json/json_scan.h"
#include "queue/queue_inside.h"

/* Queues of one virtual host, ours and others. */
#define ITEMS_MAX 10000

/*
 * What a policy may set that the queues' own arguments do not keep it from: of
 * two limits the lower one holds.
 */
static const struct {
	const char *key;
	bool of_dead; /* it harms dead-letter queues as well */
	const char *harm;
} harms[] = {
	{ "expires", true, "the queue is deleted when nobody uses it" },
	{ "message-ttl", false,
	    "what waits longer is dead, or tried again too"
	    " early" },
	{ "delivery-limit", true, "what is looked at more often is given up" },
};

static bool
is_dead_queue(const char *name)
{
	const char *suffix = strrchr(name, '.');

	return suffix != NULL && strcmp(suffix, ".dead") == 0;
}

/* What its definition does to a queue; "" if nothing. */
static void
judge(struct span definition, const char *policy, struct queue_state *state,
    struct arena *arena)
{
	struct json_member found[COUNT(harms)];
	struct json_refusal refusal;

	memset(found, 0, sizeof(found));
	for (size_t i = 0; i < COUNT(harms); i++)
		found[i].name = harms[i].key;
	state->policy[0] = '\0';
	if (!json_scan_object(arena_span(arena, definition),
		&json_limits_default, found, COUNT(found), &refusal))
		return;
	for (size_t i = 0; i < COUNT(harms); i++) {
		if (found[i].kind != JSON_NUMBER ||
		    (is_dead_queue(state->name) && !harms[i].of_dead))
			continue;
		(void)snprintf(state->policy, sizeof(state->policy),
		    "the"
		    " policy %.40s sets %s to %.*s: %s",
		    policy, harms[i].key,
		    (int)(found[i].value.len > 20 ? 20 : found[i].value.len),
		    found[i].value.at, harms[i].harm);
		return;
	}
}

/* One queue of the answer. */
static void
read_one(struct span item, struct queue_state *states, size_t count,
    struct arena *arena)
{
	struct json_member members[] = { { .name = "name" },
		{ .name = "policy" },
		{ .name = "effective_policy_definition" } };
	struct json_refusal refusal;
	struct span name, policy = SPAN_LIT("of the operator");
	struct diag diag;

	diag_clear(&diag);
	if (!json_scan_object(arena_span(arena, item), &json_limits_default,
		members, COUNT(members), &refusal) ||
	    members[0].kind != JSON_STRING ||
	    json_read_string(members[0].value, arena, &name, &diag) != E_OK)
		return;
	if (members[1].kind == JSON_STRING &&
	    json_read_string(members[1].value, arena, &policy, &diag) != E_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		if (!span_is(name, states[i].name))
			continue;
		states[i].policy[0] = '\0';
		if (members[2].kind == JSON_OBJECT)
			judge(members[2].value, policy.at, &states[i], arena);
	}
}

enum err
queue_policies(const struct mq *mq, struct queue_state *states, size_t count,
    struct arena *arena, struct diag *diag)
{
	struct json_member all = { .name = NULL };
	struct json_refusal refusal;
	struct span json, *items;
	size_t found;
	enum err rc;

	rc = mq_policies(mq, arena, &json, diag);
	if (rc != E_OK || json.at == NULL)
		return rc;
	if (!json_scan_document(json, &json_limits_default, &all, &refusal) ||
	    all.kind != JSON_ARRAY)
		return diag_set(diag, E_MQ_CONNECT,
		    "rabbitmq_management: the"
		    " answer is not RabbitMQ's");
	items = arena_ask(arena, ITEMS_MAX * sizeof(*items));
	if (items == NULL)
		return arena_done(arena, diag);
	found = json_items(all.value, items, ITEMS_MAX);
	for (size_t i = 0; i < found && i < ITEMS_MAX; i++)
		read_one(items[i], states, count, arena);
	return E_OK;
}

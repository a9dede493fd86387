/* SPDX-License-Identifier: MIT */
/* What pulse-etl doctor asks the broker. */
#include <inttypes.h>
#include <string.h>

#include "programs/tool/doctor.h"
#include "programs/tool/tool_broker.h"

static bool
ends_with(const char *text, const char *end)
{
	const size_t len = strlen(text), tail = strlen(end);

	return len >= tail && strcmp(text + len - tail, end) == 0;
}

/* Messages that nobody takes, and dead ones. */
static void
look_at_messages(struct doctor *doctor, const struct queue_state *state)
{
	const long long messages = (long long)state->counts.message_count;
	const long long consumers = (long long)state->counts.consumer_count;

	if (ends_with(state->name, ".dead")) {
		if (messages > 0)
			doctor_tell(doctor, DOCTOR_WARN, state->name,
			    "pulse-etl dead list QUEUE tells why they died",
			    "%lld dead messages", messages);
		return;
	}
	if ((ends_with(state->name, "_queue") ||
		strstr(state->name, ".bulk.") != NULL) &&
	    messages > 0 && consumers == 0)
		doctor_tell(doctor, DOCTOR_WARN, state->name,
		    "start workers: nobody takes the messages",
		    "%lld messages, no consumer", messages);
	else
		doctor_tell(doctor, DOCTOR_OK, state->name, NULL,
		    "%lld messages, %lld consumers", messages, consumers);
}

static void
look_at_queue(struct doctor *doctor, const struct queue_state *state)
{
	if (state->missing) {
		doctor_tell(doctor, DOCTOR_WRONG, state->name,
		    "start pulse-etl-relay, which declares the queues",
		    "is not there");
		return;
	}
	if (!state->is_up || state->refuses) {
		doctor_tell(doctor, DOCTOR_WRONG, state->name,
		    "rabbitmqctl list_queues name type leader online tells"
		    " which node is missing",
		    "%s", state->text);
		return;
	}
	if (state->policy[0] != '\0')
		doctor_tell(doctor, DOCTOR_WRONG, state->name,
		    "rabbitmqctl clear_policy, or let its pattern leave our"
		    " queues out",
		    "%s", state->policy);
	look_at_messages(doctor, state);
}

void
doctor_broker(struct doctor *doctor)
{
	struct tool *tool = doctor_tool(doctor);
	const struct queue_state *states;
	struct queue_manager *queue;
	struct diag diag;
	size_t count;
	enum err rc;

	diag_clear(&diag);
	rc = tool_broker(tool, &queue, &diag);
	if (rc == E_OK)
		rc = queue_manager_look(queue, 0, &states, &count, &diag);
	if (rc != E_OK && rc != E_MQ_REFUSED) {
		doctor_tell(doctor, DOCTOR_WRONG, "broker",
		    "start it, or mend"
		    " rabbitmq_url, rabbitmq_user and rabbitmq_password;"
		    " stores answer 202 until then",
		    "%s", diag.text);
		return;
	}
	if (rc == E_MQ_REFUSED)
		doctor_tell(doctor, DOCTOR_WRONG, "broker",
		    "give it memory or"
		    " disk: rabbitmq-diagnostics alarms",
		    "%s", diag.text);
	else
		doctor_tell(doctor, DOCTOR_OK, "broker", NULL,
		    "takes messages");
	for (size_t i = 0; i < count; i++)
		look_at_queue(doctor, &states[i]);
	if (tool->settings->mq.rabbitmq_management[0] == '\0')
		doctor_tell(doctor, DOCTOR_OK, "policies", NULL,
		    "not looked"
		    " at: rabbitmq_management names no management interface");
}

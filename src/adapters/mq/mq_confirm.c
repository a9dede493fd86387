/* SPDX-License-Identifier: MIT */
/* What became of the messages in flight: acks, nacks and returns. */
#include "adapters/mq/mq_inside.h"
#include "base/metrics.h"

void
mq_settle(struct mq_flight *flight, uint64_t tag, bool multiple, bool acked)
{
	for (size_t i = 0; i < flight->count; i++) {
		uint64_t mine = flight->first + i;

		if (mine != tag && !(multiple && mine < tag))
			continue;
		if (flight->state[i] == MQ_ACKED ||
		    flight->state[i] == MQ_NACKED)
			continue;
		flight->messages[i].confirmed = acked &&
		    flight->state[i] != MQ_RETURNED;
		flight->state[i] = acked ? MQ_ACKED : MQ_NACKED;
		flight->settled++;
		if (!flight->uncounted)
			metrics_add(flight->messages[i].confirmed ?
				METRIC_PUBLISHED :
				acked ? METRIC_UNQUEUED_RETURNED :
					METRIC_UNQUEUED_NACKED,
			    1);
		if (!acked)
			(void)diag_set(flight->diag, E_MQ_REFUSED,
			    "the broker refused the message (basic.nack)");
	}
}

void
mq_note_return(struct mq_flight *flight,
    const amqp_basic_properties_t *properties)
{
	struct span id = { properties->message_id.bytes,
		properties->message_id.len };

	for (size_t i = 0; i < flight->count; i++) {
		if (!span_is(id, flight->messages[i].message_id))
			continue; /* of one that was not waited for */
		flight->state[i] = MQ_RETURNED;
		flight->returned = true;
	}
}

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/clock.h"
#include "queue/queue_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define CHANNEL 1
#define LONG_MS 60000

static const struct mq_settings mq_settings;
static const struct queue_settings settings;
static struct mq *mq;
static struct queue_manager *manager;
static struct diag diag;

static void
setup(void)
{
	mq = mq_peer_open(&mq_settings);
	manager = queue_manager_new(mq, &mq_settings, &settings);
	manager->declared = mq_generation(mq);
	diag_clear(&diag);
}

static void
teardown(void)
{
	queue_manager_free(manager);
	mq_peer_close(mq);
}

/* Publish one message to load_queue; the broker's answer has this tag. */
static enum err
publish(int class, int method, char tag)
{
	const char answer[] = { 0, 0, 0, 0, 0, 0, 0, tag, 0 };
	struct mq_message message = { .exchange = EXCHANGE,
		.routing_key = "load", .message_id = "load-1", .type = "load",
		.body = SPAN_LIT("{}") };
	pid_t broker = mq_peer_begin();
	enum err rc;

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(CHANNEL, class, method,
		    (struct span){ answer, sizeof(answer) });
		mq_peer_end();
	}
	rc = queue_publish(manager, QUEUE_LOAD, QUEUE_MAIN, &message, 1,
	    LONG_MS, &diag);
	mq_peer_done(broker);
	return rc;
}

START_TEST(what_is_taken_and_refused_is_counted)
{
	uint64_t taken = queue_taken(QUEUE_LOAD);
	uint64_t refused = queue_refused(QUEUE_LOAD);
	uint64_t other = queue_taken(QUEUE_TRANSFORM);

	ck_assert_int_eq(publish(PEER_ACK, 1), E_OK);
	ck_assert_uint_eq(queue_taken(QUEUE_LOAD), taken + 1);
	ck_assert_uint_eq(queue_refused(QUEUE_LOAD), refused);
	ck_assert_int_eq(publish(PEER_NACK, 2), E_MQ_REFUSED);
	ck_assert_uint_eq(queue_taken(QUEUE_LOAD), taken + 1);
	ck_assert_uint_eq(queue_refused(QUEUE_LOAD), refused + 1);
	ck_assert_uint_eq(queue_taken(QUEUE_TRANSFORM), other);
}
END_TEST

START_TEST(a_queue_refuses_until_it_takes_one)
{
	int64_t *since = &manager->refused_at[QUEUE_LOAD][QUEUE_MAIN];

	ck_assert_int_eq(publish(PEER_NACK, 1), E_MQ_REFUSED);
	ck_assert_int_ne(*since, 0);
	ck_assert_int_eq(publish(PEER_ACK, 2), E_OK);
	ck_assert_int_eq(*since, 0);
}
END_TEST

/* The broker's nack leads to a channel.close of ours, which it answers. */
START_TEST(what_has_only_refused_for_long_gets_another_channel)
{
	int64_t *since = &manager->refused_at[QUEUE_LOAD][QUEUE_MAIN];
	struct mq_message message = { .exchange = EXCHANGE,
		.routing_key = "load", .message_id = "load-1", .type = "load",
		.body = SPAN_LIT("{}") };
	pid_t broker = mq_peer_begin();
	struct span payload;

	if (broker == 0) {
		for (int i = 0; i < 3; i++) { /* method, header, body */
			mq_peer_wait();
			ck_assert_int_ne(mq_peer_next(&payload), 0);
		}
		mq_peer_method(CHANNEL, PEER_NACK,
		    SPAN_LIT("\0\0\0\0\0\0\0\1\0"));
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, PEER_CHANNEL_CLOSE));
		mq_peer_method(CHANNEL, 20, 41, SPAN_LIT(""));
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, 20, 10)); /* open */
		mq_peer_method(CHANNEL, 20, 11, SPAN_LIT("\0\0\0\0"));
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, 85, 10)); /* confirm.select */
		mq_peer_method(CHANNEL, 85, 11, SPAN_LIT(""));
		mq_peer_end();
	}
	*since = clock_ms() - 5000;
	manager->renewed_at = *since - 5000;
	ck_assert_int_eq(queue_publish(manager, QUEUE_LOAD, QUEUE_MAIN,
	    &message, 1, LONG_MS, &diag), E_MQ_REFUSED);
	mq_peer_done(broker);
	ck_assert_int_ge(mq_socket(mq), 0);
	ck_assert_int_gt(manager->renewed_at, *since);
	ck_assert_int_eq(publish(PEER_ACK, 1), E_OK); /* counted from 1 */
}
END_TEST

/* What takes messages may have lost that queue's, and connects again. */
START_TEST(a_returned_message_has_the_queues_declared_again)
{
	bool takes = _i == 1;
	struct mq_message message = { .exchange = EXCHANGE,
		.routing_key = "load", .message_id = "load-1", .type = "load",
		.body = SPAN_LIT("{}") };
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(CHANNEL, PEER_RETURN,
		    SPAN_LIT("\x01\x38\x08NO_ROUTE\1e\4load"));
		mq_peer_content(CHANNEL, "load-1", SPAN_LIT("{}"));
		mq_peer_method(CHANNEL, PEER_ACK,
		    SPAN_LIT("\0\0\0\0\0\0\0\1\0"));
		mq_peer_end();
	}
	if (takes)
		manager->consumed = mq_generation(mq);
	ck_assert(queue_manager_is_up(manager));
	ck_assert_int_eq(queue_publish(manager, QUEUE_LOAD, QUEUE_MAIN,
	    &message, 1, LONG_MS, &diag), E_MQ_NO_QUEUE);
	mq_peer_done(broker);
	ck_assert(!queue_manager_is_up(manager));
	ck_assert_int_eq(mq_socket(mq) < 0, takes);
}
END_TEST

START_TEST(a_copy_leaves_out_what_the_broker_adds_itself)
{
	struct mq_delivery delivery = { .body = LIT("{}"),
		.message_id = LIT("load-1"), .timestamp = 7,
		.headers = { { "traceparent", "00-x", 0 },
		    { "x-delivery-count", NULL, 3 },
		    { "x-attempt", NULL, 2 }, { HEADER_SINCE, NULL, 5 },
		    { "x-acquired-count", NULL, 1 } },
		.header_count = 5 };
	struct mq_arg headers[MQ_HEADERS_MAX];
	struct mq_message message = queue_copy(&delivery, "e", "k", headers);

	ck_assert_str_eq(message.exchange, "e");
	ck_assert_str_eq(message.routing_key, "k");
	ck_assert_str_eq(message.message_id, "load-1");
	ck_assert_str_eq(message.type, ""); /* it had none */
	unit_span_eq(message.body, "{}");
	ck_assert_int_eq(message.timestamp, 7);
	ck_assert_uint_eq(message.header_count, 2);
	ck_assert_str_eq(message.headers[0].key, "traceparent");
	ck_assert_str_eq(message.headers[1].key, "x-attempt");
	ck_assert_int_eq(message.headers[1].number, 2);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_publish");
	TCase *tcase = tcase_create("queue_publish");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, what_is_taken_and_refused_is_counted);
	tcase_add_test(tcase, a_queue_refuses_until_it_takes_one);
	tcase_add_test(tcase,
	    what_has_only_refused_for_long_gets_another_channel);
	tcase_add_loop_test(tcase,
	    a_returned_message_has_the_queues_declared_again, 0, 2);
	tcase_add_test(tcase, a_copy_leaves_out_what_the_broker_adds_itself);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

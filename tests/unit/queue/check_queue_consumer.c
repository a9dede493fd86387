/* SPDX-License-Identifier: MIT */
#include "queue/queue_consumer.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "queue/queue_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

static const struct mq_settings mq_settings;
static const struct queue_settings settings;
static struct mq *mq;
static struct queue_manager *manager;
static struct diag diag;
/* A message that failed twice, as it came by the connection that is open. */
static const struct mq_delivery delivery = { .tag = 42, .generation = 1,
	.body = LIT("{\"raw_data_id\":7}"), .message_id = LIT("load-7"),
	.type = LIT("load"), .headers = { { HEADER_ATTEMPT, NULL, 2 },
	    { "traceparent", "00-trace", 0 },
	    { "x-delivery-count", NULL, 3 } }, .header_count = 3 };

static void
setup(void)
{
	mq = mq_peer_open(&mq_settings);
	manager = queue_manager_new(mq, &mq_settings, &settings);
	manager->declared = manager->consumed = mq_generation(mq);
	manager->taking.look_at = clock_ms() + 60000;
	diag_clear(&diag);
}

static void
teardown(void)
{
	queue_manager_free(manager);
	mq_peer_close(mq);
}

/* A broker that answers the next message with this. */
static pid_t
answer(int class, int method)
{
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(1, class, method,
		    SPAN_LIT("\0\0\0\0\0\0\0\1\0"));
		mq_peer_end();
	}
	return broker;
}

/*
 * The next message that goes out has this routing key and the body that came;
 * its properties hold this.
 */
static void
expect(const char *key, struct span held)
{
	struct span payload;
	char text[80];
	int len = snprintf(text, sizeof(text), "%c%s", (char)strlen(key), key);

	ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
	ck_assert(mq_peer_is(payload, PEER_PUBLISH));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, text,
	    (size_t)len));
	ck_assert_int_eq(mq_peer_next(&payload), PEER_HEADER);
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, held.at,
	    held.len));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, "\6load-7", 7));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, "00-trace", 8));
	ck_assert_int_eq(mq_peer_next(&payload), PEER_BODY);
	unit_span_eq(payload, "{\"raw_data_id\":7}");
}

/* The message that came is settled; nothing else is said. */
static void
expect_settled(void)
{
	struct span payload;

	ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
	ck_assert(mq_peer_is(payload, PEER_ACK));
	ck_assert_mem_eq(payload.at + 4, "\0\0\0\0\0\0\0\x2a\0", 9);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
}

/* The step that is asked for, and the queue of the delay. */
static const struct {
	int step;
	const char *key;
} steps[] = {
	{ -1, "load.retry.1" },
	{ 0, "load.retry.1" },
	{ 1, "load.retry.1" },
	{ 4, "load.retry.4" },
	{ 99, "load.retry.4" },
};

START_TEST(what_comes_back_waits_in_the_queue_of_its_delay)
{
	pid_t broker = answer(PEER_ACK);

	ck_assert_int_eq(queue_consumer_retry(manager, QUEUE_LOAD, &delivery,
	    steps[_i].step, 3, 5, &diag), E_OK);
	mq_peer_done(broker);
	expect(steps[_i].key, SPAN_LIT("\x09x-attemptl\0\0\0\0\0\0\0\3"
	    "\6x-heldl\0\0\0\0\0\0\0\5" "\7x-sincel"));
	expect_settled();
}
END_TEST

START_TEST(what_came_from_a_bulk_queue_says_so)
{
	static const enum queue queues[] = { QUEUE_TRANSFORM, QUEUE_LOAD };
	struct mq_delivery bulk = delivery;
	pid_t broker = answer(PEER_ACK);

	queue_consumer_of(manager, queues, COUNT(queues));
	bulk.queue = 5; /* the third pair's second */
	ck_assert_int_eq(queue_consumer_lane(manager, &delivery), 0);
	ck_assert_int_eq(queue_consumer_lane(manager, &bulk), 2);
	ck_assert_int_eq(queue_consumer_retry(manager, QUEUE_LOAD, &bulk, 1, 3,
	    5, &diag), E_OK);
	mq_peer_done(broker);
	expect("load.retry.1", SPAN_LIT("\6x-lanel\0\0\0\0\0\0\0\2"));
	expect_settled();
}
END_TEST

START_TEST(what_is_dead_says_why)
{
	pid_t broker = answer(PEER_ACK);

	ck_assert_int_eq(queue_consumer_bury(manager, QUEUE_LOAD, &delivery,
	    "no such type", &diag), E_OK);
	mq_peer_done(broker);
	expect("load.dead", SPAN_LIT("\x08x-reasonS\0\0\0\x0cno such type"
	    "\x09x-attemptl\0\0\0\0\0\0\0\2"));
	expect_settled();
}
END_TEST

START_TEST(what_the_broker_refuses_is_still_ours)
{
	pid_t broker = answer(PEER_NACK);
	struct span payload;

	ck_assert_int_eq(queue_consumer_retry(manager, QUEUE_LOAD, &delivery,
	    1, 3, 5, &diag), E_MQ_REFUSED);
	mq_peer_done(broker);
	expect("load.retry.1", SPAN_LIT("x-attempt"));
	ck_assert_int_eq(mq_peer_next(&payload), 0); /* it is not settled */
	ck_assert(queue_consumer_has(manager, &delivery));
	/* Its queue may have gone. */
	ck_assert(!queue_manager_is_up(manager));
}
END_TEST

START_TEST(what_is_done_is_settled)
{
	ck_assert_int_eq(queue_consumer_done(manager, &delivery, &diag), E_OK);
	expect_settled();
}
END_TEST

START_TEST(a_message_of_another_connection_is_not_ours)
{
	struct mq_delivery earlier = delivery;

	earlier.generation = 0;
	ck_assert(queue_consumer_has(manager, &delivery));
	ck_assert(!queue_consumer_has(manager, &earlier));
	ck_assert_int_eq(queue_consumer_done(manager, &earlier, &diag),
	    E_MQ_LOST);
}
END_TEST

START_TEST(the_broker_counts_deliveries_or_does_not)
{
	struct mq_delivery classic = delivery;

	classic.header_count = 2;
	ck_assert_int_eq(queue_consumer_deliveries(&delivery), 3);
	ck_assert_int_eq(queue_consumer_deliveries(&classic), 0);
}
END_TEST

START_TEST(a_message_says_which_queue_it_is_of)
{
	static const enum queue want[] = { QUEUE_LOAD, QUEUE_TRANSFORM };
	enum queue queue;

	mq_peer_method(3, PEER_DELIVER,
	    SPAN_LIT("\0011\0\0\0\0\0\0\0\1\0\1e\1k"));
	mq_peer_content(3, "load-1", SPAN_LIT("{}"));
	mq_peer_method(3, PEER_DELIVER,
	    SPAN_LIT("\0010\0\0\0\0\0\0\0\2\0\1e\1k"));
	mq_peer_content(3, "transform-1", SPAN_LIT("{}"));
	ck_assert_int_eq(queue_consumer_round(manager, 1, &diag), E_OK);
	for (size_t i = 0; i < COUNT(want); i++) {
		struct mq_delivery *next = queue_consumer_next(manager, &queue);

		ck_assert_ptr_nonnull(next);
		ck_assert_int_eq(queue, want[i]);
		mq_delivery_free(next);
	}
	ck_assert_ptr_null(queue_consumer_next(manager, &queue));
}
END_TEST

START_TEST(a_paused_queue_is_left_once_and_its_messages_that_came_are_had)
{
	const bool pauses[QUEUE_COUNT] = { [QUEUE_LOAD] = true };
	static const enum queue queues[] = { QUEUE_TRANSFORM, QUEUE_LOAD };
	pid_t broker = mq_peer_begin();
	struct mq_delivery *next;
	struct span payload;
	enum queue queue;

	if (broker == 0) {
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, PEER_CANCEL));
		ck_assert_mem_eq(payload.at + 4, "\0011", 2);
		mq_peer_method(3, PEER_DELIVER,
		    SPAN_LIT("\0011\0\0\0\0\0\0\0\1\0\1e\1k"));
		mq_peer_content(3, "load-1", SPAN_LIT("{}"));
		mq_peer_method(3, 60, 31, SPAN_LIT("\0011"));
		mq_peer_end();
	}
	queue_consumer_of(manager, queues, COUNT(queues));
	queue_consumer_pause(manager, pauses);
	ck_assert_int_eq(queue_consumer_round(manager, 1, &diag), E_OK);
	mq_peer_done(broker);
	ck_assert_int_eq(queue_consumer_round(manager, 1, &diag), E_OK);
	next = queue_consumer_next(manager, &queue);
	ck_assert_ptr_nonnull(next);
	ck_assert_int_eq(queue, QUEUE_LOAD);
	mq_delivery_free(next);
	while (mq_peer_next(&payload) != 0)
		ck_assert(!mq_peer_is(payload, PEER_CANCEL));
}
END_TEST

/*
 * Messages wait of the main transform queue (0), of load_queue (1), and of bulk
 * queues of transform (2, 4): in whose turn are they taken?
 */
static const struct {
	const char *come; /* one digit for each, in the order they came in */
	const char *taken;
} turns[] = {
	{ "0000", "0000" },
	{ "2222", "2222" },
	{ "00112", "01210" }, /* a family, then the other; then a side */
	{ "22220", "20222" },
	{ "2222201", "2102222" }, /* no bulk queue is before a main one twice */
	{ "224400", "204024" },
	{ "2244", "2424" },
};

START_TEST(queues_are_served_in_turn)
{
	char want[16] = "", got[16] = "";
	enum queue queue;

	for (const char *at = turns[_i].come; *at != '\0'; at++) {
		char method[] = "\1N\0\0\0\0\0\0\0\1\0\1e\1k";

		method[1] = *at;
		mq_peer_method(3, PEER_DELIVER,
		    (struct span){ method, sizeof(method) - 1 });
		mq_peer_content(3, "job-1", SPAN_LIT("{}"));
	}
	ck_assert_int_eq(queue_consumer_round(manager, 1, &diag), E_OK);
	for (size_t i = 0; turns[_i].taken[i] != '\0'; i++) {
		struct mq_delivery *next = queue_consumer_next(manager, &queue);

		ck_assert_ptr_nonnull(next);
		got[i] = (char)('0' + next->queue);
		ck_assert_int_eq(queue,
		    next->queue == 1 ? QUEUE_LOAD : QUEUE_TRANSFORM);
		mq_delivery_free(next);
	}
	(void)snprintf(want, sizeof(want), "%s", turns[_i].taken);
	ck_assert_str_eq(got, want);
	ck_assert_ptr_null(queue_consumer_next(manager, &queue));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_consumer");
	TCase *tcase = tcase_create("queue_consumer");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    what_comes_back_waits_in_the_queue_of_its_delay, 0,
	    (int)COUNT(steps));
	tcase_add_test(tcase, what_came_from_a_bulk_queue_says_so);
	tcase_add_test(tcase,
	    a_paused_queue_is_left_once_and_its_messages_that_came_are_had);
	tcase_add_loop_test(tcase, queues_are_served_in_turn, 0,
	    (int)COUNT(turns));
	tcase_add_test(tcase, what_is_dead_says_why);
	tcase_add_test(tcase, what_the_broker_refuses_is_still_ours);
	tcase_add_test(tcase, what_is_done_is_settled);
	tcase_add_test(tcase, a_message_of_another_connection_is_not_ours);
	tcase_add_test(tcase, the_broker_counts_deliveries_or_does_not);
	tcase_add_test(tcase, a_message_says_which_queue_it_is_of);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

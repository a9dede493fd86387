/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "queue/queue_consumer.h"
#include "queue/queue_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define CHANNEL 2 /* of questions */
#define LONG_AGO 10000

static const struct queue_settings settings;
static const enum queue queues[] = { QUEUE_LOAD };
static struct mq_settings mq_settings;
static struct mq *mq;
static struct queue_manager *manager;
static char nobody[] = "amqp://127.0.0.1:1/";

static void
setup(void)
{
	mq_settings.rabbitmq_url = nobody;
	mq_settings.rabbitmq_timeout = 200;
	mq = mq_peer_open(&mq_settings);
	manager = queue_manager_new(mq, &mq_settings, &settings);
	manager->declared = manager->consumed = mq_generation(mq);
	queue_consumer_of(manager, queues, COUNT(queues));
	queue_lost_begin(manager);
	queue_lost_note(manager, NULL, 0);
	manager->taking.look_at = clock_ms() - 1;
}

static void
teardown(void)
{
	queue_manager_free(manager);
	mq_peer_close(mq);
}

/* A broker that is asked for the queue once, and answers with this method. */
static pid_t
answer(int class, int method, struct span arguments)
{
	pid_t broker = mq_peer_begin();
	struct span payload;

	if (broker == 0) {
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, 20, 10)); /* open */
		mq_peer_method(CHANNEL, 20, 11, SPAN_LIT("\0\0\0\0"));
		mq_peer_wait();
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		ck_assert(mq_peer_is(payload, 50, 10)); /* declare */
		mq_peer_method(CHANNEL, class, method, arguments);
		mq_peer_end();
	}
	return broker;
}

#define COUNTS(messages, consumers) \
	LIT("\4load\0\0\0" messages "\0\0\0" consumers)

/* What the broker counts; since when that is so; are we lost? */
static const struct {
	struct span counts;
	int64_t before; /* what it counted */
	bool waiting;
	bool long_ago;
	bool lost;
	bool noted; /* if not lost: it may be */
} cases[] = {
	{ COUNTS("\0", "\1"), 0, true, true, false, false },
	{ COUNTS("\1", "\0"), 0, true, false, false, true },
	{ COUNTS("\1", "\0"), 0, true, true, true, false },
	{ COUNTS("\1", "\0"), 0, false, true, true, false },
	/* It counts nothing; whether it is there at all nobody says. */
	{ COUNTS("\0", "\0"), 0, true, true, false, true },
	/* Others have their messages; none comes here, which waits. */
	{ COUNTS("\5", "\2"), 0, true, false, false, true },
	{ COUNTS("\5", "\2"), 0, true, true, true, false },
	{ COUNTS("\5", "\2"), 0, false, true, false, false },
	/* One of three has gone: which? */
	{ COUNTS("\0", "\2"), 3, true, false, false, true },
	{ COUNTS("\0", "\2"), 3, true, true, true, false },
	{ COUNTS("\0", "\2"), 3, false, true, false, false },
	{ COUNTS("\0", "\3"), 3, true, true, false, false },
};

START_TEST(a_consumer_that_gets_nothing_is_lost)
{
	pid_t broker = answer(50, 11, cases[_i].counts);

	manager->taking.consumers[QUEUE_LOAD] = cases[_i].before;
	manager->taking.waiting = cases[_i].waiting;
	if (cases[_i].long_ago)
		manager->taking.lost_at[QUEUE_LOAD] = clock_ms() - LONG_AGO;
	queue_lost_look(manager);
	mq_peer_done(broker);
	ck_assert_int_eq(mq_socket(mq) < 0, cases[_i].lost);
	if (!cases[_i].lost)
		ck_assert_int_eq(manager->taking.lost_at[QUEUE_LOAD] != 0,
		    cases[_i].noted);
}
END_TEST

START_TEST(where_none_was_counted_another_one_that_is_does_not_do)
{
	pid_t broker = answer(50, 11, cases[0].counts);

	manager->taking.was_none[QUEUE_LOAD] = true;
	manager->taking.lost_at[QUEUE_LOAD] = clock_ms() - LONG_AGO;
	queue_lost_look(manager);
	mq_peer_done(broker);
	ck_assert_int_lt(mq_socket(mq), 0);
}
END_TEST

START_TEST(one_of_a_queue_that_is_missing_is_lost_at_once)
{
	pid_t broker = answer(PEER_CHANNEL_CLOSE,
	    SPAN_LIT("\x01\x94\7no load\0\x32\0\x0a"));

	queue_lost_look(manager);
	mq_peer_done(broker);
	ck_assert_int_lt(mq_socket(mq), 0);
}
END_TEST

START_TEST(a_message_that_comes_shows_that_it_is_not)
{
	manager->taking.lost_at[QUEUE_LOAD] = clock_ms() - LONG_AGO;
	manager->taking.was_none[QUEUE_LOAD] = true;
	manager->taking.lost_at[QUEUE_TRANSFORM] = 1;
	queue_lost_note(manager, &queues[0], 0);
	ck_assert_int_eq(manager->taking.lost_at[QUEUE_LOAD], 0);
	ck_assert_int_eq(manager->taking.lost_at[QUEUE_TRANSFORM], 1);
	ck_assert(!manager->taking.was_none[QUEUE_LOAD]);
	ck_assert(!manager->taking.waiting);
}
END_TEST

START_TEST(nothing_is_asked_before_its_time_nor_of_a_broker_that_is_blocked)
{
	struct span payload;

	manager->taking.look_at = clock_ms() + LONG_AGO;
	queue_lost_look(manager);
	manager->taking.look_at = clock_ms() - 1;
	mq_peer_method(0, PEER_BLOCKED, SPAN_LIT("\3why"));
	mq_idle(mq);
	queue_lost_look(manager);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
	ck_assert_int_eq(queue_lost_pause(manager, 7000), 7000);
}
END_TEST

START_TEST(who_waits_wakes_for_it)
{
	ck_assert_int_eq(queue_lost_pause(manager, 7000), 0);
	manager->taking.look_at = clock_ms() + 3000;
	ck_assert_int_le(queue_lost_pause(manager, 7000), 3000);
	ck_assert_int_eq(queue_lost_pause(manager, 10), 10);
	manager->consumed = 0; /* who takes nothing has nothing to look after */
	ck_assert_int_eq(queue_lost_pause(manager, 7000), 7000);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_lost");
	TCase *tcase = tcase_create("queue_lost");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_consumer_that_gets_nothing_is_lost, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase,
	    where_none_was_counted_another_one_that_is_does_not_do);
	tcase_add_test(tcase, one_of_a_queue_that_is_missing_is_lost_at_once);
	tcase_add_test(tcase, a_message_that_comes_shows_that_it_is_not);
	tcase_add_test(tcase,
	    nothing_is_asked_before_its_time_nor_of_a_broker_that_is_blocked);
	tcase_add_test(tcase, who_waits_wakes_for_it);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define PEER_QUEUE_DECLARE 50, 10
#define PEER_QUEUE_DECLARE_OK 50, 11
#define PEER_CHANNEL_CLOSE_OK 20, 41

static const struct mq_settings settings;
static struct mq *mq;
static struct diag diag;

static void
setup(void)
{
	mq = mq_peer_open(&settings);
	mq->ask_open = true;
	diag_clear(&diag);
}

static void
teardown(void)
{
	mq_peer_close(mq);
}

/* What the broker gets next is this method. */
static struct span
expect(int class, int method)
{
	struct span payload;

	mq_peer_wait();
	ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
	ck_assert(mq_peer_is(payload, class, method));
	return payload;
}

START_TEST(a_queue_is_counted_without_being_made)
{
	struct mq_queue_stats stats;
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		/* passive, durable */
		ck_assert_mem_eq(expect(PEER_QUEUE_DECLARE).at + 6, "\1q\3",
		    3);
		mq_peer_method(CHANNEL_ASK, PEER_QUEUE_DECLARE_OK,
		    SPAN_LIT("\1q\0\0\1\2\0\0\0\3"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_stats(mq, "q", &stats, &diag), E_OK);
	mq_peer_done(broker);
	ck_assert_int_eq(stats.message_count, 258);
	ck_assert_int_eq(stats.consumer_count, 3);
}
END_TEST

START_TEST(a_queue_is_declared_with_its_arguments)
{
	static const struct mq_arg args[] = { { "x-t", "quorum", 0 },
		{ "x-n", NULL, 100 } };
	static const char want[] = "\1q\2" /* durable */
	    "\0\0\0\x1c" "\3x-tS\0\0\0\6quorum" "\3x-nl\0\0\0\0\0\0\0\x64";
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		ck_assert_mem_eq(expect(PEER_QUEUE_DECLARE).at + 6, want,
		    sizeof(want) - 1);
		mq_peer_method(CHANNEL_ASK, PEER_QUEUE_DECLARE_OK,
		    SPAN_LIT("\1q\0\0\0\0\0\0\0\0"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_declare_queue(mq, "q", args, COUNT(args), &diag),
	    E_OK);
	mq_peer_done(broker);
}
END_TEST

START_TEST(more_arguments_than_there_is_room_for_are_refused)
{
	static const struct mq_arg args[9] = { { "x", NULL, 1 } };

	ck_assert_int_eq(mq_declare_queue(mq, "q", args, COUNT(args), &diag),
	    E_SYSTEM);
}
END_TEST

START_TEST(a_refusal_ends_the_channel_and_not_the_connection)
{
	struct mq_queue_stats stats = { -1, -1 };
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		(void)expect(PEER_QUEUE_DECLARE);
		mq_peer_method(CHANNEL_ASK, PEER_CHANNEL_CLOSE,
		    SPAN_LIT("\x01\x94\x04no q\0\x32\0\x0a"));
		(void)expect(PEER_CHANNEL_CLOSE_OK);
		mq_peer_end();
	}
	ck_assert_int_eq(mq_stats(mq, "q", &stats, &diag), E_NO_ROW);
	mq_peer_done(broker);
	ck_assert_str_eq(diag.text, "q: no q");
	ck_assert_int_eq(stats.message_count, -1);
	ck_assert(!mq->ask_open);
	ck_assert_int_ge(mq_socket(mq), 0);
}
END_TEST

START_TEST(a_closed_connection_is_lost)
{
	struct mq_queue_stats stats;
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		(void)expect(PEER_QUEUE_DECLARE);
		mq_peer_method(0, PEER_CONNECTION_CLOSE,
		    SPAN_LIT("\x01\x40\x08shutdown\0\0\0\0"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_stats(mq, "q", &stats, &diag), E_MQ_LOST);
	mq_peer_done(broker);
	ck_assert_int_lt(mq_socket(mq), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_declare");
	TCase *tcase = tcase_create("mq_declare");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_queue_is_counted_without_being_made);
	tcase_add_test(tcase, a_queue_is_declared_with_its_arguments);
	tcase_add_test(tcase,
	    more_arguments_than_there_is_room_for_are_refused);
	tcase_add_test(tcase,
	    a_refusal_ends_the_channel_and_not_the_connection);
	tcase_add_test(tcase, a_closed_connection_is_lost);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define PEER_QOS 60, 10
#define PEER_QOS_OK 60, 11
#define PEER_CONSUME 60, 20
#define PEER_CONSUME_OK 60, 21
#define PEER_CANCEL_OK 60, 31
#define PEER_GET 60, 70
#define PEER_GET_OK 60, 71
#define PEER_GET_EMPTY 60, 72

static const struct mq_settings settings;
static struct mq *mq;
static struct mq_delivery *delivery;
static struct diag diag;

static void
setup(void)
{
	mq = mq_peer_open(&settings);
	mq->take_open = true;
	delivery = mq_delivery_new(mq, 7, false);
	diag_clear(&diag);
}

static void
teardown(void)
{
	mq_delivery_free(delivery);
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

START_TEST(a_message_that_is_done_is_acknowledged)
{
	struct span payload;

	ck_assert_int_eq(mq_ack(mq, delivery, &diag), E_OK);
	payload = expect(PEER_ACK);
	ck_assert_uint_eq(payload.len, 13);
	ck_assert_mem_eq(payload.at + 4, "\0\0\0\0\0\0\0\7\0", 9);
}
END_TEST

START_TEST(one_that_is_given_back_goes_to_its_queue)
{
	struct span payload;

	ck_assert_int_eq(mq_give_back(mq, delivery, &diag), E_OK);
	payload = expect(PEER_REJECT);
	ck_assert_mem_eq(payload.at + 4, "\0\0\0\0\0\0\0\7\1", 9);
}
END_TEST

START_TEST(a_message_of_an_earlier_connection_cannot_be_settled)
{
	struct span payload;

	ck_assert(mq_is_current(mq, delivery));
	mq->generation++;
	ck_assert(!mq_is_current(mq, delivery));
	ck_assert_int_eq(mq_ack(mq, delivery, &diag), E_MQ_LOST);
	ck_assert_int_eq(mq_give_back(mq, delivery, &diag), E_MQ_LOST);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
}
END_TEST

START_TEST(nor_can_one_of_a_connection_that_broke)
{
	mq->broken = true;
	ck_assert(!mq_is_current(mq, delivery));
	ck_assert_int_eq(mq_ack(mq, delivery, &diag), E_MQ_LOST);
}
END_TEST

START_TEST(messages_are_taken_from_each_queue)
{
	static const char *const queues[] = { "one", "two" };
	pid_t broker = mq_peer_begin();
	size_t consumed = 0;

	if (broker == 0) {
		ck_assert_mem_eq(expect(PEER_QOS).at + 8, "\0\5\0", 3);
		mq_peer_method(CHANNEL_TAKE, PEER_QOS_OK, SPAN_LIT(""));
		ck_assert_mem_eq(expect(PEER_CONSUME).at + 6, "\3one\0010\0",
		    7);
		mq_peer_method(CHANNEL_TAKE, PEER_CONSUME_OK, SPAN_LIT("\0010"));
		ck_assert_mem_eq(expect(PEER_CONSUME).at + 6, "\3two\0011\0",
		    7);
		mq_peer_method(CHANNEL_TAKE, PEER_CONSUME_OK, SPAN_LIT("\0011"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_consume(mq, queues, 2, 5, &consumed, &diag), E_OK);
	mq_peer_done(broker);
	ck_assert_uint_eq(consumed, 2);
}
END_TEST

START_TEST(a_queue_that_is_left_out_keeps_its_number)
{
	static const char *const queues[] = { NULL, "two" };
	pid_t broker = mq_peer_begin();
	size_t consumed = 0;

	if (broker == 0) {
		(void)expect(PEER_QOS);
		mq_peer_method(CHANNEL_TAKE, PEER_QOS_OK, SPAN_LIT(""));
		ck_assert_mem_eq(expect(PEER_CONSUME).at + 6, "\3two\0011\0",
		    7);
		mq_peer_method(CHANNEL_TAKE, PEER_CONSUME_OK, SPAN_LIT("\0011"));
		ck_assert_mem_eq(expect(PEER_CANCEL).at + 4, "\0011", 2);
		mq_peer_method(CHANNEL_TAKE, PEER_CANCEL_OK, SPAN_LIT("\0011"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_consume(mq, queues, 2, 5, &consumed, &diag), E_OK);
	ck_assert_uint_eq(consumed, 1);
	ck_assert_int_eq(mq_cancel(mq, 1, &diag), E_OK);
	mq_peer_done(broker);
	mq_close(mq);
	ck_assert_int_eq(mq_cancel(mq, 1, &diag), E_MQ_LOST);
}
END_TEST

START_TEST(a_queue_that_is_missing_ends_the_connection)
{
	static const char *const queues[] = { "one", "two" };
	pid_t broker = mq_peer_begin();
	size_t consumed = 0;

	if (broker == 0) {
		(void)expect(PEER_QOS);
		mq_peer_method(CHANNEL_TAKE, PEER_QOS_OK, SPAN_LIT(""));
		(void)expect(PEER_CONSUME);
		mq_peer_method(CHANNEL_TAKE, PEER_CONSUME_OK, SPAN_LIT("\0010"));
		(void)expect(PEER_CONSUME);
		mq_peer_method(CHANNEL_TAKE, PEER_CHANNEL_CLOSE,
		    SPAN_LIT("\x01\x94\x06no two\0\x3c\0\x14"));
		mq_peer_wait();
		mq_peer_method(0, 10, 51, SPAN_LIT(""));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_consume(mq, queues, 2, 5, &consumed, &diag),
	    E_NO_ROW);
	mq_peer_done(broker);
	ck_assert_uint_eq(consumed, 1);
	ck_assert_str_eq(diag.text, "two: no two");
	ck_assert_int_lt(mq_socket(mq), 0);
}
END_TEST

START_TEST(one_message_is_fetched_or_none)
{
	pid_t broker = mq_peer_begin();
	struct mq_delivery *got = NULL;

	if (broker == 0) {
		(void)expect(PEER_GET);
		/* Its tag, redelivered, exchange, key, how many are left. */
		mq_peer_method(CHANNEL_TAKE, PEER_GET_OK,
		    SPAN_LIT("\0\0\0\0\0\0\0\x09\1\1e\1k\0\0\0\0"));
		mq_peer_content(CHANNEL_TAKE, "load-3", SPAN_LIT("{}"));
		(void)expect(PEER_GET);
		mq_peer_method(CHANNEL_TAKE, PEER_GET_EMPTY, SPAN_LIT("\0"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_get(mq, "one", &got, &diag), E_OK);
	ck_assert_ptr_nonnull(got);
	ck_assert_uint_eq(got->tag, 9);
	ck_assert(got->redelivered && !got->cut);
	unit_span_eq(got->body, "{}");
	unit_span_eq(got->message_id, "load-3");
	mq_delivery_free(got);
	ck_assert_int_eq(mq_get(mq, "one", &got, &diag), E_OK);
	ck_assert_ptr_null(got);
	mq_peer_done(broker);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_consume");
	TCase *tcase = tcase_create("mq_consume");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_message_that_is_done_is_acknowledged);
	tcase_add_test(tcase, one_that_is_given_back_goes_to_its_queue);
	tcase_add_test(tcase,
	    a_message_of_an_earlier_connection_cannot_be_settled);
	tcase_add_test(tcase, nor_can_one_of_a_connection_that_broke);
	tcase_add_test(tcase, messages_are_taken_from_each_queue);
	tcase_add_test(tcase, a_queue_that_is_left_out_keeps_its_number);
	tcase_add_test(tcase, a_queue_that_is_missing_ends_the_connection);
	tcase_add_test(tcase, one_message_is_fetched_or_none);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

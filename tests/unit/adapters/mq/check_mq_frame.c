/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

static const struct mq_settings settings;
static struct mq *mq;
static struct mq_message message;
static unsigned char state;
static struct diag diag;
static struct mq_flight flight;

/* One message is in flight, its tag being 1. */
static void
setup(void)
{
	mq = mq_peer_open(&settings);
	memset(&message, 0, sizeof(message));
	message.message_id = "load-1";
	state = MQ_IN_FLIGHT;
	diag_clear(&diag);
	flight = (struct mq_flight){ .messages = &message, .count = 1,
		.first = 1, .state = &state, .diag = &diag };
}

static void
teardown(void)
{
	mq_peer_close(mq);
}

START_TEST(without_a_frame_there_is_nothing_to_do)
{
	ck_assert(!mq_serve_frame(mq, 0, &flight));
	ck_assert(!mq_serve_frame(mq, 5, NULL));
	ck_assert(!mq->broken);
}
END_TEST

/* Of the tag 1, and of all up to 5. */
static const struct span tags[] = { LIT("\0\0\0\0\0\0\0\1\0"),
	LIT("\0\0\0\0\0\0\0\5\1") };

START_TEST(an_ack_confirms)
{
	mq_peer_method(CHANNEL_CONFIRM, PEER_ACK, tags[_i]);
	ck_assert(mq_serve_frame(mq, 0, &flight));
	ck_assert(message.confirmed);
	ck_assert_uint_eq(flight.settled, 1);
}
END_TEST

START_TEST(a_nack_does_not)
{
	mq_peer_method(CHANNEL_CONFIRM, PEER_NACK, tags[_i]);
	ck_assert(mq_serve_frame(mq, 0, &flight));
	ck_assert(!message.confirmed);
	ck_assert_uint_eq(flight.settled, 1);
	ck_assert_int_eq(diag.code, E_MQ_REFUSED);
}
END_TEST

START_TEST(a_confirm_that_nobody_awaits_is_passed_over)
{
	mq_peer_method(CHANNEL_CONFIRM, PEER_ACK, tags[0]);
	mq_peer_method(CHANNEL_CONFIRM, PEER_NACK, tags[0]);
	ck_assert(mq_serve_frame(mq, 0, NULL));
	ck_assert(mq_serve_frame(mq, 0, NULL));
	ck_assert_uint_eq(flight.settled, 0);
	ck_assert(!mq->broken);
}
END_TEST

START_TEST(a_returned_message_is_not_confirmed_by_its_ack)
{
	/* 312, the reason, the exchange, the key. */
	mq_peer_method(CHANNEL_CONFIRM, PEER_RETURN,
	    SPAN_LIT("\x01\x38\x08NO_ROUTE\1e\1k"));
	mq_peer_content(CHANNEL_CONFIRM, "load-1", SPAN_LIT("{}"));
	mq_peer_method(CHANNEL_CONFIRM, PEER_ACK, tags[0]);
	for (int i = 0; i < 4; i++)
		ck_assert(mq_serve_frame(mq, 0, &flight));
	ck_assert(flight.returned);
	ck_assert(!message.confirmed);
	ck_assert_uint_eq(flight.settled, 1);
	ck_assert_int_eq(diag.code, E_MQ_NO_QUEUE);
	ck_assert_ptr_nonnull(strstr(diag.text, "312 NO_ROUTE"));
}
END_TEST

START_TEST(a_blocked_broker_says_why_until_it_is_not)
{
	ck_assert_ptr_null(mq_is_blocked(mq));
	mq_peer_method(0, PEER_BLOCKED, SPAN_LIT("\x0blow on disk"));
	ck_assert(mq_serve_frame(mq, 0, NULL));
	ck_assert_str_eq(mq_is_blocked(mq), "low on disk");
	mq_peer_method(0, PEER_UNBLOCKED, SPAN_LIT(""));
	ck_assert(mq_serve_frame(mq, 0, NULL));
	ck_assert_ptr_null(mq_is_blocked(mq));
}
END_TEST

/* What ends the connection, and the words that are kept of it. */
static const struct {
	int channel, class, method;
	struct span arguments;
	const char *why;
} ends[] = {
	{ CHANNEL_CONFIRM, PEER_CHANNEL_CLOSE,
	    LIT("\x01\x94\x08no queue\0\x3c\0\x28"), "no queue" },
	{ 0, PEER_CONNECTION_CLOSE, LIT("\x01\x40\x08shutdown\0\0\0\0"),
	    "shutdown" },
	{ CHANNEL_TAKE, PEER_CANCEL, LIT("\0010\1"), "the broker cancelled a"
	    " consumer: its queue has gone" },
};

START_TEST(a_close_is_remembered_with_its_reason)
{
	mq_peer_method(ends[_i].channel, ends[_i].class, ends[_i].method,
	    ends[_i].arguments);
	ck_assert(!mq_serve_frame(mq, 0, &flight));
	ck_assert(mq->broken);
	ck_assert_str_eq(mq->why, ends[_i].why);
}
END_TEST

START_TEST(a_message_arrives_beside_a_confirm)
{
	struct mq_delivery *delivery;

	/* The consumer's tag, the message's, redelivered, exchange, key. */
	mq_peer_method(CHANNEL_TAKE, PEER_DELIVER,
	    SPAN_LIT("\0011\0\0\0\0\0\0\0\x2a\1\1e\1k"));
	mq_peer_content(CHANNEL_TAKE, "load-9", SPAN_LIT("{\"a\":1}"));
	mq_peer_method(CHANNEL_CONFIRM, PEER_ACK, tags[0]);
	for (int i = 0; i < 4; i++)
		ck_assert(mq_serve_frame(mq, 0, &flight));
	ck_assert(message.confirmed);
	delivery = mq_next(mq);
	ck_assert_ptr_nonnull(delivery);
	unit_span_eq(delivery->body, "{\"a\":1}");
	unit_span_eq(delivery->message_id, "load-9");
	ck_assert_uint_eq(delivery->queue, 1);
	ck_assert_uint_eq(delivery->tag, 42);
	ck_assert(delivery->redelivered);
	mq_delivery_free(delivery);
}
END_TEST

START_TEST(a_method_that_nobody_knows_breaks_the_connection)
{
	mq_peer_method(0, 99, 99, SPAN_LIT(""));
	ck_assert(!mq_serve_frame(mq, 0, NULL));
	ck_assert(mq->broken);
	ck_assert_str_ne(mq->why, "");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_frame");
	TCase *tcase = tcase_create("mq_frame");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, without_a_frame_there_is_nothing_to_do);
	tcase_add_loop_test(tcase, an_ack_confirms, 0, (int)COUNT(tags));
	tcase_add_loop_test(tcase, a_nack_does_not, 0, (int)COUNT(tags));
	tcase_add_test(tcase, a_confirm_that_nobody_awaits_is_passed_over);
	tcase_add_test(tcase, a_returned_message_is_not_confirmed_by_its_ack);
	tcase_add_test(tcase, a_blocked_broker_says_why_until_it_is_not);
	tcase_add_loop_test(tcase, a_close_is_remembered_with_its_reason, 0,
	    (int)COUNT(ends));
	tcase_add_test(tcase, a_message_arrives_beside_a_confirm);
	tcase_add_test(tcase,
	    a_method_that_nobody_knows_breaks_the_connection);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

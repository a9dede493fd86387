/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

static const struct mq_settings settings;
static struct mq *mq;
static struct diag diag;
static struct mq_message messages[2];

static void
setup(void)
{
	static const struct mq_arg header = { "x-attempt", NULL, 3 };

	mq = mq_peer_open(&settings);
	diag_clear(&diag);
	for (size_t i = 0; i < COUNT(messages); i++)
		messages[i] = (struct mq_message){ .exchange = "ex",
			.routing_key = "load", .type = "load",
			.message_id = i == 0 ? "load-1" : "load-2",
			.body = SPAN_LIT("{\"raw_data_id\":1}"),
			.traceparent = "00-trace", .headers = &header,
			.header_count = 1, .confirmed = true };
}

static void
teardown(void)
{
	mq_peer_close(mq);
}

START_TEST(messages_go_out_persistent_with_their_properties)
{
	pid_t broker = mq_peer_begin();
	struct span payload;

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(CHANNEL_CONFIRM, PEER_ACK,
		    SPAN_LIT("\0\0\0\0\0\0\0\2\1"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_publish(mq, messages, 2, 20000, &diag), E_OK);
	mq_peer_done(broker);
	ck_assert(messages[0].confirmed && messages[1].confirmed);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
		/* To be returned when no queue takes it: mandatory. */
		ck_assert(mq_peer_is(payload, PEER_PUBLISH));
		ck_assert_uint_eq(payload.len, 15);
		ck_assert_mem_eq(payload.at + 4, "\0\0\2ex\4load\1", 11);
		ck_assert_int_eq(mq_peer_next(&payload), PEER_HEADER);
		ck_assert_ptr_nonnull(memmem(payload.at, payload.len,
		    "\x10" "application/json", 17));
		ck_assert_ptr_nonnull(memmem(payload.at, payload.len,
		    messages[i].message_id, 6));
		ck_assert_ptr_nonnull(memmem(payload.at, payload.len,
		    "\x0btraceparentS\0\0\0\x08" "00-trace", 25));
		ck_assert_ptr_nonnull(memmem(payload.at, payload.len,
		    "\x09x-attemptl\0\0\0\0\0\0\0\3\2", 20));
		ck_assert_int_eq(mq_peer_next(&payload), PEER_BODY);
		unit_span_eq(payload, "{\"raw_data_id\":1}");
	}
	ck_assert_int_eq(mq_peer_next(&payload), 0);
}
END_TEST

START_TEST(one_that_is_refused_fails_the_whole_and_no_other)
{
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(CHANNEL_CONFIRM, PEER_NACK,
		    SPAN_LIT("\0\0\0\0\0\0\0\1\0"));
		mq_peer_method(CHANNEL_CONFIRM, PEER_ACK,
		    SPAN_LIT("\0\0\0\0\0\0\0\2\0"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_publish(mq, messages, 2, 20000, &diag),
	    E_MQ_REFUSED);
	mq_peer_done(broker);
	ck_assert(!messages[0].confirmed && messages[1].confirmed);
	ck_assert_int_ge(mq_socket(mq), 0);
}
END_TEST

START_TEST(without_a_confirm_the_connection_is_closed)
{
	ck_assert_int_eq(mq_publish(mq, messages, 1, 20, &diag), E_MQ_TIMEOUT);
	ck_assert(!messages[0].confirmed);
	ck_assert_int_lt(mq_socket(mq), 0);
	ck_assert_str_eq(diag.text, "no confirm within 20 ms");
}
END_TEST

START_TEST(a_close_while_a_confirm_is_awaited_is_a_loss)
{
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(0, PEER_CONNECTION_CLOSE,
		    SPAN_LIT("\x01\x40\x08shutdown\0\0\0\0"));
		mq_peer_end();
	}
	ck_assert_int_eq(mq_publish(mq, messages, 1, 20000, &diag), E_MQ_LOST);
	mq_peer_done(broker);
	ck_assert_ptr_nonnull(strstr(diag.text, "shutdown"));
	ck_assert_int_lt(mq_socket(mq), 0);
}
END_TEST

START_TEST(to_a_blocked_broker_nothing_is_sent)
{
	struct span payload;

	mq_peer_method(0, PEER_BLOCKED, SPAN_LIT("\x0blow on disk"));
	ck_assert_int_eq(mq_publish(mq, messages, 1, 20000, &diag),
	    E_MQ_REFUSED);
	ck_assert_ptr_nonnull(strstr(diag.text, "low on disk"));
	ck_assert(!messages[0].confirmed);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
}
END_TEST

START_TEST(a_probe_that_comes_back_shows_that_messages_are_taken)
{
	pid_t broker = mq_peer_begin();
	struct span payload;

	if (broker == 0) {
		for (int i = 1; i <= 2; i++) {
			const char tag[] = { 0, 0, 0, 0, 0, 0, 0, (char)i, 0 };

			mq_peer_wait();
			ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
			mq_peer_wait();
			ck_assert_int_eq(mq_peer_next(&payload), PEER_HEADER);
			mq_peer_method(CHANNEL_CONFIRM, PEER_RETURN,
			    SPAN_LIT("\x01\x38\x08NO_ROUTE\2ex\5probe"));
			mq_peer_content(CHANNEL_CONFIRM, "probe", SPAN_LIT(""));
			mq_peer_method(CHANNEL_CONFIRM, PEER_ACK,
			    (struct span){ tag, sizeof(tag) });
		}
		mq_peer_end();
	}
	ck_assert_int_eq(mq_probe(mq, "ex", 20000, &diag), E_OK);
	mq_peer_done(broker);
	ck_assert_int_eq(diag.code, E_OK);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_publish");
	TCase *tcase = tcase_create("mq_publish");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase,
	    messages_go_out_persistent_with_their_properties);
	tcase_add_test(tcase,
	    one_that_is_refused_fails_the_whole_and_no_other);
	tcase_add_test(tcase, without_a_confirm_the_connection_is_closed);
	tcase_add_test(tcase, a_close_while_a_confirm_is_awaited_is_a_loss);
	tcase_add_test(tcase, to_a_blocked_broker_nothing_is_sent);
	tcase_add_test(tcase,
	    a_probe_that_comes_back_shows_that_messages_are_taken);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

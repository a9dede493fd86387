/* SPDX-License-Identifier: MIT */
#include "adapters/mq/mq.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapters/mq/mq_inside.h"
#include "base/clock.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define LONG_MS 20000

static char none[] = "", host[] = "127.0.0.1";
static struct mq_settings settings;
static struct diag diag;

/* A broker at a port that nobody listens on. */
static void
setup(void)
{
	memset(&settings, 0, sizeof(settings));
	settings.rabbitmq_url = none;
	settings.rabbitmq_user = settings.rabbitmq_password = none;
	settings.rabbitmq_vhost = none;
	settings.rabbitmq_host = host;
	settings.rabbitmq_port = 1;
	settings.rabbitmq_heartbeat = 30;
	diag_clear(&diag);
}

static struct mq *
new_quiet(void)
{
	struct mq *mq = mq_new(&settings, "check");
	struct mq *twin = mq_twin(mq);

	mq_free(mq);
	ck_assert_ptr_nonnull(twin);
	return twin;
}

START_TEST(a_broker_that_is_unreachable_is_left_alone_for_a_while)
{
	struct mq *mq = new_quiet();
	int64_t began = clock_ms();

	ck_assert_int_eq(mq_idle_ms(mq), 0);
	ck_assert_int_eq(mq_open(mq, 1000, &diag), E_MQ_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "127.0.0.1 port 1"));
	ck_assert_int_lt(mq_socket(mq), 0);
	ck_assert_uint_eq(mq_generation(mq), 0);
	ck_assert_int_gt(mq_idle_ms(mq), 0);
	ck_assert_int_gt(mq->retry_at, began);
	mq->retry_at += LONG_MS; /* for slow builders */
	ck_assert_int_eq(mq_open(mq, 1000, &diag), E_MQ_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "waiting"));
	mq_free(mq);
}
END_TEST

START_TEST(each_failure_doubles_the_pause_up_to_a_limit)
{
	struct mq *mq = new_quiet();
	int pause = 0;

	for (int i = 0; i < 12; i++) {
		mq->retry_at = 0;
		ck_assert_int_eq(mq_open(mq, 1000, &diag), E_MQ_CONNECT);
		ck_assert_int_ge(mq_idle_ms(mq), pause);
		ck_assert(i == 0 || mq_idle_ms(mq) == 2 * pause ||
		    mq_idle_ms(mq) == 5000);
		pause = mq_idle_ms(mq);
	}
	ck_assert_int_eq(pause, 5000);
	mq_free(mq);
}
END_TEST

START_TEST(each_url_is_tried_and_no_password_is_told)
{
	char urls[] = "amqp://u:secret@127.0.0.1:1/v,"
	    " amqp://u:secret@127.0.0.1:2/v";
	struct mq *mq = new_quiet();

	settings.rabbitmq_url = urls;
	ck_assert_int_eq(mq_open(mq, 1000, &diag), E_MQ_CONNECT);
	ck_assert_ptr_nonnull(strstr(diag.text, "127.0.0.1 port 2"));
	ck_assert_ptr_null(strstr(diag.text, "secret"));
	mq_free(mq);
}
END_TEST

START_TEST(a_broker_that_is_silent_does_not_hide_the_next_one)
{
	int one, two, first = unit_silent(&one), second = unit_silent(&two);
	struct mq *mq = new_quiet();
	char urls[96];

	(void)snprintf(urls, sizeof(urls),
	    "amqp://u:p@127.0.0.1:%d/v,amqp://u:p@127.0.0.1:%d/v", one, two);
	settings.rabbitmq_url = urls;
	ck_assert_int_eq(mq_open(mq, 100, &diag), E_MQ_CONNECT);
	ck_assert(unit_was_called(first));
	ck_assert(!unit_was_called(second)); /* there was no time left */
	mq->retry_at = 0;
	ck_assert_int_eq(mq_open(mq, 100, &diag), E_MQ_CONNECT);
	ck_assert(!unit_was_called(first));
	ck_assert(unit_was_called(second));
	mq_free(mq);
	(void)close(first);
	(void)close(second);
}
END_TEST

START_TEST(nothing_is_published_without_a_connection)
{
	struct mq_message message = { .exchange = "", .routing_key = "q",
		.message_id = "1", .type = "", .body = SPAN_LIT("{}"),
		.confirmed = true };
	struct mq *mq = new_quiet();

	ck_assert_int_eq(mq_publish(mq, &message, 1, 1000, &diag),
	    E_MQ_CONNECT);
	ck_assert(!message.confirmed);
	mq_free(mq);
}
END_TEST

START_TEST(what_was_said_of_a_connection_ends_with_it)
{
	struct mq *mq = mq_peer_open(&settings);

	mq_peer_method(0, PEER_BLOCKED, SPAN_LIT("\x0blow on disk"));
	mq_idle(mq);
	ck_assert_ptr_nonnull(mq_is_blocked(mq));
	ck_assert_int_eq(mq_idle_ms(mq), 10000); /* a third of the heartbeat */
	mq->tag = 5;
	mq->take_open = mq->ask_open = mq->broken = true;
	mq_close(mq);
	ck_assert_ptr_null(mq_is_blocked(mq));
	ck_assert_int_lt(mq_socket(mq), 0);
	ck_assert_uint_eq(mq->tag, 0);
	ck_assert(!mq->take_open && !mq->ask_open && !mq->broken);
	mq_peer_close(mq);
}
END_TEST

START_TEST(an_idle_connection_notices_its_end)
{
	struct mq *mq = mq_peer_open(&settings);

	mq_idle(mq);
	ck_assert_int_ge(mq_socket(mq), 0);
	mq_peer_method(0, PEER_CONNECTION_CLOSE,
	    SPAN_LIT("\x01\x40\x08shutdown\0\0\0\0"));
	mq_idle(mq);
	ck_assert_int_lt(mq_socket(mq), 0);
	mq_peer_close(mq);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq");
	TCase *tcase = tcase_create("mq");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase,
	    a_broker_that_is_unreachable_is_left_alone_for_a_while);
	tcase_add_test(tcase, each_failure_doubles_the_pause_up_to_a_limit);
	tcase_add_test(tcase, each_url_is_tried_and_no_password_is_told);
	tcase_add_test(tcase,
	    a_broker_that_is_silent_does_not_hide_the_next_one);
	tcase_add_test(tcase, nothing_is_published_without_a_connection);
	tcase_add_test(tcase, what_was_said_of_a_connection_ends_with_it);
	tcase_add_test(tcase, an_idle_connection_notices_its_end);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

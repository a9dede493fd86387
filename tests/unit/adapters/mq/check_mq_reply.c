/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/unit.h"

static struct mq *mq;
static struct diag diag;

static void
setup(void)
{
	static const struct mq_settings settings;

	mq = mq_new(&settings, "check");
	diag_clear(&diag);
}

static void
teardown(void)
{
	mq_free(mq);
}

/* How the broker closes a channel, and whether the connection goes on. */
static const struct {
	int code;
	enum err rc;
} closes[] = {
	{ 404, E_NO_ROW },
	{ 406, E_TOPOLOGY },
	{ 403, E_MQ_DENIED },
	{ 405, E_MQ_REFUSED },
	{ 0, E_MQ_REFUSED },
};

START_TEST(a_closed_channel_tells_why)
{
	amqp_channel_close_t method = { .reply_code =
		(uint16_t)closes[_i].code,
		.reply_text = amqp_cstring_bytes("because of this") };
	amqp_rpc_reply_t reply = {
		.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION,
		.reply = { AMQP_CHANNEL_CLOSE_METHOD, &method } };

	ck_assert_int_eq(mq_judge(mq, reply, "a question", &diag),
	    closes[_i].rc);
	ck_assert_int_eq(diag.code, closes[_i].rc);
	ck_assert_str_eq(diag.text, "a question: because of this");
	ck_assert_str_eq(diag.client, "");
	ck_assert(!mq->broken);
}
END_TEST

START_TEST(a_closed_connection_is_lost)
{
	amqp_connection_close_t method = { .reply_code = 404,
		.reply_text = amqp_cstring_bytes("shutdown") };
	amqp_rpc_reply_t reply = {
		.reply_type = AMQP_RESPONSE_SERVER_EXCEPTION,
		.reply = { AMQP_CONNECTION_CLOSE_METHOD, &method } };

	ck_assert_int_eq(mq_judge(mq, reply, "a question", &diag), E_MQ_LOST);
	ck_assert_str_eq(diag.text, "a question: shutdown");
	ck_assert(mq->broken);
}
END_TEST

static const amqp_rpc_reply_t lost[] = {
	{ .reply_type = AMQP_RESPONSE_NONE },
	{ .reply_type = AMQP_RESPONSE_LIBRARY_EXCEPTION,
	    .library_error = AMQP_STATUS_SOCKET_ERROR },
	{ .reply_type = AMQP_RESPONSE_SERVER_EXCEPTION,
	    .reply = { AMQP_BASIC_ACK_METHOD, NULL } },
};

START_TEST(no_answer_or_another_one_loses_the_connection)
{
	ck_assert_int_eq(mq_judge(mq, lost[_i], "a question", &diag),
	    E_MQ_LOST);
	ck_assert(strncmp(diag.text, "a question: ", 12) == 0);
	ck_assert(mq->broken);
}
END_TEST

START_TEST(a_normal_reply_is_no_error)
{
	amqp_rpc_reply_t reply = { .reply_type = AMQP_RESPONSE_NORMAL };

	ck_assert_int_eq(mq_judge(mq, reply, "a question", &diag), E_OK);
	ck_assert_int_eq(diag.code, E_OK);
	ck_assert(!mq->broken);
}
END_TEST

START_TEST(words_are_cut_and_ended)
{
	struct span words = unit_repeat("", "x", 1000, "");
	amqp_bytes_t bytes = { 1000, NULL };

	memcpy(&bytes.bytes, &words.at, sizeof(bytes.bytes));
	mq_keep_words(mq, bytes);
	ck_assert_uint_eq(strlen(mq->why), sizeof(mq->why) - 1);
	bytes.len = 3;
	mq_keep_words(mq, bytes);
	ck_assert_str_eq(mq->why, "xxx");
	mq_keep_words(mq, amqp_empty_bytes);
	ck_assert_str_eq(mq->why, "");
	unit_free(words);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_reply");
	TCase *tcase = tcase_create("mq_reply");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_closed_channel_tells_why, 0,
	    (int)COUNT(closes));
	tcase_add_test(tcase, a_closed_connection_is_lost);
	tcase_add_loop_test(tcase,
	    no_answer_or_another_one_loses_the_connection, 0, (int)COUNT(lost));
	tcase_add_test(tcase, a_normal_reply_is_no_error);
	tcase_add_test(tcase, words_are_cut_and_ended);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

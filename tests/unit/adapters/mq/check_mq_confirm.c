/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "base/metrics.h"
#include "unit/unit.h"

#define COUNTED 4

static struct mq_message messages[COUNTED];
static unsigned char state[COUNTED];
static struct diag diag;
static struct mq_flight flight;

/* Four messages with the tags 11 to 14. */
static void
setup(void)
{
	static const char *const ids[] = { "a", "b", "a", "ab" };

	memset(messages, 0, sizeof(messages));
	memset(state, 0, sizeof(state));
	for (size_t i = 0; i < COUNTED; i++)
		messages[i].message_id = ids[i];
	diag_clear(&diag);
	flight = (struct mq_flight){ .messages = messages, .count = COUNTED,
		.first = 11, .state = state, .diag = &diag };
}

/* Which are confirmed, as "1010". */
static const char *
confirmed(void)
{
	static char text[COUNTED + 1];

	for (size_t i = 0; i < COUNTED; i++)
		text[i] = messages[i].confirmed ? '1' : '0';
	return text;
}

START_TEST(an_ack_confirms_one_or_all_up_to_it)
{
	mq_settle(&flight, 12, false, true);
	ck_assert_str_eq(confirmed(), "0100");
	ck_assert_uint_eq(flight.settled, 1);
	mq_settle(&flight, 13, true, true);
	ck_assert_str_eq(confirmed(), "1110");
	ck_assert_uint_eq(flight.settled, 3);
	mq_settle(&flight, 14, false, true);
	ck_assert_uint_eq(flight.settled, COUNTED);
	ck_assert_int_eq(diag.code, E_OK);
}
END_TEST

START_TEST(tags_of_other_flights_settle_nothing)
{
	mq_settle(&flight, 10, true, true);
	mq_settle(&flight, 15, false, true);
	mq_settle(&flight, 0, false, true);
	ck_assert_uint_eq(flight.settled, 0);
	ck_assert_str_eq(confirmed(), "0000");
}
END_TEST

START_TEST(what_is_settled_stays_so)
{
	mq_settle(&flight, 11, false, true);
	mq_settle(&flight, 11, false, false);
	ck_assert_str_eq(confirmed(), "1000");
	mq_settle(&flight, 12, false, false);
	mq_settle(&flight, 14, true, true);
	ck_assert_str_eq(confirmed(), "1011");
	ck_assert_uint_eq(flight.settled, COUNTED);
}
END_TEST

START_TEST(a_nack_settles_without_confirming)
{
	mq_settle(&flight, 12, true, false);
	ck_assert_str_eq(confirmed(), "0000");
	ck_assert_uint_eq(flight.settled, 2);
	ck_assert_int_eq(diag.code, E_MQ_REFUSED);
	ck_assert(!flight.returned);
}
END_TEST

static void
give_back(const char *id)
{
	const amqp_basic_properties_t properties = {
		.message_id = amqp_cstring_bytes(id) };

	mq_note_return(&flight, &properties);
}

START_TEST(an_ack_of_a_returned_message_does_not_confirm_it)
{
	give_back("b");
	ck_assert(flight.returned);
	ck_assert_uint_eq(flight.settled, 0);
	mq_settle(&flight, 14, true, true);
	ck_assert_str_eq(confirmed(), "1011");
	ck_assert_uint_eq(flight.settled, COUNTED);
}
END_TEST

START_TEST(all_with_the_id_of_a_returned_one_are_in_doubt)
{
	give_back("a");
	mq_settle(&flight, 14, true, true);
	ck_assert_str_eq(confirmed(), "0101");
}
END_TEST

START_TEST(a_return_of_an_earlier_message_is_passed_over)
{
	give_back("c");
	give_back("");
	ck_assert(!flight.returned);
	mq_settle(&flight, 14, true, true);
	ck_assert_str_eq(confirmed(), "1111");
}
END_TEST

START_TEST(each_outcome_is_counted_unless_the_message_is_a_probe)
{
	const uint64_t published = metrics_get(METRIC_PUBLISHED),
	    returned = metrics_get(METRIC_UNQUEUED_RETURNED),
	    nacked = metrics_get(METRIC_UNQUEUED_NACKED);

	give_back("b");
	mq_settle(&flight, 12, true, true);
	mq_settle(&flight, 13, false, false);
	flight.uncounted = true;
	mq_settle(&flight, 14, false, true);
	ck_assert_uint_eq(metrics_get(METRIC_PUBLISHED), published + 1);
	ck_assert_uint_eq(metrics_get(METRIC_UNQUEUED_RETURNED), returned + 1);
	ck_assert_uint_eq(metrics_get(METRIC_UNQUEUED_NACKED), nacked + 1);
	ck_assert_uint_eq(flight.settled, COUNTED);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_confirm");
	TCase *tcase = tcase_create("mq_confirm");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, an_ack_confirms_one_or_all_up_to_it);
	tcase_add_test(tcase, tags_of_other_flights_settle_nothing);
	tcase_add_test(tcase, what_is_settled_stays_so);
	tcase_add_test(tcase, a_nack_settles_without_confirming);
	tcase_add_test(tcase, an_ack_of_a_returned_message_does_not_confirm_it);
	tcase_add_test(tcase, all_with_the_id_of_a_returned_one_are_in_doubt);
	tcase_add_test(tcase, a_return_of_an_earlier_message_is_passed_over);
	tcase_add_test(tcase,
	    each_outcome_is_counted_unless_the_message_is_a_probe);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "queue/queue_inside.h"
#include "unit/unit.h"

/* The names are the contract with the platform and with older versions. */
static const struct {
	enum queue queue;
	int part;
	const char *name, *key;
} parts[] = {
	{ QUEUE_EXTRACT, QUEUE_MAIN, "extract_queue", "extract" },
	{ QUEUE_TRANSFORM, QUEUE_MAIN, "transform_queue", "transform" },
	{ QUEUE_LOAD, QUEUE_MAIN, "load_queue", "load" },
	{ QUEUE_LOAD, 1, "load_queue.retry.1", "load.retry.1" },
	{ QUEUE_LOAD, 4, "load_queue.retry.4", "load.retry.4" },
	{ QUEUE_TRANSFORM, QUEUE_DEAD, "transform_queue.dead",
	    "transform.dead" },
	{ QUEUE_TRANSFORM, QUEUE_DEAD + 1, "transform_queue.bulk.1",
	    "transform.bulk.1" },
	{ QUEUE_LOAD, QUEUE_DEAD + 5, "load_queue.bulk.5", "load.bulk.5" },
};

START_TEST(each_part_of_a_queue_has_its_name_and_key)
{
	struct queue_names names = queue_part(parts[_i].queue, parts[_i].part);

	ck_assert_str_eq(names.queue, parts[_i].name);
	ck_assert_str_eq(names.key, parts[_i].key);
}
END_TEST

/* What a message says of its bulk queue, and where it comes back to. */
static const struct {
	int64_t lane;
	int there; /* so many bulk queues are declared */
	int part;
} homes[] = {
	{ 0, QUEUE_LANES, QUEUE_MAIN },
	{ 1, QUEUE_LANES, QUEUE_DEAD + 1 },
	{ QUEUE_LANES, QUEUE_LANES, QUEUE_DEAD + QUEUE_LANES },
	{ QUEUE_LANES, 2, QUEUE_DEAD + 2 },
	{ QUEUE_LANES, 0, QUEUE_MAIN },
	{ QUEUE_LANES + 1, QUEUE_LANES, QUEUE_MAIN },
	{ -1, QUEUE_LANES, QUEUE_MAIN },
	{ INT64_MAX, QUEUE_LANES, QUEUE_MAIN },
};

START_TEST(a_message_comes_back_to_the_queue_that_it_names_if_there_is_one)
{
	const struct queue_manager manager = {
		.lanes_there = homes[_i].there };
	const struct mq_delivery delivery = {
		.headers = { { HEADER_LANE, NULL, homes[_i].lane } },
		.header_count = 1 };

	ck_assert_int_eq(queue_home(&manager, &delivery),
	    homes[_i].part);
	ck_assert(queue_is_taken(homes[_i].part));
	ck_assert(!queue_is_taken(QUEUE_DEAD));
	ck_assert(!queue_is_taken(QUEUE_RETRIES));
}
END_TEST

START_TEST(a_retry_waits_longer_than_the_one_before)
{
	ck_assert_int_eq(QUEUE_DEAD, QUEUE_RETRIES + 1);
	ck_assert_int_eq(queue_delay(1), 1000);
	for (int part = 2; part <= QUEUE_RETRIES; part++)
		ck_assert_int_gt(queue_delay(part), queue_delay(part - 1));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_part");
	TCase *tcase = tcase_create("queue_part");

	tcase_add_loop_test(tcase, each_part_of_a_queue_has_its_name_and_key,
	    0, (int)COUNT(parts));
	tcase_add_loop_test(tcase,
	    a_message_comes_back_to_the_queue_that_it_names_if_there_is_one, 0,
	    (int)COUNT(homes));
	tcase_add_test(tcase, a_retry_waits_longer_than_the_one_before);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "queue/queue_lanes.h"

#include "base/clock.h"
#include "queue/queue_inside.h"
#include "unit/unit.h"

#define FEW 8 /* so that each is counted again: an eighth of it */

static const struct mq_settings mq_settings;
static const struct queue_settings settings = { .bulk_backlog = FEW };
static struct queue_manager *manager;
static int64_t tenant_id, most;

static void
setup(void)
{
	manager = queue_manager_new(NULL, &mq_settings, &settings);
	manager->lanes_there = QUEUE_LANES;
}

static void
teardown(void)
{
	queue_manager_free(manager);
}

static const struct {
	int64_t tenant_id, waiting, few;
	int lane;
} lanes[] = {
	{ 4, 0, 250, 0 },
	{ 4, 249, 250, 0 },
	{ 4, 250, 250, 1 },
	{ 5, 250, 250, 1 },
	{ 5, 4999, 250, 1 },
	{ 4, 5000, 250, 2 }, /* one of four, by the tenant */
	{ 5, 5000, 250, 3 },
	{ 6, 5000, 250, 4 },
	{ 7, 5000, 250, 5 },
	{ 8, 5000, 250, 2 },
	{ 7, INT64_MAX, 250, 5 },
	{ 7, INT64_MAX, 0, 0 },
};

START_TEST(the_larger_the_backlog_the_further_the_queue)
{
	ck_assert_int_eq(queue_lane_for(lanes[_i].tenant_id, lanes[_i].waiting,
	    lanes[_i].few), lanes[_i].lane);
}
END_TEST

START_TEST(what_was_published_here_counts_before_anybody_has_looked)
{
	for (int i = 0; i < FEW; i++)
		ck_assert_int_eq(queue_lanes_take(manager, 1), 0);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 1);
	ck_assert_int_eq(queue_lanes_take(manager, 2), 0);
	for (int i = 0; i < 20 * FEW; i++)
		(void)queue_lanes_take(manager, 1);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 3);
	ck_assert_int_eq(queue_lanes_take(manager, 2), 0);
}
END_TEST

START_TEST(what_the_rows_say_holds_from_then_on)
{
	queue_lanes_note(manager, 1, 20 * FEW);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 3);
	queue_lanes_note(manager, 1, 0);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 0);
	queue_lanes_note(manager, 1, FEW);
	queue_lanes_note(manager, 1, -1); /* nobody could say */
	ck_assert_int_eq(queue_lanes_take(manager, 1), 1);
}
END_TEST

START_TEST(a_tenant_is_counted_after_some_and_a_large_one_not_at_once)
{
	ck_assert(!queue_lanes_due(manager, 0, &tenant_id, &most));
	(void)queue_lanes_take(manager, 7);
	ck_assert(!queue_lanes_due(manager, 6, &tenant_id, &most));
	ck_assert(queue_lanes_due(manager, 7, &tenant_id, &most));
	ck_assert(queue_lanes_due(manager, 0, &tenant_id, &most));
	ck_assert_int_eq(tenant_id, 7);
	ck_assert_int_eq(most, 20 * FEW);
	queue_lanes_note(manager, 7, 5 * FEW);
	(void)queue_lanes_take(manager, 7);
	ck_assert(!queue_lanes_due(manager, 0, &tenant_id, &most));
	manager->lanes.all[0].known_at = clock_ms() - 1001;
	ck_assert(queue_lanes_due(manager, 0, &tenant_id, &most));
}
END_TEST

START_TEST(what_was_counted_long_ago_counts_no_more)
{
	queue_lanes_note(manager, 1, 20 * FEW);
	manager->lanes.all[0].known_at = clock_ms() - 10001;
	ck_assert_int_eq(queue_lanes_take(manager, 1), 0);
	ck_assert(queue_lanes_due(manager, 0, &tenant_id, &most));
	queue_lanes_note(manager, 1, 20 * FEW);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 3);
}
END_TEST

START_TEST(what_was_published_long_ago_counts_no_more)
{
	queue_lanes_note(manager, 1, 20 * FEW);
	for (int i = 0; i < 2 * FEW; i++)
		ck_assert_int_eq(queue_lanes_take(manager, 1), 3);
	manager->lanes.all[0].known_at = clock_ms() - 10001;
	ck_assert_int_eq(queue_lanes_take(manager, 1), 1);
	manager->lanes.all[0].used_at = clock_ms() - 10001;
	ck_assert_int_eq(queue_lanes_take(manager, 1), 0);
}
END_TEST

START_TEST(more_tenants_than_places_forget_the_one_of_longest_ago)
{
	const int64_t places = COUNT(manager->lanes.all);

	for (int64_t i = 1; i <= places; i++) {
		queue_lanes_note(manager, i, FEW);
		ck_assert_int_eq(queue_lanes_take(manager, i), 1);
		manager->lanes.all[i - 1].used_at = i;
	}
	ck_assert_int_eq(queue_lanes_take(manager, places + 1), 0);
	ck_assert_int_eq(manager->lanes.all[0].tenant_id, places + 1);
	ck_assert_int_eq(queue_lanes_take(manager, 2), 1);
}
END_TEST

START_TEST(without_bulk_queues_all_goes_to_the_main_one)
{
	manager->lanes_there = 0;
	queue_lanes_note(manager, 1, 100 * FEW);
	ck_assert_int_eq(queue_lanes_take(manager, 1), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_lanes");
	TCase *tcase = tcase_create("queue_lanes");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    the_larger_the_backlog_the_further_the_queue, 0, (int)COUNT(lanes));
	tcase_add_test(tcase,
	    what_was_published_here_counts_before_anybody_has_looked);
	tcase_add_test(tcase, what_the_rows_say_holds_from_then_on);
	tcase_add_test(tcase,
	    a_tenant_is_counted_after_some_and_a_large_one_not_at_once);
	tcase_add_test(tcase, what_was_counted_long_ago_counts_no_more);
	tcase_add_test(tcase, what_was_published_long_ago_counts_no_more);
	tcase_add_test(tcase,
	    more_tenants_than_places_forget_the_one_of_longest_ago);
	tcase_add_test(tcase, without_bulk_queues_all_goes_to_the_main_one);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

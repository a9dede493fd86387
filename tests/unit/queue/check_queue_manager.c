/* SPDX-License-Identifier: MIT */
#include "queue/queue_manager.h"

#include <string.h>

#include "base/clock.h"
#include "queue/queue_inside.h"
#include "unit/adapters/mq/mq_peer.h"
#include "unit/unit.h"

#define CHANNEL 1
#define LONG_MS 60000

static struct mq_settings mq_settings = { .rabbitmq_timeout = LONG_MS,
	.rabbitmq_heartbeat = 30 };
static const struct queue_settings settings;
static const struct job job = { .tenant_id = 1, .integration_id = 2,
	.raw_data_id = 7, .entity_type = LIT("github_prs_batch"),
	.job_type = LIT("jira_issues"), .job_params = LIT("{}"),
	.traceparent = "00-trace" };
static struct mq *mq;
static struct queue_manager *manager;
static struct diag diag;

/* On an open connection, with all queues declared. */
static void
setup(void)
{
	mq = mq_peer_open(&mq_settings);
	manager = queue_manager_new(mq, &mq_settings, &settings);
	manager->declared = mq_generation(mq);
	diag_clear(&diag);
}

static void
teardown(void)
{
	queue_manager_free(manager);
	mq_peer_close(mq);
}

/* A broker that confirms the messages up to this tag, and no third one. */
static pid_t
confirm(char tag)
{
	const char answer[] = { 0, 0, 0, 0, 0, 0, 0, tag, 1 };
	pid_t broker = mq_peer_begin();

	if (broker == 0) {
		mq_peer_wait();
		mq_peer_method(CHANNEL, PEER_ACK,
		    (struct span){ answer, sizeof(answer) });
		if (tag == 2)
			mq_peer_method(CHANNEL, PEER_NACK,
			    SPAN_LIT("\0\0\0\0\0\0\0\3\0"));
		mq_peer_end();
	}
	return broker;
}

/* The three frames of the next message have these texts. */
static void
expect(const char *key, const char *id, const char *body)
{
	struct span payload;

	ck_assert_int_eq(mq_peer_next(&payload), PEER_METHOD);
	ck_assert(mq_peer_is(payload, PEER_PUBLISH));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len,
	    "\x0a" "etl.direct", 11));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, key,
	    strlen(key)));
	ck_assert_int_eq(mq_peer_next(&payload), PEER_HEADER);
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, id, strlen(id)));
	ck_assert_ptr_nonnull(memmem(payload.at, payload.len, "00-trace", 8));
	ck_assert_int_eq(mq_peer_next(&payload), PEER_BODY);
	unit_span_eq(payload, body);
}

static const struct {
	enum queue queue;
	const char *key, *id, *body;
} published[] = {
	{ QUEUE_TRANSFORM, "\x09transform", "\x0btransform-7",
	    "{\"tenant_id\":1,\"integration_id\":2,\"raw_data_id\":7,"
	    "\"entity_type\":\"github_prs_batch\"}" },
	{ QUEUE_LOAD, "\4load", "\6load-7",
	    "{\"tenant_id\":1,\"integration_id\":2,\"raw_data_id\":7,"
	    "\"entity_type\":\"github_prs_batch\"}" },
	{ QUEUE_EXTRACT, "\7extract", "\x18" "extract-",
	    "{\"tenant_id\":1,\"integration_id\":2,"
	    "\"job_type\":\"jira_issues\",\"job_params\":{}}" },
};

START_TEST(a_job_goes_to_its_queue_by_its_key)
{
	pid_t broker = confirm(1);

	ck_assert_int_eq(queue_manager_publish(manager, published[_i].queue,
	    &job, &diag), E_OK);
	mq_peer_done(broker);
	expect(published[_i].key, published[_i].id, published[_i].body);
}
END_TEST

START_TEST(each_job_is_told_whether_it_was_confirmed)
{
	struct job jobs[3] = { job, job, job };
	bool confirmed[3] = { true, true, true };
	struct arena *arena = arena_new(1 << 16);
	pid_t broker = confirm(2);

	jobs[1].raw_data_id = 8;
	ck_assert_int_eq(queue_manager_publish_all(manager, QUEUE_LOAD, jobs,
	    3, -1, arena, confirmed, &diag), E_MQ_REFUSED);
	mq_peer_done(broker);
	ck_assert(confirmed[0] && confirmed[1] && !confirmed[2]);
	expect("\4load", "\6load-7", published[1].body);
	expect("\4load", "\6load-8", "{\"tenant_id\":1,\"integration_id\":2,"
	    "\"raw_data_id\":8,\"entity_type\":\"github_prs_batch\"}");
	arena_free(arena);
}
END_TEST

START_TEST(while_a_queue_has_other_arguments_nothing_is_published)
{
	bool confirmed = true;
	struct arena *arena = arena_new(4096);
	struct span payload;

	manager->trouble = E_TOPOLOGY;
	ck_assert_int_eq(queue_manager_publish(manager, QUEUE_LOAD, &job,
	    &diag), E_TOPOLOGY);
	ck_assert_int_eq(queue_manager_publish_all(manager, QUEUE_LOAD, &job,
	    1, -1, arena, &confirmed, &diag), E_TOPOLOGY);
	ck_assert(!confirmed);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
	arena_free(arena);
}
END_TEST

START_TEST(a_job_that_is_too_long_is_not_published)
{
	struct span text = unit_repeat("\"", "x", 70000, "\"");
	struct job large = job;
	struct span payload;

	large.job_params = text;
	ck_assert_int_eq(queue_manager_publish(manager, QUEUE_EXTRACT, &large,
	    &diag), E_TOO_LARGE);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
	unit_free(text);
}
END_TEST

START_TEST(queues_are_declared_once_for_a_connection)
{
	struct span payload;

	ck_assert(queue_manager_is_up(manager));
	ck_assert_int_eq(queue_manager_declare(manager, LONG_MS, &diag), E_OK);
	queue_manager_idle(manager);
	ck_assert_int_eq(mq_peer_next(&payload), 0);
	ck_assert_int_eq(queue_manager_idle_ms(manager), 10000);
}
END_TEST

START_TEST(what_could_not_be_declared_is_not_tried_at_once_again)
{
	struct span payload;

	queue_manager_forget(manager);
	ck_assert(!queue_manager_is_up(manager));
	ck_assert_int_eq(queue_manager_idle_ms(manager), 300);
	manager->trouble = E_MQ_NO_QUEUE;
	(void)diag_set(&manager->why, E_MQ_NO_QUEUE, "one is missing");
	manager->again_at = clock_ms() + LONG_MS;
	ck_assert_int_eq(queue_manager_declare(manager, LONG_MS, &diag),
	    E_MQ_NO_QUEUE);
	ck_assert_str_eq(diag.text, "one is missing");
	ck_assert_int_eq(mq_peer_next(&payload), 0);
}
END_TEST

START_TEST(without_a_broker_it_is_not_up)
{
	char none[] = "", host[] = "127.0.0.1";

	mq_settings.rabbitmq_url = mq_settings.rabbitmq_user = none;
	mq_settings.rabbitmq_password = mq_settings.rabbitmq_vhost = none;
	mq_settings.rabbitmq_host = host;
	mq_settings.rabbitmq_port = 1; /* nobody listens there */
	mq_close(mq);
	ck_assert(!queue_manager_is_up(manager));
	ck_assert_int_eq(queue_manager_declare(manager, 1000, &diag),
	    E_MQ_CONNECT);
	ck_assert_int_eq(queue_manager_publish(manager, QUEUE_LOAD, &job,
	    &diag), E_MQ_CONNECT);
	ck_assert(!queue_manager_is_up(manager));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("queue_manager");
	TCase *tcase = tcase_create("queue_manager");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_job_goes_to_its_queue_by_its_key, 0,
	    (int)COUNT(published));
	tcase_add_test(tcase, each_job_is_told_whether_it_was_confirmed);
	tcase_add_test(tcase,
	    while_a_queue_has_other_arguments_nothing_is_published);
	tcase_add_test(tcase, a_job_that_is_too_long_is_not_published);
	tcase_add_test(tcase, queues_are_declared_once_for_a_connection);
	tcase_add_test(tcase,
	    what_could_not_be_declared_is_not_tried_at_once_again);
	tcase_add_test(tcase, without_a_broker_it_is_not_up);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue/queue_inside.h"
#include "unit/unit.h"

/* A queue's arguments must not change: RabbitMQ refuses what differs. */
static const struct {
	const char *type;
	int part;
	bool before; /* as versions up to 1.0 declared it */
	const char *want;
} cases[] = {
	{ "quorum", QUEUE_MAIN, false, "x-queue-type=quorum"
	    " x-dead-letter-exchange=etl.direct"
	    " x-dead-letter-routing-key=load.dead x-overflow=reject-publish"
	    " x-dead-letter-strategy=at-most-once x-delivery-limit=100" },
	{ "quorum", 2, false, "x-queue-type=quorum"
	    " x-dead-letter-exchange=etl.direct x-dead-letter-routing-key=load"
	    " x-overflow=reject-publish x-dead-letter-strategy=at-most-once"
	    " x-delivery-limit=1000000000" },
	{ "quorum", QUEUE_DEAD + 1, false, "x-queue-type=quorum"
	    " x-dead-letter-exchange=etl.direct"
	    " x-dead-letter-routing-key=load.dead x-overflow=reject-publish"
	    " x-dead-letter-strategy=at-most-once x-delivery-limit=100" },
	{ "quorum", QUEUE_DEAD, false, "x-queue-type=quorum"
	    " x-overflow=reject-publish x-delivery-limit=1000000000" },
	{ "classic", QUEUE_MAIN, false, "x-queue-type=classic"
	    " x-dead-letter-exchange=etl.direct"
	    " x-dead-letter-routing-key=load.dead x-overflow=reject-publish" },
	{ "classic", QUEUE_DEAD, false, "x-queue-type=classic"
	    " x-overflow=reject-publish" },
	{ "quorum", QUEUE_MAIN, true, "x-queue-type=quorum"
	    " x-dead-letter-exchange=etl.direct"
	    " x-dead-letter-routing-key=load.dead x-overflow=reject-publish"
	    " x-dead-letter-strategy=at-least-once x-delivery-limit=20" },
	{ "quorum", 1, true, "x-queue-type=quorum"
	    " x-dead-letter-exchange=etl.direct x-dead-letter-routing-key=load"
	    " x-message-ttl=1000 x-overflow=reject-publish"
	    " x-dead-letter-strategy=at-least-once" },
	{ "classic", 1, true, "x-queue-type=classic"
	    " x-dead-letter-exchange=etl.direct x-dead-letter-routing-key=load"
	    " x-message-ttl=1000" },
	{ "quorum", QUEUE_DEAD, true, "x-queue-type=quorum" },
};

START_TEST(a_queue_is_declared_with_these_arguments)
{
	char *type = strdup(cases[_i].type);
	const struct queue_settings settings = { .queue_type = type };
	const struct queue_manager manager = { .settings = &settings };
	struct topology_args args;
	char text[512] = "";

	topology_args(&manager, QUEUE_LOAD, cases[_i].part, cases[_i].before,
	    &args);
	for (size_t i = 0; i < args.count; i++) {
		size_t len = strlen(text);

		if (args.args[i].text != NULL)
			(void)snprintf(text + len, sizeof(text) - len,
			    "%s%s=%s", i == 0 ? "" : " ", args.args[i].key,
			    args.args[i].text);
		else
			(void)snprintf(text + len, sizeof(text) - len,
			    "%s%s=%lld", i == 0 ? "" : " ", args.args[i].key,
			    (long long)args.args[i].number);
	}
	ck_assert_str_eq(text, cases[_i].want);
	free(type);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("topology");
	TCase *tcase = tcase_create("topology");

	tcase_add_loop_test(tcase, a_queue_is_declared_with_these_arguments, 0,
	    (int)COUNT(cases));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

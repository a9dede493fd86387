/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "adapters/mq/mq.h"
#include "unit/unit.h"

static char url[] = "amqp://u:secret@127.0.0.1/v";
static struct mq_settings settings = { .rabbitmq_url = url };
static struct mq *mq;
static struct arena *arena;
static struct span json;
static struct diag diag;

static void
setup(void)
{
	mq = mq_new(&settings, "check");
	arena = arena_new(1 << 16);
	json = SPAN_LIT("x");
	diag_clear(&diag);
}

static void
teardown(void)
{
	mq_free(mq);
	arena_free(arena);
}

START_TEST(without_an_interface_nobody_is_asked_for_policies)
{
	char none[] = "";

	settings.rabbitmq_management = none;
	ck_assert_int_eq(mq_policies(mq, arena, &json, &diag), E_OK);
	ck_assert_ptr_null(json.at);
}
END_TEST

/* Nobody listens there; the last is no URL that is asked. */
static const char *const urls[] = { "http://127.0.0.1:1",
	"http://u:secret@127.0.0.1:1//", "ftp://127.0.0.1" };

START_TEST(one_that_is_unreachable_is_told_without_a_password)
{
	struct span text = unit_copy(str_span(urls[_i]));

	memcpy(&settings.rabbitmq_management, &text.at, sizeof(char *));
	ck_assert_int_eq(mq_policies(mq, arena, &json, &diag), E_MQ_CONNECT);
	ck_assert_ptr_null(json.at);
	ck_assert_ptr_nonnull(strstr(diag.text, "rabbitmq_management: "));
	ck_assert_ptr_null(strstr(diag.text, "secret"));
	unit_free(text);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_management");
	TCase *tcase = tcase_create("mq_management");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, without_an_interface_nobody_is_asked_for_policies);
	tcase_add_loop_test(tcase,
	    one_that_is_unreachable_is_told_without_a_password, 0,
	    (int)COUNT(urls));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

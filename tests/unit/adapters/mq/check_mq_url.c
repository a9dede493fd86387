/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "adapters/mq/mq_inside.h"
#include "unit/unit.h"

static struct diag diag;

static void
setup(void)
{
	diag_clear(&diag);
}

static const struct {
	const char *url;
	const char *user, *password, *host, *vhost;
	int port, tls, heartbeat, timeout, frame_max, channel_max;
} urls[] = {
	{ "amqp://u:p@h:5673/v", "u", "p", "h", "v", 5673, 0, 0, 0, 0, 0 },
	{ "amqps://u:p@h", "u", "p", "h", "/", 5671, 1, 0, 0, 0, 0 },
	{ "amqp://u%40x:p%2Fq@h/%2Fa", "u@x", "p/q", "h", "/a", 5672, 0, 0, 0,
	    0, 0 },
	{ "amqp://u:p@h/v?", "u", "p", "h", "v", 5672, 0, 0, 0, 0, 0 },
	{ "amqp://u:p@h/v?heartbeat=5&connection_timeout=600000", "u", "p", "h",
	    "v", 5672, 0, 5, 600000, 0, 0 },
	{ "amqp://u:p@h/v?frame_max=4096&channel_max=65535", "u", "p", "h", "v",
	    5672, 0, 0, 0, 4096, 65535 },
};

START_TEST(a_url_names_a_broker)
{
	struct mq_url url;

	ck_assert_int_eq(mq_url_read(str_span(urls[_i].url), &url, &diag),
	    E_OK);
	ck_assert_str_eq(url.info.user, urls[_i].user);
	ck_assert_str_eq(url.info.password, urls[_i].password);
	ck_assert_str_eq(url.info.host, urls[_i].host);
	ck_assert_str_eq(url.info.vhost, urls[_i].vhost);
	ck_assert_int_eq(url.info.port, urls[_i].port);
	ck_assert_int_eq(url.info.ssl, urls[_i].tls);
	ck_assert_int_eq(url.heartbeat, urls[_i].heartbeat);
	ck_assert_int_eq(url.timeout, urls[_i].timeout);
	ck_assert_int_eq(url.frame_max, urls[_i].frame_max);
	ck_assert_int_eq(url.channel_max, urls[_i].channel_max);
	free(url.text);
}
END_TEST

/* What is refused, and a word of the reason. */
static const struct {
	const char *url, *word;
} refused[] = {
	{ "", "is no amqp://" },
	{ "http://u:p@h/v", "is no amqp://" },
	{ "amqp://u:hid@den@h/v", "is no amqp://" },
	{ "amqp://u:p@h:99999/v", "is no amqp://" },
	{ "amqp://u:p@h/v?heartbeat=4", "heartbeat must be" },
	{ "amqp://u:p@h/v?heartbeat=601", "from 5 to 600" },
	{ "amqp://u:p@h/v?heartbeat=", "heartbeat must be" },
	{ "amqp://u:p@h/v?heartbeat", "heartbeat must be" },
	{ "amqp://u:p@h/v?channel_max=2", "channel_max must be" },
	{ "amqp://u:p@h/v?frame_max=4095", "frame_max must be" },
	{ "amqp://u:p@h/v?heartbeats=30", "no parameter heartbeats" },
};

START_TEST(a_url_that_cannot_be_read_is_told_without_its_password)
{
	struct mq_url url;

	ck_assert_int_eq(mq_url_read(str_span(refused[_i].url), &url, &diag),
	    E_SETTING);
	ck_assert_msg(strstr(diag.text, refused[_i].word) != NULL, "%s",
	    diag.text);
	ck_assert_ptr_null(strstr(diag.text, "hid"));
}
END_TEST

START_TEST(without_a_url_five_settings_name_the_broker)
{
	char none[] = "", user[] = "u", password[] = "p", host[] = "h",
	    vhost[] = "v", two[] = " amqp://a:b@c/d , amqp://e:f@g/h";
	struct mq_settings settings = { .rabbitmq_url = none,
		.rabbitmq_user = user, .rabbitmq_password = password,
		.rabbitmq_host = host, .rabbitmq_port = 7,
		.rabbitmq_vhost = vhost };
	struct mq_url url;

	ck_assert_int_eq(mq_url_first(&settings, &url, &diag), E_OK);
	ck_assert_str_eq(url.info.user, "u");
	ck_assert_str_eq(url.info.password, "p");
	ck_assert_str_eq(url.info.host, "h");
	ck_assert_str_eq(url.info.vhost, "v");
	ck_assert_int_eq(url.info.port, 7);
	ck_assert_ptr_null(url.text);
	settings.rabbitmq_url = two;
	ck_assert_int_eq(mq_url_first(&settings, &url, &diag), E_OK);
	ck_assert_str_eq(url.info.host, "c");
	free(url.text);
}
END_TEST

START_TEST(each_url_of_the_settings_is_checked)
{
	char none[] = "", good[] = "amqp://a:b@c/d, amqps://e:f@g/h",
	    bad[] = "amqp://a:b@c/d,amqp://e:f@g/h?x=1",
	     open[] = "amqp://a:b@c/d,";
	struct mq_settings settings = { .rabbitmq_url = none };

	ck_assert_int_eq(mq_settings_check(&settings, &diag), E_OK);
	settings.rabbitmq_url = good;
	ck_assert_int_eq(mq_settings_check(&settings, &diag), E_OK);
	settings.rabbitmq_url = bad;
	ck_assert_int_eq(mq_settings_check(&settings, &diag), E_SETTING);
	settings.rabbitmq_url = open;
	ck_assert_int_eq(mq_settings_check(&settings, &diag), E_SETTING);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("mq_url");
	TCase *tcase = tcase_create("mq_url");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, a_url_names_a_broker, 0, (int)COUNT(urls));
	tcase_add_loop_test(tcase,
	    a_url_that_cannot_be_read_is_told_without_its_password, 0,
	    (int)COUNT(refused));
	tcase_add_test(tcase, without_a_url_five_settings_name_the_broker);
	tcase_add_test(tcase, each_url_of_the_settings_is_checked);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

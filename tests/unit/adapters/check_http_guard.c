/* SPDX-License-Identifier: MIT */
#include "adapters/http_guard.h"
#include "unit/unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

static const struct {
	const char *address, *networks;
	bool want;
} cases[] = {
	{ "93.184.216.34", "", true },
	{ "2606:2800:220:1:248:1893:25c8:1946", "", true },
	{ "127.0.0.1", "", false },
	{ "10.1.2.3", "", false },
	{ "172.31.255.255", "", false },
	{ "172.32.0.1", "", true },
	{ "192.168.0.1", "", false },
	{ "169.254.169.254", "", false },
	{ "100.64.0.1", "", false },
	{ "0.0.0.0", "", false },
	{ "::1", "", false },
	{ "::", "", false },
	{ "fe80::1", "", false },
	{ "fd00::1", "", false },
	{ "::ffff:127.0.0.1", "", false },
	{ "::ffff:93.184.216.34", "", true },
	{ "::127.0.0.1", "", false },
	{ "64:ff9b::a01:203", "", false },
	{ "2002:a01:203::1", "", false },
	{ "10.1.2.3", "10.1.0.0/16", true },
	{ "10.2.2.3", "10.1.0.0/16", false },
	{ "::1", "127.0.0.0/8, ::1", true },
};

START_TEST(private_addresses_are_refused_unless_they_are_named)
{
	const struct http_guard guard = { .ca_file = "",
		.networks = cases[_i].networks };
	struct sockaddr_storage storage = { 0 };
	struct sockaddr_in6 six = { .sin6_family = AF_INET6 };
	struct sockaddr_in four = { .sin_family = AF_INET };

	if (inet_pton(AF_INET, cases[_i].address, &four.sin_addr) == 1)
		memcpy(&storage, &four, sizeof(four));
	else if (inet_pton(AF_INET6, cases[_i].address, &six.sin6_addr) == 1)
		memcpy(&storage, &six, sizeof(six));
	ck_assert_int_eq(
	    http_guard_allows(&guard, (const struct sockaddr *)&storage),
	    cases[_i].want);
}
END_TEST

START_TEST(what_is_no_address_is_refused)
{
	const struct http_guard guard = { .ca_file = "", .networks = "" };
	const struct sockaddr address = { .sa_family = AF_UNIX };

	ck_assert(!http_guard_allows(&guard, &address));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("http_guard");
	TCase *tcase = tcase_create("http_guard");

	tcase_add_loop_test(tcase,
	    private_addresses_are_refused_unless_they_are_named, 0,
	    (int)COUNT(cases));
	tcase_add_test(tcase, what_is_no_address_is_refused);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

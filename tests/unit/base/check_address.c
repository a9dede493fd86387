/* SPDX-License-Identifier: MIT */
#include "base/address.h"
#include "unit/unit.h"

static const struct {
	const char *list, *address;
	bool listed;
} cases[] = {
	{ "127.0.0.1 ::1", "127.0.0.1", true },
	{ "127.0.0.1 ::1", "::1", true },
	{ "127.0.0.1 ::1", "0:0:0:0:0:0:0:1", true },
	{ "127.0.0.1 ::1", "127.0.0.2", false },
	{ "127.0.0.1,::1", "::1", true },
	{ " , 127.0.0.1 , ", "127.0.0.1", true },
	{ "127.0.0.1", "::ffff:127.0.0.1", true },
	{ "::ffff:127.0.0.1", "127.0.0.1", true },
	{ "10.1.0.0/16", "10.1.255.255", true },
	{ "10.1.0.0/16", "10.2.0.0", false },
	{ "10.1.2.128/25", "10.1.2.127", false },
	{ "10.1.2.128/25", "10.1.2.128", true },
	{ "0.0.0.0/0", "192.0.2.1", true },
	{ "0.0.0.0/0", "2001:db8::1", false },
	{ "::/0", "192.0.2.1", true },
	{ "2001:db8::/33", "2001:db8:7fff::1", true },
	{ "2001:db8::/33", "2001:db8:8000::1", false },
	{ "", "127.0.0.1", false },
	{ "127.0.0.1", "", false },
	{ "127.0.0.1", "unix:", false },
	{ "127.0.0.1", "127.0.0.1 ", false },
	{ "x/0", "127.0.0.1", false },
};

START_TEST(an_address_is_in_a_list)
{
	ck_assert_msg(address_listed(str_span(cases[_i].list),
	    str_span(cases[_i].address)) == cases[_i].listed, "%s: %s",
	    cases[_i].list, cases[_i].address);
}
END_TEST

static const struct {
	const char *list, *bad;
} lists[] = {
	{ "", NULL },
	{ "127.0.0.1 10.0.0.0/8, ::1 fe80::/10", NULL },
	{ "127.0.0.1 localhost", "localhost" },
	{ "10.0.0.0/33", "10.0.0.0/33" },
	{ "::/129", "::/129" },
	{ "::/", "::/" },
	{ "/8", "/8" },
	{ "10.0.0.0/-1", "10.0.0.0/-1" },
	{ "10.0.0/8", "10.0.0/8" },
	{ "1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20",
	    "1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20" },
};

START_TEST(a_list_is_checked)
{
	struct span bad;
	bool valid = address_list_valid(str_span(lists[_i].list), &bad);

	ck_assert_msg(valid == (lists[_i].bad == NULL), "%s", lists[_i].list);
	if (!valid)
		ck_assert(span_is(bad, lists[_i].bad));
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("address");
	TCase *tcase = tcase_create("address");

	tcase_add_loop_test(tcase, an_address_is_in_a_list, 0,
	    (int)COUNT(cases));
	tcase_add_loop_test(tcase, a_list_is_checked, 0, (int)COUNT(lists));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

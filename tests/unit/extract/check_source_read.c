/* SPDX-License-Identifier: MIT */
#include "unit/unit.h"

#include "extract/source_ask.h"

#define NOW 1767225600000 /* 2026-01-01T00:00:00Z */

static const struct {
	const char *retry_after, *reset;
	int64_t want;
} waits[] = {
	{ NULL, NULL, -1 },
	{ "7", NULL, 7000 },
	{ "0", NULL, 0 },
	{ "7", "1767225660", 7000 },
	{ "Thu, 01 Jan 2026 00:00:30 GMT", NULL, 30000 },
	{ "Wed, 31 Dec 2025 23:00:00 GMT", NULL, 0 },
	{ NULL, "1767225660", 60000 },
	{ NULL, "2026-01-01T00:02Z", 120000 },
	{ NULL, "2026-01-01T00:00:05Z", 5000 },
	{ NULL, "soon", -1 },
	{ "soon", "1767225660", 60000 },
	{ "-5", NULL, -1 },
	{ "99999999999999999999", NULL, -1 },
	{ "9223372036854775807", NULL, -1 },
};

START_TEST(the_source_says_how_long_to_wait)
{
	ck_assert_int_eq(source_wait(waits[_i].retry_after, waits[_i].reset,
			     NOW),
	    waits[_i].want);
}
END_TEST

static const struct {
	const char *one, *other;
	bool want;
} hosts[] = {
	{ "https://a.example/x", "https://a.example/y?z", true },
	{ "https://a.example", "https://A.EXAMPLE/", true },
	{ "https://a.example/x", "http://a.example/x", false },
	{ "https://a.example/x", "https://a.example:444/x", false },
	{ "https://a.example/x", "https://a.example.evil/x", false },
	{ "https://a.example/x", "https://a.example@evil/x", false },
	{ "https://a.example/x", "https://evil/https://a.example/", false },
	{ "https://a.example/x", "/y", false },
};

START_TEST(only_the_same_host_is_asked)
{
	ck_assert_int_eq(source_is_same_host(hosts[_i].one, hosts[_i].other),
	    hosts[_i].want);
}
END_TEST

static const struct {
	const char *body, *want;
} sentences[] = {
	{ "{\"message\":\"Not Found\",\"status\":\"404\"}", "Not Found" },
	{ "{\"errorMessages\":[\"No\\nway.\"],\"errors\":{}}", "No way." },
	{ "{\"errorMessages\":[],\"message\":\"m\"}", "m" },
	{ "{\"error\":\"invalid\"}", "invalid" },
	{ "{\"error\":{\"a\":1}}", "" },
	{ "[1]", "" },
	{ "<html>", "" },
	{ "", "" },
};

START_TEST(an_error_has_a_sentence)
{
	struct arena *arena = arena_new(65536);
	struct span body = unit_copy(str_span(sentences[_i].body));

	ck_assert_str_eq(source_sentence(body, arena), sentences[_i].want);
	unit_free(body);
	arena_free(arena);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("source_read");
	TCase *tcase = tcase_create("source_read");

	tcase_add_loop_test(tcase, the_source_says_how_long_to_wait, 0,
	    (int)COUNT(waits));
	tcase_add_loop_test(tcase, only_the_same_host_is_asked, 0,
	    (int)COUNT(hosts));
	tcase_add_loop_test(tcase, an_error_has_a_sentence, 0,
	    (int)COUNT(sentences));
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

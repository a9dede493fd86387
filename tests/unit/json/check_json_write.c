/* SPDX-License-Identifier: MIT */
#include "json/json_write.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "json/json_scan.h"
#include "unit/unit.h"

static struct buf out;
static struct json json;

static void
setup(void)
{
	buf_init(&out, 1 << 20);
	json_init(&json, &out);
}

static void
teardown(void)
{
	buf_free(&out);
}

static const struct {
	struct span text;
	const char *json;
} strings[] = {
	{ LIT(""), "\"\"" },
	{ LIT("plain"), "\"plain\"" },
	{ LIT("\""), "\"\\\"\"" },
	{ LIT("\\"), "\"\\\\\"" },
	{ LIT("/"), "\"/\"" },
	{ LIT("a\nb\tc"), "\"a\\nb\\tc\"" },
	{ LIT("\r\b\f"), "\"\\u000d\\u0008\\u000c\"" },
	{ LIT("\x01\x1f\x7f"), "\"\\u0001\\u001f\x7f\"" },
	{ LIT("a\0b"), "\"a\\u0000b\"" },
	{ LIT("\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"),
	    "\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"" },
	{ LIT("\xff"), "\"\xef\xbf\xbd\"" },
	{ LIT("a\xc3"), "\"a\xef\xbf\xbd\"" },
	{ LIT("\xc3(x"), "\"\xef\xbf\xbd(x\"" },
	{ LIT("\xc0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ LIT("\xed\xa0\x80"), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" },
	{ LIT("\xf4\x90\x80\x80z"),
	    "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz\"" },
};

START_TEST(a_string_is_escaped)
{
	struct span text = unit_copy(strings[_i].text);

	json_span(&json, NULL, text);
	ck_assert_int_eq(buf_done(&out), E_OK);
	unit_span_eq(buf_span(&out), strings[_i].json);
	unit_free(text);
}
END_TEST

START_TEST(every_pair_of_bytes_becomes_a_valid_string)
{
	for (int pair = 0; pair < 65536; pair++) {
		const char bytes[] = { (char)(pair >> 8), (char)pair };
		struct json_member member = { .name = "k" };
		struct json_refusal refusal;
		bool good;

		buf_reset(&out, SIZE_MAX);
		json_init(&json, &out);
		json_object(&json, NULL);
		json_span(&json, "k", (struct span){ bytes, 2 });
		json_end(&json);
		good = json_scan_object(buf_span(&out), &json_limits_default,
		    &member, 1, &refusal);
		/* Only NUL is JSON that we do not take. */
		if (bytes[0] == '\0' || bytes[1] == '\0')
			ck_assert(!good && refusal.flaw == JSON_NUL);
		else
			ck_assert_msg(good, "%04x: %s", (unsigned)pair,
			    out.data);
	}
}
END_TEST

START_TEST(members_and_elements_are_separated_by_commas)
{
	json_object(&json, NULL);
	json_int(&json, "a", 1);
	json_array(&json, "b");
	json_int(&json, NULL, 2);
	json_array(&json, NULL);
	json_end(&json);
	json_object(&json, NULL);
	json_end(&json);
	json_text(&json, NULL, "x");
	json_end(&json);
	json_object(&json, "c");
	json_null(&json, "d");
	json_bool(&json, "e", true);
	json_bool(&json, "f", false);
	json_end(&json);
	json_raw(&json, "g", SPAN_LIT("[1.10]"));
	json_end(&json);
	unit_span_eq(buf_span(&out), "{\"a\":1,\"b\":[2,[],{},\"x\"],"
	    "\"c\":{\"d\":null,\"e\":true,\"f\":false},\"g\":[1.10]}");
}
END_TEST

START_TEST(what_is_absent_is_null)
{
	json_array(&json, NULL);
	json_text(&json, NULL, NULL);
	json_span(&json, NULL, SPAN_NONE);
	json_raw(&json, NULL, SPAN_NONE);
	json_end(&json);
	unit_span_eq(buf_span(&out), "[null,null,null]");
}
END_TEST

START_TEST(integers_keep_all_their_digits)
{
	json_array(&json, NULL);
	json_int(&json, NULL, INT64_MIN);
	json_int(&json, NULL, INT64_MAX);
	json_int(&json, NULL, INT64_C(9007199254740993));
	json_int(&json, NULL, 0);
	json_end(&json);
	unit_span_eq(buf_span(&out), "[-9223372036854775808,"
	    "9223372036854775807,9007199254740993,0]");
}
END_TEST

START_TEST(a_key_is_escaped_like_any_text)
{
	json_object(&json, NULL);
	json_int(&json, "a\"\\\n\xff", 1);
	json_end(&json);
	unit_span_eq(buf_span(&out), "{\"a\\\"\\\\\\n\xef\xbf\xbd\":1}");
}
END_TEST

START_TEST(writing_begins_at_the_end_of_the_buffer)
{
	buf_add_text(&out, "before ");
	json_array(&json, NULL);
	json_end(&json);
	json_init(&json, &out);
	json_array(&json, NULL);
	json_end(&json);
	unit_span_eq(buf_span(&out), "before [][]");
}
END_TEST

START_TEST(sixteen_levels_are_closed_in_order)
{
	for (int i = 0; i < JSON_WRITE_DEPTH; i++) {
		if (i % 2 == 0)
			json_object(&json, NULL);
		else
			json_array(&json, "a");
	}
	for (int i = 0; i < JSON_WRITE_DEPTH; i++)
		json_end(&json);
	unit_span_eq(buf_span(&out), "{\"a\":[{\"a\":[{\"a\":[{\"a\":[{\"a\":["
	    "{\"a\":[{\"a\":[{\"a\":[]}]}]}]}]}]}]}]}");
}
END_TEST

static void
a_key_of_the_outermost_value(void)
{
	json_object(&json, "a");
}

static void
a_member_without_a_key(void)
{
	json_object(&json, NULL);
	json_int(&json, NULL, 1);
}

static void
an_object_without_a_key(void)
{
	json_object(&json, NULL);
	json_object(&json, NULL);
}

static void
a_key_in_an_array(void)
{
	json_array(&json, NULL);
	json_text(&json, "a", "b");
}

static void
a_key_in_an_array_of_an_object(void)
{
	json_object(&json, NULL);
	json_array(&json, "a");
	json_raw(&json, "b", SPAN_LIT("{}"));
}

static void
a_member_without_a_key_behind_an_array(void)
{
	json_object(&json, NULL);
	json_array(&json, "a");
	json_end(&json);
	json_null(&json, NULL);
}

static void
two_outermost_values(void)
{
	json_object(&json, NULL);
	json_end(&json);
	json_object(&json, NULL);
}

static void
two_outermost_numbers(void)
{
	json_int(&json, NULL, 1);
	json_int(&json, NULL, 2);
}

static void
an_end_without_a_beginning(void)
{
	json_array(&json, NULL);
	json_end(&json);
	json_end(&json);
}

static void
seventeen_levels(void)
{
	for (int i = 0; i <= JSON_WRITE_DEPTH; i++)
		json_array(&json, NULL);
}

static void (*const mistakes[])(void) = {
	a_key_of_the_outermost_value,
	a_member_without_a_key,
	an_object_without_a_key,
	a_key_in_an_array,
	a_key_in_an_array_of_an_object,
	a_member_without_a_key_behind_an_array,
	two_outermost_values,
	two_outermost_numbers,
	an_end_without_a_beginning,
	seventeen_levels,
};

/* An assertion ends the child; without assertions its buffer tells. */
START_TEST(a_mistake_is_refused)
{
	pid_t child = fork();
	int status = 0;

	if (child == 0) {
		(void)signal(SIGABRT, SIG_DFL);
		(void)fclose(stderr); /* what the assertion says */
		mistakes[_i]();
		_exit(buf_done(&out) == E_MISTAKE ? 1 : 0);
	}
	ck_assert_int_gt(child, 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
#ifdef NDEBUG
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 1);
#else
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
#endif
}
END_TEST

START_TEST(a_full_buffer_is_told_at_the_end)
{
	buf_free(&out);
	buf_init(&out, (size_t)_i);
	json_object(&json, NULL);
	json_text(&json, "key", "a \"text\"");
	json_int(&json, "n", 12345);
	json_end(&json);
	/* {"key":"a \"text\"","n":12345} */
	ck_assert_int_eq(buf_done(&out), _i < 30 ? E_TOO_LARGE : E_OK);
	ck_assert_uint_le(out.len, (size_t)_i);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("json_write");
	TCase *tcase = tcase_create("json_write");

	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, a_string_is_escaped, 0, (int)COUNT(strings));
	tcase_add_test(tcase, every_pair_of_bytes_becomes_a_valid_string);
	tcase_add_test(tcase, members_and_elements_are_separated_by_commas);
	tcase_add_test(tcase, what_is_absent_is_null);
	tcase_add_test(tcase, integers_keep_all_their_digits);
	tcase_add_test(tcase, a_key_is_escaped_like_any_text);
	tcase_add_test(tcase, writing_begins_at_the_end_of_the_buffer);
	tcase_add_test(tcase, sixteen_levels_are_closed_in_order);
	tcase_add_loop_test(tcase, a_mistake_is_refused, 0,
	    (int)COUNT(mistakes));
	tcase_add_loop_test(tcase, a_full_buffer_is_told_at_the_end, 0, 33);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

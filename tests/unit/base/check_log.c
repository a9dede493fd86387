/* SPDX-License-Identifier: MIT */
#include "base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit/unit.h"

static FILE *caught;
static int real_stderr;
static char text[20000];

static void
setup(void)
{
	caught = tmpfile();
	ck_assert_ptr_nonnull(caught);
	real_stderr = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(fileno(caught), STDERR_FILENO), 0);
	log_set_program("unit");
	log_set_context(NULL, NULL);
	log_set_level(LOG_LEVEL_INFO);
	log_set_trace(NULL);
	log_set_json(false);
}

static void
teardown(void)
{
	(void)dup2(real_stderr, STDERR_FILENO);
	(void)close(real_stderr);
	(void)fclose(caught);
}

/* What was written since the start of the case. */
static const char *
written(void)
{
	ssize_t len = pread(fileno(caught), text, sizeof(text) - 1, 0);

	ck_assert_int_ge(len, 0);
	text[len] = '\0';
	return text;
}

/* Behind the time: the part of a line that can be compared. */
static const char *
after_stamp(void)
{
	const char *line = written();

	ck_assert_uint_gt(strlen(line), 25);
	ck_assert_int_eq(line[23], 'Z');
	ck_assert_int_eq(line[24], ' ');
	return line + 25;
}

START_TEST(a_line_has_time_level_program_event_and_pairs)
{
	char want[200];

	log_info("store", LOG_INT("id", -5), LOG_TEXT("why", "plain"),
	    LOG_SPAN("part", ((struct span){ "abc", 2 })));
	(void)snprintf(want, sizeof(want), "info unit[%d] event=store id=-5"
	    " why=plain part=ab\n", (int)getpid());
	ck_assert_str_eq(after_stamp(), want);
}
END_TEST

static const struct {
	struct span value;
	const char *shown;
} values[] = {
	{ LIT("plain"), " v=plain\n" },
	{ LIT(""), " v=\"\"\n" },
	{ LIT("a b"), " v=\"a b\"\n" },
	{ LIT("a=b"), " v=\"a=b\"\n" },
	{ LIT("a\"b"), " v=\"a\\\"b\"\n" },
	{ LIT("a\\b"), " v=\"a\\\\b\"\n" },
	{ LIT("a\nb"), " v=\"a\\nb\"\n" },
	{ LIT("a\r\n2026-01-01T00:00:00.000Z error x"),
	    " v=\"a\\x0d\\n2026-01-01T00:00:00.000Z error x\"\n" },
	{ LIT("\x1b[31m"), " v=\"\\x1b[31m\"\n" },
	{ LIT("a\0b"), " v=\"a\\x00b\"\n" },
	{ LIT("\x7f"), " v=\"\\x7f\"\n" },
	{ LIT("\xc3\xa9"), " v=\"\xc3\xa9\"\n" },
	{ LIT("%s%n"), " v=%s%n\n" },
	{ { NULL, 0 }, " event=e\n" },
};

START_TEST(a_line_stays_a_line_whatever_the_value)
{
	const char *line;

	log_info("e", LOG_SPAN("v", values[_i].value));
	line = written();
	ck_assert_msg(strlen(line) > strlen(values[_i].shown) &&
	    strcmp(line + strlen(line) - strlen(values[_i].shown),
	    values[_i].shown) == 0, "%s", line);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
}
END_TEST

START_TEST(a_line_that_is_too_long_loses_its_tail_only)
{
	static const char *const units[] = { "x", " ", "\n", "\xc3\xa9",
		"\"" };
	struct span value = unit_repeat("", units[_i], 100000, "");
	const char *line;

	log_warn("long", LOG_INT("first", 1), LOG_SPAN("v", value),
	    LOG_INT("last", 2));
	line = written();
	ck_assert_ptr_nonnull(strstr(line, " event=long first=1 v="));
	ck_assert_uint_le(strlen(line), 8192);
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	unit_free(value);
}
END_TEST

START_TEST(lines_below_the_level_are_left_out)
{
	static const char *const shown[] = { "dive", "ive", "ve", "e" };
	const char *line;
	char events[8] = "";

	log_set_level((enum log_level)_i);
	log_debug("d", LOG_INT("n", 1));
	log_info("i", LOG_INT("n", 1));
	log_warn("v", LOG_INT("n", 1));
	log_error("e", LOG_INT("n", 1));
	for (line = strstr(written(), "event="); line != NULL;
	    line = strstr(line + 1, "event="))
		strncat(events, line + 6, 1);
	ck_assert_str_eq(events, shown[_i]);
}
END_TEST

START_TEST(the_context_is_in_every_line_until_it_is_taken_back)
{
	log_set_context("request_id", "a b");
	log_info("one", LOG_INT("n", 1));
	ck_assert_ptr_nonnull(strstr(written(),
	    " event=one request_id=\"a b\" n=1\n"));
	log_info("two", LOG_INT("n", 2));
	ck_assert_ptr_nonnull(strstr(written(),
	    " event=two request_id=\"a b\" n=2\n"));
	log_set_context("request_id", NULL);
	log_info("three", LOG_INT("n", 3));
	ck_assert_ptr_nonnull(strstr(written(), " event=three n=3\n"));
}
END_TEST

START_TEST(a_context_that_is_too_long_is_cut)
{
	struct span value = unit_repeat("", "x", 1000, "");

	log_set_context("a_key_that_is_much_too_long", value.at);
	log_info("e", LOG_INT("n", 1));
	ck_assert_ptr_nonnull(strstr(written(), " event=e a_key_that_is_m=xx"));
	ck_assert_ptr_nonnull(strstr(written(), "x n=1\n"));
	ck_assert_uint_lt(strlen(written()), 300);
	unit_free(value);
}
END_TEST

START_TEST(lines_are_kept_and_written_together)
{
	struct span value = unit_repeat("", "x", 900, "");
	size_t before;

	log_gather(true);
	log_info("one", LOG_INT("n", 1));
	log_info("two", LOG_INT("n", 2));
	ck_assert_str_eq(written(), "");
	log_gather(false);
	ck_assert_ptr_nonnull(strstr(written(), " event=one n=1\n"));
	ck_assert_ptr_nonnull(strstr(written(), " event=two n=2\n"));
	before = strlen(written());
	/* Whole lines, when there is no room for one more; and a long one. */
	log_gather(true);
	for (int i = 0; i < 5; i++)
		log_info("long", LOG_TEXT("text", value.at));
	ck_assert_uint_gt(strlen(written()) - before, 4 * 900);
	ck_assert_uint_lt(strlen(written()) - before, 5 * 900);
	ck_assert_int_eq(written()[strlen(written()) - 1], '\n');
	log_gather(false);
	ck_assert_uint_gt(strlen(written()) - before, 5 * 900);
	unit_free(value);
	value = unit_repeat("", "x", 6000, "");
	log_gather(true);
	log_info("first", LOG_INT("n", 1));
	log_info("longer", LOG_TEXT("text", value.at));
	ck_assert_ptr_nonnull(strstr(written(), " event=first n=1\n"));
	ck_assert_ptr_nonnull(strstr(written(), " event=longer text=xxx"));
	log_info("kept", LOG_INT("n", 1));
	log_warn("warning", LOG_INT("n", 1));
	ck_assert_ptr_nonnull(strstr(written(), " event=kept n=1\n"));
	ck_assert_ptr_nonnull(strstr(written(), " event=warning n=1\n"));
	log_gather(false);
	log_info("alone", LOG_INT("n", 1));
	ck_assert_ptr_nonnull(strstr(written(), " event=alone n=1\n"));
	unit_free(value);
}
END_TEST

START_TEST(nobody_listening_is_no_trouble)
{
	(void)close(STDERR_FILENO);
	log_error("e", LOG_INT("n", 1));
	ck_assert_int_eq(dup2(fileno(caught), STDERR_FILENO), STDERR_FILENO);
	ck_assert_str_eq(written(), "");
}
END_TEST

#define TRACE "0af7651916cd43dd8448eb211c80319c"
static const char traceparent[] = "00-" TRACE "-b7ad6b7169203331-01";

START_TEST(the_trace_is_in_every_line_until_it_is_taken_back)
{
	log_set_context("request_id", "r");
	log_set_trace(traceparent);
	log_info("one", LOG_INT("n", 1));
	ck_assert_ptr_nonnull(strstr(written(),
	    " event=one request_id=r trace_id=" TRACE " n=1\n"));
	log_set_trace("00-0af7");
	log_info("two", LOG_INT("n", 2));
	ck_assert_ptr_nonnull(strstr(written(), " event=two request_id=r n=2"));
}
END_TEST

/* Behind a string of JSON, or NULL where it is none. */
static const char *
after_string(const char *at)
{
	if (*at++ != '"')
		return NULL;
	for (; *at != '"'; at++) {
		if ((unsigned char)*at < ' ')
			return NULL;
		if (*at != '\\')
			continue;
		at++;
		if (*at == 'u' && strspn(at + 1, "0123456789abcdef") >= 4)
			at += 4;
		else if (strchr("\"\\n", *at) == NULL || *at == '\0')
			return NULL;
	}
	return at + 1;
}

/* The one line that was written: an object of texts and integers. */
static const char *
json_line(void)
{
	const char *line = written(), *at = line;
	bool ok = *at == '{' && span_utf8_chars(str_span(line)) != SIZE_MAX &&
	    strlen(line) <= 8192;

	while (ok && (*at == '{' || *at == ',')) {
		at = after_string(at + 1);
		ok = at != NULL && *at++ == ':';
		if (ok && *at == '"')
			at = after_string(at);
		else if (ok)
			at += strspn(at, "-0123456789");
		ok = ok && at != NULL;
	}
	ck_assert_msg(ok && strcmp(at, "}\n") == 0, "%.200s", line);
	return line;
}

START_TEST(a_line_of_json_has_the_same)
{
	char want[400];

	log_set_json(true);
	log_set_context("request_id", "r");
	log_set_trace(traceparent);
	log_warn("store", LOG_INT("id", -5), LOG_TEXT("none", NULL),
	    LOG_TEXT("why", "a b"));
	(void)snprintf(want, sizeof(want), "Z\",\"level\":\"warn\","
	    "\"program\":\"unit\",\"pid\":%d,\"event\":\"store\","
	    "\"request_id\":\"r\","
	    "\"trace_id\":\"" TRACE "\",\"id\":-5,\"why\":\"a b\"}\n", (int)getpid());
	ck_assert_int_eq(strncmp(json_line(), "{\"time\":\"", 9), 0);
	ck_assert_str_eq(written() + 32, want);
}
END_TEST

static const struct {
	struct span value;
	const char *shown;
} json_values[] = {
	{ LIT("a\"b\\c"), "\"a\\\"b\\\\c\"" },
	{ LIT("a\nb\r\t"), "\"a\\nb\\u000d\\u0009\"" },
	{ LIT("a\0b\x7f\x1b"), "\"a\\u0000b\\u007f\\u001b\"" },
	{ LIT("\xc3\xa9 \xf0\x9f\x99\x82"), "\"\xc3\xa9 \xf0\x9f\x99\x82\"" },
	{ LIT("\xed\xa0\x80"), "\"\\ufffd\\ufffd\\ufffd\"" },
	{ LIT("\",\"level\":\"error"), "\"\\\",\\\"level\\\":\\\"error\"" },
};

START_TEST(hostile_bytes_stay_in_their_text)
{
	char want[200];

	log_set_json(true);
	log_info("e", LOG_SPAN("v", json_values[_i].value));
	(void)snprintf(want, sizeof(want), "\"event\":\"e\",\"v\":%s}\n",
	    json_values[_i].shown);
	ck_assert_msg(strstr(json_line(), want) != NULL, "%s", written());
}
END_TEST

START_TEST(a_line_of_json_that_is_too_long_loses_no_pair)
{
	static const char *const units[] = { "x", "\n", "\xff", "\xc3\xa9" };
	struct span value = unit_repeat("", units[_i], 100000, "");

	log_set_json(true);
	log_set_context("request_id", value.at);
	log_warn("long", LOG_INT("first", 1), LOG_SPAN("v", value),
	    LOG_SPAN("w", value), LOG_INT("last", INT64_MAX));
	ck_assert_uint_gt(strlen(json_line()), 7000);
	ck_assert_ptr_nonnull(strstr(written(), ",\"w\":\""));
	ck_assert_ptr_nonnull(strstr(written(), ",\"last\":922337203685"));
	unit_free(value);
}
END_TEST

/* As systemd.exec(5) has it; of another file it says nothing. */
START_TEST(lines_have_their_priority_where_the_journal_reads_them)
{
	static const char *const shown[] = { "<7>", "<6>", "<4>", "<3>",
		"202" };
	char stream[64];
	struct stat file;

	ck_assert_int_eq(fstat(STDERR_FILENO, &file), 0);
	(void)snprintf(stream, sizeof(stream), "%ju:%ju",
	    (uintmax_t)file.st_dev, (uintmax_t)file.st_ino + (_i == 4));
	ck_assert_int_eq(setenv("JOURNAL_STREAM", stream, 1), 0);
	log_set_program("unit");
	log_set_level(LOG_LEVEL_DEBUG);
	log_write(_i == 4 ? LOG_LEVEL_INFO : (enum log_level)_i, "e", NULL, 0);
	ck_assert_int_eq(strncmp(written(), shown[_i], 3), 0);
	ck_assert_int_eq(unsetenv("JOURNAL_STREAM"), 0);
}
END_TEST

START_TEST(the_last_words_are_a_line_of_either_kind)
{
	log_set_trace(traceparent);
	log_last_words("watchdog", "leaving");
	ck_assert_str_eq(written(), "error event=watchdog trace_id=" TRACE
	    " text=\"leaving\"\n");
	ck_assert_int_eq(ftruncate(STDERR_FILENO, 0), 0);
	ck_assert_int_eq(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
	log_set_json(true);
	log_set_trace(NULL);
	log_last_words("watchdog", "leaving");
	ck_assert_str_eq(json_line(), "{\"level\":\"error\",\"program\":"
	    "\"unit\",\"event\":\"watchdog\",\"text\":\"leaving\"}\n");
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("log");
	TCase *tcase = tcase_create("log");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, a_line_has_time_level_program_event_and_pairs);
	tcase_add_loop_test(tcase, a_line_stays_a_line_whatever_the_value, 0,
	    (int)COUNT(values));
	tcase_add_loop_test(tcase, a_line_that_is_too_long_loses_its_tail_only,
	    0, 5);
	tcase_add_loop_test(tcase, lines_below_the_level_are_left_out, 0, 4);
	tcase_add_test(tcase,
	    the_context_is_in_every_line_until_it_is_taken_back);
	tcase_add_test(tcase, a_context_that_is_too_long_is_cut);
	tcase_add_test(tcase, lines_are_kept_and_written_together);
	tcase_add_test(tcase, nobody_listening_is_no_trouble);
	tcase_add_test(tcase,
	    the_trace_is_in_every_line_until_it_is_taken_back);
	tcase_add_test(tcase, a_line_of_json_has_the_same);
	tcase_add_loop_test(tcase, hostile_bytes_stay_in_their_text, 0,
	    (int)COUNT(json_values));
	tcase_add_loop_test(tcase,
	    a_line_of_json_that_is_too_long_loses_no_pair, 0, 4);
	tcase_add_loop_test(tcase,
	    lines_have_their_priority_where_the_journal_reads_them, 0, 5);
	tcase_add_test(tcase, the_last_words_are_a_line_of_either_kind);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

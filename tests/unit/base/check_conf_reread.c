/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/conf.h"
#include "unit/unit.h"

#define ROWS \
	SETTING(TEXT, name, "standard", "UNIT_NAME", "What it is called") \
	SETTING(LIVE_CHOICE, color, "red", "red|green", "UNIT_COLOR", \
	    "What it looks like") \
	SETTING(LIVE_NUMBER, count, 5, -10, 1000, "UNIT_COUNT", \
	    "How many there are") \
	SETTING(FLAG, enabled, true, "UNIT_ENABLED", "Whether it does") \
	SETTING(NUMBER, size, 1, 0, 9, "UNIT_SIZE", "How large it is")

struct owner {
#define SETTING(kind, ...) CONF_MEMBER_##kind(__VA_ARGS__)
	ROWS
#undef SETTING
};

static const struct conf_row rows[] = {
#define SETTING(kind, ...) CONF_ROW_##kind(struct owner, __VA_ARGS__)
	ROWS
#undef SETTING
};

/* Two owners, and what was read before. */
static struct owner owner;
static struct conf_set sets[] = {
	{ rows, 2, &owner, NULL },
	{ rows + 2, 3, &owner, NULL },
};
static struct conf_set *last;
static struct buf taken, left;
static struct diag diag;
static char *path;

static void
write_file(const char *text)
{
	if (path != NULL)
		unit_unlink(path);
	path = unit_file(text);
}

static void
setup(void)
{
	path = NULL;
	write_file("name = a\ncolor = red\ncount = 7\n");
	memset(&owner, 0, sizeof(owner));
	diag_clear(&diag);
	buf_init(&taken, 1000);
	buf_init(&left, 1000);
	ck_assert_int_eq(conf_read(sets, COUNT(sets), path, &diag), E_OK);
	last = conf_copy_new(sets, COUNT(sets));
	ck_assert_ptr_nonnull(last);
	ck_assert_int_eq(conf_read(last, COUNT(sets), path, &diag), E_OK);
}

static void
teardown(void)
{
	conf_copy_free(last, COUNT(sets));
	conf_free(sets, COUNT(sets));
	buf_free(&taken);
	buf_free(&left);
	unit_unlink(path);
}

static enum err
reread(void)
{
	buf_reset(&taken, 1000);
	buf_reset(&left, 1000);
	return conf_reread(sets, last, COUNT(sets), path, &taken, &left,
	    &diag);
}

static const char *
names(const struct buf *buf)
{
	return buf->len == 0 ? "" : buf->data;
}

static const struct {
	const char *text;
	const char *taken, *left;
	const char *color;
	int count;
} files[] = {
	{ "name = a\ncolor = red\ncount = 7\n", "", "", "red", 7 },
	{ "name = a\ncolor = green\ncount = 7\n", "color", "", "green", 7 },
	{ "name = a\ncolor = green\ncount = 8\n", "color count", "", "green",
	    8 },
	{ "", "count", "name", "red", 5 },
	{ "name = b\ncolor = red\ncount = 7\nenabled = off\nsize = 2\n", "",
	    "name enabled size", "red", 7 },
};

START_TEST(live_values_are_taken_and_others_named)
{
	write_file(files[_i].text);
	ck_assert_msg(reread() == E_OK, "%s", diag.text);
	ck_assert_str_eq(names(&taken), files[_i].taken);
	ck_assert_str_eq(names(&left), files[_i].left);
	ck_assert_str_eq(owner.color, files[_i].color);
	ck_assert_int_eq(owner.count, files[_i].count);
	ck_assert_str_eq(owner.name, "a");
	ck_assert_int_eq(owner.enabled, true);
	ck_assert_int_eq(owner.size, 1);
	/* Again: nothing is new, and what was left is left. */
	ck_assert_int_eq(reread(), E_OK);
	ck_assert_str_eq(names(&taken), "");
	ck_assert_str_eq(names(&left), files[_i].left);
}
END_TEST

static const char *const wrong[] = { "color = green\ncount = 2000\n",
	"color = green\nnonsense = 1\n", "color = green\ncount\n" };

START_TEST(of_a_wrong_file_nothing_is_taken)
{
	write_file(wrong[_i]);
	ck_assert_int_eq(reread(), E_SETTING);
	ck_assert_str_eq(owner.color, "red");
	ck_assert_int_eq(owner.count, 7);
	ck_assert_str_eq(names(&taken), "");
}
END_TEST

START_TEST(the_environment_still_wins)
{
	write_file("name = a\ncolor = red\ncount = 9\n");
	ck_assert_int_eq(setenv("UNIT_COUNT", "7", 1), 0);
	ck_assert_int_eq(reread(), E_OK);
	ck_assert_int_eq(unsetenv("UNIT_COUNT"), 0);
	ck_assert_int_eq(owner.count, 7);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf_reread");
	TCase *tcase = tcase_create("conf_reread");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase, live_values_are_taken_and_others_named, 0,
	    (int)COUNT(files));
	tcase_add_loop_test(tcase, of_a_wrong_file_nothing_is_taken, 0,
	    (int)COUNT(wrong));
	tcase_add_test(tcase, the_environment_still_wins);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "base/conf.h"

#include <stdlib.h>
#include <string.h>

#include "unit/unit.h"

#define ROWS \
	SETTING(TEXT, name, "standard", "UNIT_NAME", "What it is called") \
	SETTING(CHOICE, color, "red", "red|green|blue", "UNIT_COLOR", \
	    "What it looks like") \
	SETTING(SECRET, password, "", "UNIT_PASSWORD", "What nobody may see") \
	SETTING(NUMBER, count, 5, -10, 1000, "UNIT_COUNT", \
	    "How many there are") \
	SETTING(FLAG, enabled, true, "UNIT_ENABLED", \
	    "Whether it does anything")

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
static const char *const variables[] = { "UNIT_NAME", "UNIT_COLOR",
	"UNIT_PASSWORD", "UNIT_COUNT", "UNIT_ENABLED" };

/* Two owners: the first two rows and the others. */
static struct owner owner;
static struct conf_set sets[] = {
	{ rows, 2, &owner, NULL },
	{ rows + 2, 3, &owner, NULL },
};
static struct diag diag;

static void
setup(void)
{
	for (size_t i = 0; i < COUNT(variables); i++)
		ck_assert_int_eq(unsetenv(variables[i]), 0);
	memset(&owner, 0, sizeof(owner));
	diag_clear(&diag);
}

static void
teardown(void)
{
	conf_free(sets, COUNT(sets));
}

/* Read a file of this text; NULL for no file. */
static enum err
read_text(const char *text)
{
	char *path;
	enum err rc;

	if (text == NULL)
		return conf_read(sets, COUNT(sets), NULL, &diag);
	path = unit_file(text);
	rc = conf_read(sets, COUNT(sets), path, &diag);
	unit_unlink(path);
	return rc;
}

static const struct {
	const char *file;
	const char *variable;
	const char *value;
	const char *name, *color, *password;
	int64_t count;
	bool enabled;
} good[] = {
	{ NULL, NULL, NULL, "standard", "red", "", 5, true },
	{ "", NULL, NULL, "standard", "red", "", 5, true },
	{ "# name = x\n\n \t \n  # y\n", NULL, NULL, "standard", "red", "", 5,
	    true },
	{ "name = x\ncount = 7\nenabled = off\npassword = p\ncolor = blue\n",
	    NULL, NULL, "x", "blue", "p", 7, false },
	{ "name=x", NULL, NULL, "x", "red", "", 5, true },
	{ "\tname\t=\t x y = z \t\n", NULL, NULL, "x y = z", "red", "", 5, true },
	{ "name =\n", NULL, NULL, "", "red", "", 5, true },
	{ "name = # x\n", NULL, NULL, "# x", "red", "", 5, true },
	{ "name = x\nname = y\n", NULL, NULL, "y", "red", "", 5, true },
	{ "count = -10\n", NULL, NULL, "standard", "red", "", -10, true },
	{ "count = 1000\n", NULL, NULL, "standard", "red", "", 1000, true },
	{ NULL, "UNIT_COUNT", "8", "standard", "red", "", 8, true },
	{ "count = 7\n", "UNIT_COUNT", "8", "standard", "red", "", 8, true },
	{ "name = x\n", "UNIT_NAME", "", "", "red", "", 5, true },
	{ "name = x\n", "UNIT_NAME", " y ", " y ", "red", "", 5, true },
	{ "color = blue\n", "UNIT_COLOR", "green", "standard", "green", "", 5,
	    true },
	{ "enabled = on\n", "UNIT_ENABLED", "off", "standard", "red", "", 5,
	    false },
	{ "password = p\n", "UNIT_PASSWORD", "q", "standard", "red", "q", 5,
	    true },
};

START_TEST(the_environment_wins_over_the_file_over_the_default)
{
	if (good[_i].variable != NULL)
		ck_assert_int_eq(setenv(good[_i].variable, good[_i].value, 1),
		    0);
	ck_assert_msg(read_text(good[_i].file) == E_OK, "%s", diag.text);
	ck_assert_str_eq(owner.name, good[_i].name);
	ck_assert_str_eq(owner.color, good[_i].color);
	ck_assert_str_eq(owner.password, good[_i].password);
	ck_assert_int_eq(owner.count, good[_i].count);
	ck_assert_int_eq(owner.enabled, good[_i].enabled);
}
END_TEST

static const struct {
	const char *file;
	const char *variable;
	const char *value;
	const char *words[2]; /* that must stand in the message */
} bad[] = {
	{ "nam = x\n", NULL, NULL, { ":1: ", "nam;" } },
	{ "# one\n\nNAME = x\n", NULL, NULL, { ":3: ", "NAME;" } },
	{ "name2 = x\n", NULL, NULL, { ":1: ", "name2;" } },
	{ "= x\n", NULL, NULL, { ":1: ", "no setting" } },
	{ "name = x\nname x\n", NULL, NULL, { ":2: ", "name = value" } },
	{ "count = 1001\n", NULL, NULL, { "count", "-10 to 1000" } },
	{ "count = -11\n", NULL, NULL, { ":1: ", "count" } },
	{ "count = 5x\n", NULL, NULL, { ":1: ", "count" } },
	{ "count = 5.0\n", NULL, NULL, { ":1: ", "count" } },
	{ "count =\n", NULL, NULL, { ":1: ", "count" } },
	{ "count = 99999999999999999999\n", NULL, NULL, { ":1: ", "count" } },
	{ "enabled = true\n", NULL, NULL, { "enabled", "on or off" } },
	{ "enabled = o\n", NULL, NULL, { ":1: ", "enabled" } },
	{ "color = gre\n", NULL, NULL, { "color", "red|green|blue" } },
	{ "color = red|green\n", NULL, NULL, { ":1: ", "color" } },
	{ "color =\n", NULL, NULL, { ":1: ", "color" } },
	{ "color = Red\n", NULL, NULL, { ":1: ", "color" } },
	{ NULL, "UNIT_COUNT", "", { "UNIT_COUNT: ", "count" } },
	{ NULL, "UNIT_COUNT", "many", { "UNIT_COUNT: ", "count" } },
	{ "count = 7\n", "UNIT_COUNT", "1001", { "UNIT_COUNT: ", "count" } },
	{ NULL, "UNIT_COLOR", "pink", { "UNIT_COLOR: ", "color" } },
};

START_TEST(a_bad_setting_is_named_with_its_place)
{
	if (bad[_i].variable != NULL)
		ck_assert_int_eq(setenv(bad[_i].variable, bad[_i].value, 1), 0);
	ck_assert_int_eq(read_text(bad[_i].file), E_SETTING);
	for (size_t i = 0; i < COUNT(bad[_i].words); i++)
		ck_assert_msg(strstr(diag.text, bad[_i].words[i]) != NULL,
		    "no '%s' in '%s'", bad[_i].words[i], diag.text);
	ck_assert_str_eq(diag.client, "");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
	ck_assert_int_eq(conf_read(sets, COUNT(sets), "/nowhere/unit.conf",
	    &diag), E_SETTING);
	ck_assert_ptr_nonnull(strstr(diag.text, "/nowhere/unit.conf"));
}
END_TEST

START_TEST(a_message_never_shows_a_secret)
{
	static const char *const files[] = {
		"password = hush\nnam = x\n",
		"password = hush\ncount = x\n",
		"password hush\n",
		"password: hush\n",
	};

	ck_assert_int_eq(read_text(files[_i]), E_SETTING);
	ck_assert_ptr_null(strstr(diag.text, "hush"));
}
END_TEST

/* What conf_dump() prints. Owns: you free() it. */
static char *
dump(void)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	ck_assert_ptr_nonnull(out);
	conf_dump(sets, COUNT(sets), out);
	ck_assert_int_eq(fclose(out), 0);
	return text;
}

START_TEST(a_dump_masks_secrets)
{
	char *text;

	ck_assert_int_eq(read_text("password = hush\n"), E_OK);
	text = dump();
	ck_assert_ptr_null(strstr(text, "hush"));
	ck_assert_ptr_nonnull(strstr(text, "password = ********\n"));
	free(text);
	conf_free(sets, COUNT(sets));
	ck_assert_int_eq(read_text(NULL), E_OK);
	text = dump();
	ck_assert_ptr_nonnull(strstr(text, "password = \n"));
	free(text);
}
END_TEST

START_TEST(a_dump_documents_each_setting_and_can_be_read)
{
	char *text;

	ck_assert_int_eq(read_text("name = x y\ncount = -3\nenabled = off\n"
	    "color = green\n"), E_OK);
	text = dump();
	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert_ptr_nonnull(strstr(text, rows[i].help));
		ck_assert_ptr_nonnull(strstr(text, rows[i].environment));
	}
	ck_assert_ptr_nonnull(strstr(text, "(-10 to 1000)"));
	ck_assert_ptr_nonnull(strstr(text, "(red|green|blue)"));
	conf_free(sets, COUNT(sets));
	ck_assert_msg(read_text(text) == E_OK, "%s", diag.text);
	ck_assert_str_eq(owner.name, "x y");
	ck_assert_str_eq(owner.color, "green");
	ck_assert_int_eq(owner.count, -3);
	ck_assert_int_eq(owner.enabled, 0);
	free(text);
}
END_TEST

START_TEST(freeing_twice_is_fine)
{
	ck_assert_int_eq(read_text("name = x\n"), E_OK);
	conf_free(sets, COUNT(sets));
	ck_assert_ptr_null(owner.name);
	conf_free(sets, COUNT(sets));
	conf_free(NULL, 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("conf");
	TCase *tcase = tcase_create("conf");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_loop_test(tcase,
	    the_environment_wins_over_the_file_over_the_default, 0,
	    (int)COUNT(good));
	tcase_add_loop_test(tcase, a_bad_setting_is_named_with_its_place, 0,
	    (int)COUNT(bad));
	tcase_add_test(tcase, a_missing_file_is_named);
	tcase_add_loop_test(tcase, a_message_never_shows_a_secret, 0, 4);
	tcase_add_test(tcase, a_dump_masks_secrets);
	tcase_add_test(tcase, a_dump_documents_each_setting_and_can_be_read);
	tcase_add_test(tcase, freeing_twice_is_fine);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

/* SPDX-License-Identifier: MIT */
#include "base/file.h"
#include "unit/unit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static struct diag diag;

static void
setup(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/check-file-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	diag_clear(&diag);
}

/* Remove the folder. Gives: how many files were in it. */
static int
empty(void)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 ||
		    strcmp(entry->d_name, "..") == 0)
			continue;
		count++;
		(void)unlinkat(dirfd(dir), entry->d_name, 0);
	}
	(void)closedir(dir);
	(void)rmdir(folder);
	return count;
}

static size_t
read_back(const char *name, char *text, size_t size)
{
	char path[128];
	struct stat seen;
	FILE *file;
	size_t len;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	ck_assert_int_eq(stat(path, &seen), 0);
	ck_assert_uint_eq(seen.st_mode & 0777u, 0644);
	file = fopen(path, "r");
	ck_assert_ptr_nonnull(file);
	len = fread(text, 1, size, file);
	(void)fclose(file);
	return len;
}

START_TEST(a_file_is_written_and_written_anew)
{
	mode_t before = umask(0077);
	char text[16];

	ck_assert_int_eq(file_replace(folder, "a.svg", SPAN_LIT("first"),
	    &diag), E_OK);
	ck_assert_uint_eq(read_back("a.svg", text, sizeof(text)), 5);
	ck_assert_int_eq(file_replace(folder, "a.svg", SPAN_LIT("n\0w"),
	    &diag), E_OK);
	(void)umask(before);
	ck_assert_uint_eq(read_back("a.svg", text, sizeof(text)), 3);
	ck_assert(memcmp(text, "n\0w", 3) == 0);
	ck_assert_int_eq(empty(), 1);
}
END_TEST

START_TEST(a_folder_that_is_not_there_is_told)
{
	ck_assert_int_eq(empty(), 0);
	ck_assert_int_eq(file_replace(folder, "a", SPAN_LIT("x"), &diag),
	    E_SYSTEM);
	ck_assert_ptr_nonnull(strstr(diag.text, folder));
	ck_assert_str_eq(diag.client, "");
}
END_TEST

START_TEST(what_cannot_be_named_leaves_nothing)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "%s/a", folder);
	ck_assert_int_eq(mkdir(path, 0755), 0);
	ck_assert_int_eq(file_replace(folder, "a", SPAN_LIT("x"), &diag),
	    E_SYSTEM);
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(empty(), 0);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("file");
	TCase *tcase = tcase_create("file");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, a_file_is_written_and_written_anew);
	tcase_add_test(tcase, a_folder_that_is_not_there_is_told);
	tcase_add_test(tcase, what_cannot_be_named_leaves_nothing);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}

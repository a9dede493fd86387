/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the file of settings. What is taken has a value for every row,
 * within its limits, and can be shown; what is not is told in one sentence.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/str.h"
#include "http/http_conf.h"

#include "fuzz.h"

static void
check(const struct conf_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		const struct conf_row *row = &set->rows[i];
		const void *at = (const char *)set->values + row->offset;

		if (row->kind == CONF_NUMBER) {
			const int64_t *number = at;

			must(*number >= row->least && *number <= row->most);
		} else if (row->kind != CONF_FLAG) {
			must(*(char *const *)at != NULL);
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct http_settings settings;
	struct conf_set set = { http_conf_rows, http_conf_count, &settings,
		NULL };
	struct diag diag;
	char path[64];
	FILE *nowhere;
	int fd = memfd_create("conf", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	memset(&settings, 0, sizeof(settings));
	diag_clear(&diag);
	if (conf_read(&set, 1, path, &diag) == E_OK) {
		check(&set);
		nowhere = fopen("/dev/null", "w");
		must(nowhere != NULL);
		conf_dump(&set, 1, nowhere);
		(void)fclose(nowhere);
	} else {
		must(diag.text[0] != '\0');
	}
	conf_free(&set, 1);
	(void)close(fd);
	return 0;
}

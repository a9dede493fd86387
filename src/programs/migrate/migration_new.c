/* SPDX-License-Identifier: MIT */
#include "programs/migrate/migration_new.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define NAME_BYTES 80

/* A name with nothing in it that a file's name may not hold. */
static void
clean_name(const char *name, char ret_clean[NAME_BYTES])
{
	size_t len = 0;

	for (; *name != '\0' && len < NAME_BYTES - 1; name++) {
		const bool upper = *name >= 'A' && *name <= 'Z';
		const char c = upper ? (char)(*name - 'A' + 'a') : *name;

		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
			ret_clean[len++] = c;
		else if (len > 0 && ret_clean[len - 1] != '_')
			ret_clean[len++] = '_';
	}
	while (len > 0 && ret_clean[len - 1] == '_')
		len--;
	ret_clean[len] = '\0';
}

static enum err
write_new(const char *path, const char *text, struct diag *diag)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0666);
	const size_t len = strlen(text);
	enum err rc = E_OK;

	if (fd < 0)
		return diag_set(diag, E_SETTING, "%s: %s", path,
		    strerror(errno));
	if (write(fd, text, len) != (ssize_t)len)
		rc = diag_set(diag, E_SYSTEM, "%s: cannot write", path);
	if (close(fd) != 0 && rc == E_OK)
		rc = diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
	return rc;
}

enum err
migration_new(const struct migration_files *files, const char *name,
    bool dry_run, struct arena *arena, struct migration_file *ret_file,
    struct diag *diag)
{
	const int number = files->count == 0 ?
	    1 :
	    files->files[files->count - 1].number + 1;
	struct migration_file file = { .number = number };
	const char *up_text, *down_text;
	char clean[NAME_BYTES];
	enum err rc;

	clean_name(name, clean);
	if (clean[0] == '\0')
		return diag_set(diag, E_USAGE,
		    "\"%s\" has no letter or digit for a file's name", name);
	if (number > MIGRATION_NUMBER_MAX)
		return diag_set(diag, E_USAGE, "all numbers are used up");
	file.stem = arena_printf(arena, "%04d_%s", number, clean);
	file.up = arena_printf(arena, "%s/%s" MIGRATION_UP_END, files->dir,
	    file.stem);
	file.down = arena_printf(arena, "%s/%s" MIGRATION_DOWN_END, files->dir,
	    file.stem);
	up_text = arena_printf(arena,
	    "-- What %s adds, and why.\n"
	    "--\n-- It runs as one transaction: write no BEGIN or COMMIT."
	    " Once applied\n-- anywhere it is not changed any more; the next"
	    " migration corrects it.\n\n",
	    file.stem);
	down_text = arena_printf(arena,
	    "-- Take back exactly what"
	    " %s" MIGRATION_UP_END " did.\n\n",
	    file.stem);
	rc = arena_done(arena, diag);
	if (rc != E_OK)
		return rc;
	*ret_file = file;
	if (dry_run)
		return E_OK;
	rc = write_new(file.up, up_text, diag);
	if (rc != E_OK)
		return rc;
	rc = write_new(file.down, down_text, diag);
	if (rc != E_OK)
		(void)unlink(file.up);
	return rc;
}

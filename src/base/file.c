/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err
fail(struct diag *diag, const char *what, const char *folder)
{
	return diag_set(diag, E_SYSTEM, "%s in %s: %s", what, folder,
	    strerror(errno));
}

static bool
write_all(int fd, struct span bytes)
{
	while (bytes.len > 0) {
		ssize_t n = write(fd, bytes.at, bytes.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes.at += n;
		bytes.len -= (size_t)n;
	}
	return true;
}

/* Write the new file beside the old one, on the disk. */
static enum err
write_new(int dir, const char *folder, const char *name, struct span bytes,
    struct diag *diag)
{
	int fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    0644);
	enum err rc = E_OK;

	if (fd < 0)
		return fail(diag, "cannot make a file", folder);
	/* Whatever the umask is: another program serves it. */
	if (!write_all(fd, bytes) || fchmod(fd, 0644) < 0 || fsync(fd) < 0)
		rc = fail(diag, "cannot write a file", folder);
	if (close(fd) < 0 && rc == E_OK)
		rc = fail(diag, "cannot write a file", folder);
	return rc;
}

enum err
file_replace(const char *folder, const char *name, struct span bytes,
    struct diag *diag)
{
	char draft[300];
	enum err rc;
	int dir, len;

	assert(name[0] != '.' && strchr(name, '/') == NULL);
	len = snprintf(draft, sizeof(draft), ".%s.%ld", name, (long)getpid());
	if (len < 0 || (size_t)len >= sizeof(draft))
		return diag_set(diag, E_SYSTEM, "a file's name is too long");
	dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return fail(diag, "cannot open the folder", folder);
	(void)unlinkat(dir, draft, 0); /* of a process that died with our id */
	rc = write_new(dir, folder, draft, bytes, diag);
	if (rc == E_OK && renameat(dir, draft, dir, name) < 0)
		rc = fail(diag, "cannot name a file", folder);
	if (rc == E_OK && fsync(dir) < 0)
		rc = fail(diag, "cannot keep a file", folder);
	if (rc != E_OK)
		(void)unlinkat(dir, draft, 0);
	(void)close(dir);
	return rc;
}

/* Write all of it to the draft, on the disk. */
static bool
write_draft(const char *draft, mode_t mode, gid_t group, struct span bytes)
{
	int fd = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool written = fd >= 0 && write_all(fd, bytes) &&
	    (group == (gid_t)-1 || fchown(fd, (uid_t)-1, group) == 0) &&
	    fchmod(fd, mode) == 0 && fsync(fd) == 0;

	return (fd < 0 || close(fd) == 0) && written;
}

enum err
file_create(const char *path, mode_t mode, gid_t group, struct span bytes,
    bool *ret_made, struct diag *diag)
{
	char draft[PATH_MAX];
	int len = snprintf(draft, sizeof(draft), "%s.%ld", path,
	    (long)getpid());
	bool failed;

	*ret_made = false;
	if (access(path, F_OK) == 0)
		return E_OK;
	if (len < 0 || (size_t)len >= sizeof(draft))
		return diag_set(diag, E_SYSTEM, "a file's name is too long");
	(void)unlink(draft); /* of a process that died with our id */
	failed = !write_draft(draft, mode, group, bytes);
	/* link(2) rather than rename(2): what came meanwhile stays. */
	if (!failed) {
		*ret_made = link(draft, path) == 0;
		failed = !*ret_made && errno != EEXIST;
	}
	if (failed)
		(void)diag_set(diag, E_SYSTEM, "%s: %s", path, strerror(errno));
	(void)unlink(draft);
	return failed ? E_SYSTEM : E_OK;
}

bool
file_is_private(const char *path)
{
	struct stat about;

	return stat(path, &about) != 0 ||
	    (about.st_mode & (S_IROTH | S_IWOTH)) == 0;
}

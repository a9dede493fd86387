/* SPDX-License-Identifier: MIT */
#include "base/shared.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC 0x70657462u

uint32_t
shared_layout(uint32_t hash, const char *text)
{
	if (hash == 0)
		hash = 2166136261u;
	for (const char *c = text; *c != '\0'; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619u;
	return hash;
}

/* The file that is there, if it is of this layout. */
static void *
open_there(const char *path, uint32_t layout, size_t size)
{
	struct shared_head *there = NULL;
	struct stat stat;
	int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0)
		return NULL;
	if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) &&
	    stat.st_size == (off_t)size) {
		there = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		    0);
		if (there == MAP_FAILED)
			there = NULL;
	}
	(void)close(fd);
	if (there != NULL &&
	    (there->magic != MAGIC || there->layout != layout)) {
		(void)munmap(there, size);
		there = NULL;
	}
	return there;
}

/*
 * Make a fresh file, whole before it has its name. Of processes that start at
 * once the first one's stays; only one of another layout is replaced.
 */
static enum err
make(const char *path, const char *setting, uint32_t layout, size_t size,
    bool over, struct diag *diag)
{
	const struct shared_head head = { MAGIC, layout };
	char name[4096];
	bool written;
	int fd;

	if (snprintf(name, sizeof(name), "%s.%d", path, (int)getpid()) >=
	    (int)sizeof(name))
		return diag_set(diag, E_SYSTEM, "%s: too long", setting);
	(void)unlink(name);
	fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
	    0640);
	if (fd < 0)
		return diag_set(diag, E_SYSTEM, "%s: %s: %s", setting, name,
		    strerror(errno));
	written = write(fd, &head, sizeof(head)) == (ssize_t)sizeof(head) &&
	    posix_fallocate(fd, 0, (off_t)size) == 0;
	(void)close(fd);
	if (written && over && rename(name, path) == 0)
		return E_OK;
	if (written && !over && (link(name, path) == 0 || errno == EEXIST)) {
		(void)unlink(name);
		return E_OK;
	}
	(void)unlink(name);
	return diag_set(diag, E_SYSTEM, "%s: %s: %s", setting, path,
	    strerror(errno));
}

/*
 * Put a fresh file in the place of one of another layout. Of processes that
 * come at once, as a new version's do, all wait for the old file's lock, and
 * those behind the first find what it has made.
 */
static enum err
replace(const char *path, const char *setting, uint32_t layout, size_t size,
    void **ret_there, struct diag *diag)
{
	int old = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	enum err rc = E_OK;

	if (old >= 0)
		(void)flock(old, LOCK_EX);
	*ret_there = open_there(path, layout, size);
	if (*ret_there == NULL) {
		rc = make(path, setting, layout, size, true, diag);
		*ret_there = open_there(path, layout, size);
	}
	if (old >= 0)
		(void)close(old);
	return rc;
}

enum err
shared_open(const char *path, const char *setting, uint32_t layout, size_t size,
    void **ret_at, struct diag *diag)
{
	void *there = open_there(path, layout, size);
	enum err rc = E_OK;

	if (there == NULL) {
		rc = make(path, setting, layout, size, false, diag);
		there = open_there(path, layout, size);
	}
	if (there == NULL && rc == E_OK)
		rc = replace(path, setting, layout, size, &there, diag);
	if (there == NULL)
		return rc != E_OK ?
		    rc :
		    diag_set(diag, E_SYSTEM, "%s: %s is somebody else's",
			setting, path);
	*ret_at = there;
	return E_OK;
}

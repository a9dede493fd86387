/* SPDX-License-Identifier: MIT */
#include "base/metrics_held.h"

#include <fcntl.h>
#include <unistd.h>

/* Where the bytes are, behind whatever the file has, and how many. */
#define FIRST (1 << 30)
#define PLACES 65536
/* Tries to find one that is free. */
#define TRIES 256

static int file = -1;  /* of our locks */
static int asker = -1; /* the same file: it sees our own locks, too */
static int64_t own;

void
metrics_held_open(const char *path)
{
	if (file >= 0)
		(void)close(file);
	if (asker >= 0)
		(void)close(asker);
	file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	asker = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

static int
set_lock(int place, short type)
{
	struct flock lock = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = FIRST + place,
		.l_len = 1 };

	return fcntl(file, F_OFD_SETLK, &lock);
}

/* Locks in this range: fcntl(2) tells of any one, so ask around it again. */
static int64_t
count(off_t start, off_t end)
{
	struct flock lock = { .l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = end - start };
	off_t from, to;

	if (start >= end || fcntl(asker, F_OFD_GETLK, &lock) != 0 ||
	    lock.l_type == F_UNLCK)
		return 0;
	from = lock.l_start < start ? start : lock.l_start;
	to = lock.l_len == 0 || lock.l_start + lock.l_len > end ?
	    end :
	    lock.l_start + lock.l_len;
	return count(start, from) + (to - from) + count(to, end);
}

void
metrics_hold(int *place)
{
	if (*place != 0)
		return;
	own++;
	*place = -1; /* counted, and in no file */
	/* Processes begin at different bytes; who meets another goes on. */
	for (int i = 0; file >= 0 && asker >= 0 && i < TRIES; i++) {
		int at = (int)(((int64_t)getpid() * 16 + i) % (PLACES - 1)) + 1;

		/* The kernel gives us again what is ours: ask before. */
		if (count(FIRST + at, FIRST + at + 1) != 0 ||
		    set_lock(at, F_WRLCK) != 0)
			continue;
		*place = at;
		return;
	}
}

void
metrics_let_go(int *place)
{
	if (*place == 0)
		return;
	own--;
	if (*place > 0)
		(void)set_lock(*place, F_UNLCK);
	*place = 0;
}

int64_t
metrics_held(void)
{
	return asker < 0 ? own : count(FIRST, FIRST + PLACES);
}

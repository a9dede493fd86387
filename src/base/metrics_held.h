/* SPDX-License-Identifier: MIT */
/*
 * How many connections the processes that share a file of metrics hold open at
 * this moment. Each is a lock on a byte of that file, beyond its content (open
 * file description locks, fcntl(2)): the kernel takes back those of a process
 * that ends, however it ends, so that none is counted that is no longer there.
 */
#ifndef BASE_METRICS_HELD_H
#define BASE_METRICS_HELD_H

#include <stdint.h>

/*
 * Share this file; nothing may be held from one that was shared before. Before it, or where it fails, only our own are
 * known.
 */
void metrics_held_open(const char *path);

/*
 * Count one more, or one less. *place: 0 at first, the caller's until it lets
 * go; a second call changes nothing.
 */
void metrics_hold(int *place);
void metrics_let_go(int *place);

/* How many there are. */
int64_t metrics_held(void);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Places where the fault tests let a process die. Compiled in only by
 * configure --enable-failpoints; otherwise they are nothing.
 */
#ifndef BASE_FAILPOINT_H
#define BASE_FAILPOINT_H

#ifdef ETL_FAILPOINTS
/*
 * Die by SIGKILL when the environment's ETL_FAILPOINT is "name" or "name:N",
 * with a chance of one in N.
 */
void failpoint(const char *name);
#define FAILPOINT(name) failpoint(name)
#else
#define FAILPOINT(name) ((void)0)
#endif

#endif

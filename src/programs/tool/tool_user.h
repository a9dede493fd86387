/* SPDX-License-Identifier: MIT */
/*
 * Being another user than root: for good, in a child, or to find out what that
 * user may do with a file. access(2) asked by root always says yes.
 */
#ifndef PROGRAMS_TOOL_TOOL_USER_H
#define PROGRAMS_TOOL_TOOL_USER_H

#include <stdbool.h>
#include <sys/types.h>

/* The user, and the group, that packages make for the service. */
#define TOOL_SERVICE_USER "pulse-etl"

/*
 * Become this user for good: all of its groups and no other, then the group,
 * then the user (setuid(2) before would leave root's groups to it).
 *
 * Needs: a process that may, and that ends itself when this fails.
 * Gives: false with errno: it is not that user, or only partly.
 */
bool tool_user_become(uid_t uid);

/*
 * May a user do this with a file: R_OK, W_OK, X_OK as of access(2)? Folders on
 * the way are passed as that user, too. uid: of another user, where the program
 * is root; else (its own) it is asked as it is.
 *
 * Gives: 0, or errno of what forbids it.
 */
int tool_user_access(uid_t uid, const char *path, int mode);

#endif

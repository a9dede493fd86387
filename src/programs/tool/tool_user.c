/* SPDX-License-Identifier: MIT */
#include "programs/tool/tool_user.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a child says that could not become the user; no errno of access(2). */
#define NOT_BECOME 255

bool
tool_user_become(uid_t uid)
{
	const struct passwd *user;

	errno = 0;
	user = getpwuid(uid);
	if (user == NULL) {
		errno = errno == 0 ? ENOENT : errno;
		return false;
	}
	if (initgroups(user->pw_name, user->pw_gid) != 0 ||
	    setgid(user->pw_gid) != 0 || setuid(uid) != 0)
		return false;
	if (uid != 0 && setuid(0) == 0) { /* it must not lead back */
		errno = EPERM;
		return false;
	}
	return true;
}

int
tool_user_access(uid_t uid, const char *path, int mode)
{
	pid_t child;
	int status;

	if (uid == geteuid())
		return access(path, mode) == 0 ? 0 : errno;
	child = fork();
	if (child < 0)
		return errno;
	if (child == 0) {
		if (!tool_user_become(uid))
			_exit(NOT_BECOME);
		_exit(access(path, mode) == 0 ? 0 : errno);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == NOT_BECOME)
		return EPERM;
	return WEXITSTATUS(status);
}

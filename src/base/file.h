/* SPDX-License-Identifier: MIT */
/*
 * Files that appear whole or not at all, and files that others must not read.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <sys/types.h>

#include "base/diag.h"
#include "base/str.h"

/*
 * Write a file of a folder anew: others see the old one or all of the new one,
 * also after a crash. Everybody may read it (0644).
 *
 * Needs: name has no slash and does not begin with a dot.
 * Fails: E_SYSTEM; what was there stays.
 */
enum err file_replace(const char *folder, const char *name, struct span bytes,
    struct diag *diag) MUST_CHECK;

/*
 * Write a file that is not there yet, whole or not at all, also after a crash.
 * mode: as chmod(2) has it; group: its group, or (gid_t)-1 for the process's.
 *
 * Gives: *ret_made, false when it is there: it stays as it is.
 * Fails: E_SYSTEM, with what the system says.
 */
enum err file_create(const char *path, mode_t mode, gid_t group,
    struct span bytes, bool *ret_made, struct diag *diag) MUST_CHECK;

/*
 * May nobody but its owner and its group read the file or write to it?
 * Gives: true also where it cannot be told, as of a file that is not there.
 */
bool file_is_private(const char *path) MUST_CHECK;

#endif

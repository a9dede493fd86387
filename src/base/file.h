/*
 * Files that appear whole or not at all.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/diag.h"
#include "base/str.h"

/*
 * Write a file of a folder anew: others see the old one or all of the new one,
 * also after a crash. Everybody may read it (0644).
 *
 * Needs: name has no slash and does not begin with a dot.
 * Fails: E_SYSTEM; what was there stays.
 */
enum err file_replace(const char *folder, const char *name,
    struct span bytes, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * A secret from a file or the terminal; never from the command line, which
 * everybody on the machine can read.
 */
#ifndef PROGRAMS_TOOL_TOOL_PASSWORD_H
#define PROGRAMS_TOOL_TOOL_PASSWORD_H

#include "programs/tool/tool.h"

/*
 * Read a secret: the first line of a file (-: of standard input), or with path
 * NULL what a person types, which is not shown.
 *
 * Gives: *ret, living in the arena; overwrite it after its use.
 * Fails: E_SYSTEM: the file cannot be read; E_USAGE: there is no terminal to
 *        ask at; E_INVALID: the line is empty, or longer than 4096 bytes.
 */
enum err tool_password(const struct tool *tool, const char *path,
    const char *prompt, struct span *ret, struct diag *diag) MUST_CHECK;

/*
 * All of a text file, with at most `most` bytes. Gives: *ret, living in the
 * arena. Fails: E_SYSTEM; E_INVALID: there is more.
 */
enum err tool_read_file(const struct tool *tool, const char *path, size_t most,
    struct span *ret, struct diag *diag) MUST_CHECK;

/*
 * The same of a file that has to be a JSON object. A byte in front of it is
 * db_add_jsonb()'s to overwrite. Fails: as above, and E_INVALID when it is none.
 */
enum err tool_read_object(const struct tool *tool, const char *path,
    size_t most, struct span *ret, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What can fail returns one of these codes; E_OK is 0. A code belongs to a
 * class, which decides the status in http/http_status.c, the exit code in
 * err_exit_code(), and with SQLSTATE whether a job is tried again in
 * work/worker_details.c. Details travel in struct diag.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/cc.h"

enum err_class {
	ERR_CLASS_OK,
	ERR_CLASS_INPUT,
	ERR_CLASS_ACCESS,
	ERR_CLASS_ABSENT,
	ERR_CLASS_CONFLICT,
	ERR_CLASS_LIMIT,
	ERR_CLASS_BUSY,
	ERR_CLASS_BROKEN,
};

enum err {
#define ERR(code, class, text) code,
#include "base/err_rows.h"
#undef ERR
};

/* The class of a code. */
enum err_class err_class(enum err code);

/* The code's name, "E_OK"; for logs. */
const char *err_name(enum err code);

/*
 * The code as clients see it: the name in small letters, without its E_. A
 * word stays what it is from one release to the next.
 */
#define ERR_WORD_SIZE 32
void err_word(enum err code, char ret_word[ERR_WORD_SIZE]);

/* One sentence part that says what the code means; for logs and people. */
const char *err_text(enum err code);

/*
 * What a program exits with, after sysexits.h: 0, 64 usage, 65 input, 69 a
 * server is unreachable, 70 our fault, 78 settings, 1 anything else.
 */
int err_exit_code(enum err code);

#endif

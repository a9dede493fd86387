/* SPDX-License-Identifier: MIT */
/*
 * Options of a command line as getopt_long(3) reads them, which says of an
 * unknown one which was probably meant.
 */
#ifndef BASE_OPTION_H
#define BASE_OPTION_H

#include <getopt.h>

/*
 * The next option, as getopt_long(3) gives it; -1 at the end. For '?' a
 * sentence is on standard error. *ret_index: the row of a long option, -1 of a
 * letter; ret_index may be NULL.
 */
int option_next(int argc, char **argv, const char *letters,
    const struct option *options, int *ret_index);

#endif

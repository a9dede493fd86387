/* SPDX-License-Identifier: MIT */
/*
 * What all unit tests share: Check, and a runner that speaks TAP.
 */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>

#include "base/str.h"

/* Run the cases; TAP on standard output. Gives: the program's exit code. */
int unit_run(Suite *suite);

/*
 * A copy in a block of exactly its size and a terminator, so that a sanitizer
 * sees a reader go too far. Owns: you free() its start.
 */
struct span unit_copy(struct span text);

/* The same of head, then `unit` so many times, then tail. */
struct span unit_repeat(const char *head, const char *unit, size_t times,
    const char *tail);

/* Give a copy back. */
void unit_free(struct span copy);

/* A new file with this text. Gives: its path; give it to unit_unlink(). */
char *unit_file(const char *text);
void unit_unlink(char *path);

/*
 * A server on the loopback that says nothing. Gives: its socket, which you
 * close(); *ret_port.
 */
int unit_silent(int *ret_port);

/* Has somebody connected to it since it was asked last? */
bool unit_was_called(int listener);

/* For tables: text that may hold NUL bytes. */
#define LIT(literal) { "" literal, sizeof(literal) - 1 }

#define unit_span_eq(span, want) \
	ck_assert_msg(span_is((span), (want)), "is '%.*s', not '%s'", \
	    SPAN_ARG(span), (want))

#endif

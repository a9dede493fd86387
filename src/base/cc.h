/* SPDX-License-Identifier: MIT */
/*
 * Compiler help: what the compiler can check for us, in one word each.
 */
#ifndef BASE_CC_H
#define BASE_CC_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

/* For loops in which a call, and what it would spill, is measurable. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif

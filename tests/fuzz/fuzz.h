/* SPDX-License-Identifier: MIT */
/*
 * A fuzz harness: one function that looks at any bytes and aborts when
 * something is wrong. libFuzzer calls it, and so does driver.c, which needs
 * nothing but a compiler.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

static inline void
must(bool fine)
{
	if (!fine)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif

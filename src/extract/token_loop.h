/* SPDX-License-Identifier: MIT */
/*
 * Do the tokens of pages go round in a circle? Two of them are remembered,
 * however many pages there are: Brent's algorithm (R. P. Brent, "An improved
 * Monte Carlo factorization algorithm", BIT 20, 1980). A circle of n pages that
 * begins behind m others is found within three times the larger of the two.
 */
#ifndef EXTRACT_TOKEN_LOOP_H
#define EXTRACT_TOKEN_LOOP_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Note the next token. state: what the one before has left; SPAN_NONE: it is
 * the first.
 *
 * Gives: true when it closes a circle; else *ret_state, which lives in the
 *        arena and is text.
 */
bool token_loop_closes(struct span state, struct span token,
    struct arena *arena, struct span *ret_state);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Points in time that clients write: ISO 8601's extended calendar form, as
 * RFC 3339 has it, with a few liberties.
 */
#ifndef BASE_STAMP_H
#define BASE_STAMP_H

#include <stdbool.h>

#include "base/str.h"

#define STAMP_SIZE 64

/*
 * Read `YYYY-MM-DD`, optionally followed by `T` or a blank, `HH:MM`, `:SS`,
 * a fraction and `Z` or `±HH:MM`. Without a zone it is UTC. Because a '+' in a
 * query string means a blank, a blank before the zone is taken as '+'.
 *
 * Gives: true and a terminated text that PostgreSQL reads as timestamptz.
 */
bool stamp_read(struct span text, char ret_stamp[STAMP_SIZE]) MUST_CHECK;

#endif

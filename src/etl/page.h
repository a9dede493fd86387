/* SPDX-License-Identifier: MIT */
/*
 * Pages of lists that skip nothing: a cursor holds the key and the id of a
 * page's last row, and the next page begins behind them.
 */
#ifndef ETL_PAGE_H
#define ETL_PAGE_H

#include "http/route.h"

/*
 * Read a cursor that a client gives back. Its key may be any text, or any
 * number; statements bind it.
 *
 * Gives: *ret_id and *ret_key, living in the arena.
 * Fails: E_SYNTAX: it is none of ours; E_NO_MEMORY.
 */
enum err page_read(struct req *rq, struct span cursor, bool key_is_text,
    int64_t *ret_id, struct span *ret_key) MUST_CHECK;

/*
 * Write where the next page is, behind this row: X-Next-Cursor and Link.
 * Fails: E_NO_MEMORY.
 */
enum err page_next(struct req *rq, struct resp *rp, int64_t id, struct span key)
    MUST_CHECK;

#endif

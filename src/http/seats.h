/* SPDX-License-Identifier: MIT */
/*
 * Who holds the responders of a pool. A request holds one until its answer's
 * end, so those of one tenant could leave none to others. The responders share
 * a small table (base/shared.h), in which each notes for whom it works.
 *
 * While another tenant has asked within SEATS_OTHERS_MS, a tenant leaves one
 * responder free: one request more waits SEATS_WAIT_MS for a place, and is then
 * refused. Quick requests, as nearly all are, always find one. A tenant is
 * hard on others when that was in vain, or a request of it had to wait as long
 * for a responder while it held its share, within the last SEATS_PRESSED_MS; or
 * a request took SEATS_LONG_MS, within SEATS_LONG_MEMORY_MS. Then
 * - its requests hold at most `tenant_share` percent of the responders while
 *   others ask, and what is beyond is refused at once;
 * - those that are no stores leave `store_share` percent of these to stores,
 *   one at least of two or more;
 * - those that are no stores, of all tenants together, leave as much of all
 *   responders, whether others ask or not.
 */
#ifndef HTTP_SEATS_H
#define HTTP_SEATS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/http_conf.h"
#include "base/diag.h"

#define SEATS_OTHERS_MS (10 * 1000)
#define SEATS_WAIT_MS 250
#define SEATS_PRESSED_MS (60 * 1000)
#define SEATS_LONG_MS 1000
#define SEATS_LONG_MEMORY_MS (10 * 60 * 1000)

struct seats;

/*
 * Take this process's place in the table at `path`.
 *
 * Gives: *ret_seats, NULL when `path` is empty or all places are taken: then
 *        nothing is bounded.
 * Fails: E_SYSTEM, E_NO_MEMORY. Owns: you seats_free() it.
 */
enum err seats_new(const char *path, const struct http_settings *settings,
    struct seats **ret_seats, struct diag *diag) MUST_CHECK;
void seats_free(struct seats *seats);

/*
 * A request of a tenant begins; it may wait, see above. It has waited
 * `waited_ms` for this responder.
 *
 * Fails: E_CROWDED, the client is told why.
 */
enum err seats_take(struct seats *seats, int64_t tenant_id, bool is_store,
    int64_t waited_ms, struct diag *diag) MUST_CHECK;

/* A tenant asks, and needs no responder of its own for it. */
void seats_ask(struct seats *seats, int64_t tenant_id);

/*
 * What the responder is at from now on is of this tenant, which has asked
 * before: a group's stores are worked on one tenant after the other.
 */
void seats_hold(struct seats *seats, int64_t tenant_id, bool is_store);

/* It has ended. Does nothing when none was taken. */
void seats_leave(struct seats *seats);

/*
 * Small stores go together (etl/store.h), which needs few responders that store
 * and many stores that wait. So one for each processor may accept requests and
 * store small ones at a time; who has another kind of request lets go, and who
 * has been at work for SEATS_GATHER_MS loses its place: it may be stuck.
 *
 * Gives: false when there are enough of them. Then seats_wait_to_gather() waits
 * until that has changed, or for SEATS_GATHER_MS.
 */
#define SEATS_GATHER_MS 100
bool seats_gather(struct seats *seats);
void seats_wait_to_gather(struct seats *seats);

/* others_may: one that waits is woken, for I shall not be back at once. */
void seats_let_go(struct seats *seats, bool others_may);

/*
 * Large stores take turns: so many of them as `large_stores` says are with
 * PostgreSQL at a time, for more are slower one and all. The others wait in the
 * order in which they came, SEATS_TURN_MS at most.
 */
#define SEATS_LARGE_BYTES ((size_t)1 << 20)
#define SEATS_TURN_MS (20 * 1000)
void seats_take_turn(struct seats *seats, size_t bytes);
void seats_end_turn(struct seats *seats);

#endif

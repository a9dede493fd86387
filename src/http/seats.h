/*
 * Who holds the responders of a pool. A request holds one until its answer's
 * end, so a few that take long would leave none to others. The responders
 * share a small table (base/shared.h), in which each notes for whom it works.
 *
 * Requests that are quick, as nearly all are, are never refused here. A tenant
 * that had one of SEATS_LONG_MS or more within the last SEATS_MEMORY_MS is
 * bounded, until that is over:
 * - its requests hold at most `tenant_share` percent of the responders while
 *   another tenant has asked within SEATS_OTHERS_MS;
 * - those that are no stores leave `store_share` percent of these to stores,
 *   one at least of two or more; so do those of all tenants together, of all
 *   responders.
 * One more waits SEATS_WAIT_MS for a seat, but not for requests that are long
 * themselves; then it is refused.
 */
#ifndef HTTP_SEATS_H
#define HTTP_SEATS_H

#include <stdbool.h>
#include <stdint.h>

#include "http/http_conf.h"
#include "base/diag.h"

#define SEATS_LONG_MS 1000
#define SEATS_MEMORY_MS (10 * 60 * 1000)
#define SEATS_OTHERS_MS (10 * 1000)
#define SEATS_WAIT_MS 250

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
 * A request of a tenant begins; it may wait, see above.
 *
 * Fails: E_CROWDED, the client is told why.
 */
enum err seats_take(struct seats *seats, int64_t tenant_id, bool is_store,
    struct diag *diag) MUST_CHECK;

/* It has ended. Does nothing when none was taken. */
void seats_leave(struct seats *seats);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * Which server answers a list or report: a standby while it has all that was
 * committed before the list was asked for, else the primary, as without a
 * standby. So a client never misses what it, or anybody, was told is stored,
 * whichever host took it; and a standby's failure is no one's failure.
 *
 * After a miss the standby is left alone for a pause that doubles.
 */
#ifndef ETL_READING_H
#define ETL_READING_H

#include "http/route.h"

struct reading;

/*
 * Nothing is opened yet; settings must outlive it.
 * Gives: NULL without memory, and without a database_read_url: no standby
 *        answers.
 * Owns: you reading_free().
 */
struct reading *reading_new(const struct db_settings *settings,
    const char *program) MUST_CHECK;
void reading_free(struct reading *reading);

/* db_shrink_buffers() of the standby's connection. */
void reading_shrink_buffers(struct reading *reading);

/*
 * Run the handler of a request's route, for its tenant, on the server that is
 * to answer; again on the primary when the standby fails meanwhile.
 *
 * Needs: rq->db is the primary's, and is so afterwards.
 * Fails: as the handler.
 */
enum err reading_answer(struct req *rq, struct resp *rp) MUST_CHECK;

/* What keeps the standby from answering, for health/ready; NULL: nothing. */
const char *reading_trouble(struct req *rq);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * What a worker or an extractor does while the database is at work: it serves
 * the broker's connection, and tells systemd that it is alive.
 */
#ifndef PROGRAMS_WORKER_WAITER_H
#define PROGRAMS_WORKER_WAITER_H

#include "adapters/db/db.h"
#include "adapters/mq/mq.h"

/* For db_serve_while_waiting(). Needs: mq outlives it. */
struct db_waiter worker_waiter(struct mq *mq);

#endif

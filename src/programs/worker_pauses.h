/* SPDX-License-Identifier: MIT */
/*
 * Which queues are paused: a worker or an extractor asks now and then, and
 * takes messages of the others only.
 */
#ifndef PROGRAMS_WORKER_PAUSES_H
#define PROGRAMS_WORKER_PAUSES_H

#include "programs/backend.h"

/*
 * Ask, if it is time to: at most every two seconds. Nothing is asked before the
 * tables are known to be those of this version; where there is no answer, what
 * was known holds on. The arena is empty afterwards.
 */
void worker_pauses_look(struct backend *servers);

#endif

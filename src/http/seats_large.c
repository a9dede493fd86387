/* SPDX-License-Identifier: MIT */
/* How many large stores are with PostgreSQL at a time. */
#include "http/seats.h"

#include <time.h>

#include "base/clock.h"
#include "http/seats_inside.h"

/* Between two looks of one that waits, ms; and between two after the dead. */
#define LOOK_MS 2
#define SWEEP_MS 1000
/* For each processor, where the settings do not say. */
#define FOR_EACH 4

static int64_t
limit_of(const struct seats *seats)
{
	if (seats->settings->large_stores > 0)
		return seats->settings->large_stores;
	return seats_processors() * FOR_EACH;
}

/* How many are at work, or came before and wait. */
static int64_t
count_before(const struct seats *seats, int64_t turn)
{
	int64_t count = 0;

	for (size_t i = 0; i < SEATS_PLACES; i++) {
		const struct seats_place *place = &seats->table->places[i];
		int64_t other = place->turn;

		if (place->pid != 0 && other != SEATS_NO_TURN &&
		    (other == SEATS_AT_WORK || other < turn))
			count++;
	}
	return count;
}

void
seats_take_turn(struct seats *seats, size_t bytes)
{
	static const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000 };
	int64_t turn, ends, sweep_at;

	if (seats == NULL || bytes < SEATS_LARGE_BYTES)
		return;
	turn = atomic_fetch_add(&seats->table->turns, 1) + 1;
	seats->mine->turn = turn;
	ends = clock_ms() + SEATS_TURN_MS;
	sweep_at = clock_ms() + SWEEP_MS;
	while (count_before(seats, turn) >= limit_of(seats) &&
	    clock_left(ends) > 0) {
		(void)nanosleep(&pause, NULL);
		if (clock_left(sweep_at) == 0) {
			seats_sweep(seats->table);
			sweep_at = clock_ms() + SWEEP_MS;
		}
	}
	seats->mine->turn = SEATS_AT_WORK;
	seats->mine->began = clock_ms(); /* to wait for others is not long */
}

void
seats_end_turn(struct seats *seats)
{
	if (seats != NULL)
		seats->mine->turn = SEATS_NO_TURN;
}

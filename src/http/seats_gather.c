/* SPDX-License-Identifier: MIT */
/* Which responders take small stores, several at once, and how others wait. */
#include "http/seats.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/seats_inside.h"

/* A clock that was read is used within this time, ms. */
#define AHEAD_MS 1000

int64_t
seats_age(int64_t at, int64_t now)
{
	if (at > now)
		return at - now < AHEAD_MS ? 0 : INT64_MAX;
	return now - at;
}

int64_t
seats_processors(void)
{
	static long known;

	if (known == 0)
		known = sysconf(_SC_NPROCESSORS_ONLN);
	return known > 0 ? known : 1;
}

/* What says that I gather since `now`: nobody else has the same. */
static int64_t
stamp_of(const struct seats *seats, int64_t now)
{
	return now * SEATS_PLACES + (seats->mine - seats->table->places);
}

bool
seats_gather(struct seats *seats)
{
	int64_t now, count = seats_processors();

	if (seats == NULL)
		return true;
	seats->bell = seats->table->bell;
	now = clock_ms();
	if (count > SEATS_GATHERERS)
		count = SEATS_GATHERERS;
	for (int64_t i = 0; i < count; i++) {
		_Atomic int64_t *place = &seats->table->gatherers[i];
		int64_t other = *place;

		if (other != 0 &&
		    seats_age(other / SEATS_PLACES, now) < seats->gather_ms)
			continue;
		if (!atomic_compare_exchange_strong(place, &other,
			stamp_of(seats, now)))
			continue;
		seats->gathers = place;
		seats->gathers_as = stamp_of(seats, now);
		return true;
	}
	return false;
}

static long
futex(_Atomic uint32_t *at, int what, uint32_t value,
    const struct timespec *timeout)
{
	return syscall(SYS_futex, at, what, value, timeout, NULL, 0);
}

void
seats_let_go(struct seats *seats, bool others_may)
{
	int64_t mine;

	if (seats == NULL || seats->gathers == NULL)
		return;
	/* It may be somebody else's by now. */
	mine = seats->gathers_as;
	(void)atomic_compare_exchange_strong(seats->gathers, &mine, 0);
	seats->gathers = NULL;
	if (others_may) {
		seats->table->bell++;
		(void)futex(&seats->table->bell, FUTEX_WAKE, 1, NULL);
	}
}

void
seats_wait_to_gather(struct seats *seats)
{
	struct timespec most;

	if (seats == NULL)
		return;
	most.tv_sec = seats->gather_ms / 1000;
	most.tv_nsec = seats->gather_ms % 1000 * 1000000;
	(void)futex(&seats->table->bell, FUTEX_WAIT, seats->bell, &most);
}

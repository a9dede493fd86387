/* SPDX-License-Identifier: MIT */
#include "base/clock.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t
clock_us(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t
clock_ms(void)
{
	return clock_us() / 1000;
}

int
clock_left(int64_t deadline)
{
	int64_t left = deadline - clock_ms();

	return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Many lines fall into one second: only their milliseconds are made anew. */
void
clock_stamp(char stamp[CLOCK_STAMP_SIZE])
{
	static char second[CLOCK_STAMP_SIZE];
	static time_t told = -1;
	static size_t len;
	struct timespec now;
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	if (now.tv_sec != told) {
		(void)gmtime_r(&now.tv_sec, &tm);
		len = strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S",
		    &tm);
		told = now.tv_sec;
	}
	memcpy(stamp, second, len);
	(void)snprintf(stamp + len, CLOCK_STAMP_SIZE - len, ".%03dZ",
	    (int)(now.tv_nsec / 1000000 % 1000));
}

int64_t
clock_wall(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

int64_t
clock_wall_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* SPDX-License-Identifier: MIT */
/*
 * Time: a monotonic clock for deadlines, the wall clock for people.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC; for deadlines and durations. */
int64_t clock_ms(void);

/* Microseconds of CLOCK_MONOTONIC; for the log's durations. */
int64_t clock_us(void);

/* Milliseconds left until a deadline of clock_ms(), never below 0. */
int clock_left(int64_t deadline);

/* Seconds since 1970-01-01, UTC; for dates that others have written. */
int64_t clock_wall(void);

/* The same in milliseconds. */
int64_t clock_wall_ms(void);

/* The time now, UTC, ISO 8601 with milliseconds; 25 bytes with its end. */
#define CLOCK_STAMP_SIZE 25
void clock_stamp(char stamp[CLOCK_STAMP_SIZE]);

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The table that responders share, for seats.c and seats_large.c.
 */
#ifndef HTTP_SEATS_INSIDE_H
#define HTTP_SEATS_INSIDE_H

#include <stdatomic.h>

#include "base/shared.h"
#include "http/seats.h"

#define SEATS_PLACES 256
#define SEATS_ENTRIES 256
#define SEATS_GATHERERS 64

#define SEATS_NO_TURN 0
#define SEATS_AT_WORK (-1)

/* A responder; what it works on. */
struct seats_place {
	_Atomic int64_t pid;	/* 0: free */
	_Atomic int64_t taken;	/* of clock_ms(): when that process came */
	_Atomic int64_t tenant; /* 0: it waits for a request */
	_Atomic int64_t store;	/* is it a store? */
	_Atomic int64_t began;	/* of clock_ms() */
	/* of a large store: its number, or one of these */
	_Atomic int64_t turn;
};

/* What is known of a tenant; of two with the same entry the last one. */
struct seats_entry {
	_Atomic int64_t tenant;
	_Atomic int64_t asked; /* of clock_ms(): its last request */
	/* when others had to wait for it; 0: never */
	_Atomic int64_t pressed;
	_Atomic int64_t long_any;  /* the end of its last long one; 0: none */
	_Atomic int64_t long_read; /* of those that are no store */
};

struct seats_table {
	struct shared_head head;
	_Atomic int64_t turns; /* that were given */
	/* Each: of clock_ms() since when, times SEATS_PLACES, and the place. */
	_Atomic int64_t gatherers[SEATS_GATHERERS];
	_Atomic uint32_t bell; /* futex(2): rung when one has let go */
	struct seats_place places[SEATS_PLACES];
	struct seats_entry entries[SEATS_ENTRIES];
};

struct seats {
	struct seats_table *table;
	struct seats_place *mine;
	_Atomic int64_t *gathers; /* of the table; NULL: it does not */
	int64_t gathers_as;
	uint32_t bell;	   /* as it was at the last look */
	int64_t gather_ms; /* SEATS_GATHER_MS; tests change it */
	const struct http_settings *settings;
};

int64_t seats_processors(void);

/*
 * How long ago that was, ms, of two times of clock_ms(). The file may be older
 * than the kernel's clock, which begins anew with each boot: what lies ahead
 * was long ago, but for what others have noted since I looked.
 */
int64_t seats_age(int64_t at, int64_t now);

/* Those who were killed have left their places as they were: free them. */
void seats_sweep(struct seats_table *table);

#endif

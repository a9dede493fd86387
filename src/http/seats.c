/* SPDX-License-Identifier: MIT */
#include "http/seats.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "http/seats_inside.h"

/* Between two looks of one that waits, ms. */
#define LOOK_MS 2
#define NOBODY 0
/* The id of a place that is just being freed. */
#define SWEPT (-1)

/* What the others work on at a moment, and what is told of me. */
struct tally {
	int64_t responders;
	int64_t tenants;       /* requests of the tenant, with mine */
	int64_t tenants_long;  /* how many of them take long */
	int64_t tenants_young; /* and may end before one gives up waiting */
	int64_t tenants_reads; /* how many are no stores */
	int64_t reads;	       /* requests that are no store, with mine */
	int64_t reads_young;
	bool tenant_reads_long;
};

static bool
is_gone(int64_t pid)
{
	return kill((pid_t)pid, 0) != 0 && errno == ESRCH;
}

static void
free_place(struct seats_place *place)
{
	place->tenant = NOBODY;
	place->turn = SEATS_NO_TURN;
	place->pid = NOBODY;
}

void
seats_sweep(struct seats_table *table)
{
	for (size_t i = 0; i < SEATS_PLACES; i++) {
		struct seats_place *place = &table->places[i];
		int64_t pid = place->pid;

		/* One of those who find it, lest a new owner is robbed. */
		if (pid <= NOBODY || !is_gone(pid) ||
		    !atomic_compare_exchange_strong(&place->pid, &pid, SWEPT))
			continue;
		free_place(place);
	}
}

/*
 * Free the places of a process that had my id before me, as in a container that
 * was restarted: they were taken before my first one.
 */
static void
free_namesakes(struct seats_table *table, int64_t now)
{
	static int64_t first;

	if (first == 0)
		first = now;
	for (size_t i = 0; i < SEATS_PLACES; i++) {
		struct seats_place *place = &table->places[i];

		if (place->pid == (int64_t)getpid() &&
		    (place->taken < first || place->taken > now))
			free_place(place);
	}
}

static struct seats_place *
take_place(struct seats_table *table)
{
	for (size_t i = 0; i < SEATS_PLACES; i++) {
		int64_t nobody = NOBODY;

		if (!atomic_compare_exchange_strong(&table->places[i].pid,
			&nobody, (int64_t)getpid()))
			continue;
		table->places[i].taken = clock_ms();
		return &table->places[i];
	}
	return NULL;
}

enum err
seats_new(const char *path, const struct http_settings *settings,
    struct seats **ret_seats, struct diag *diag)
{
	struct seats_table *table;
	struct seats *seats;
	void *there = NULL;
	enum err rc;

	*ret_seats = NULL;
	if (path[0] == '\0')
		return E_OK;
	rc = shared_open(path, "metrics_file", shared_layout(0, "seats 6"),
	    sizeof(*table), &there, diag);
	if (rc != E_OK)
		return rc;
	table = there;
	seats_sweep(table);
	free_namesakes(table, clock_ms());
	seats = calloc(1, sizeof(*seats));
	if (seats == NULL)
		return diag_set(diag, E_NO_MEMORY, "no memory to start");
	seats->table = table;
	seats->settings = settings;
	seats->gather_ms = SEATS_GATHER_MS;
	seats->mine = take_place(table);
	if (seats->mine == NULL) {
		free(seats);
		return E_OK;
	}
	seats->mine->tenant = NOBODY;
	seats->mine->turn = SEATS_NO_TURN;
	*ret_seats = seats;
	return E_OK;
}

void
seats_free(struct seats *seats)
{
	if (seats == NULL)
		return;
	seats_leave(seats);
	seats_let_go(seats, true);
	seats->mine->pid = NOBODY;
	free(seats);
}

static struct seats_entry *
entry_of(struct seats *seats, int64_t tenant_id)
{
	return &seats->table->entries[(uint64_t)tenant_id % SEATS_ENTRIES];
}

/* Note that a tenant asks. */
static struct seats_entry *
note_tenant(struct seats *seats, int64_t tenant_id, int64_t now)
{
	struct seats_entry *entry = entry_of(seats, tenant_id);

	if (entry->tenant != tenant_id) {
		entry->tenant = tenant_id;
		entry->pressed = 0;
		entry->long_any = 0;
		entry->long_read = 0;
	}
	entry->asked = now;
	return entry;
}

void
seats_ask(struct seats *seats, int64_t tenant_id)
{
	if (seats != NULL)
		(void)note_tenant(seats, tenant_id, clock_ms());
}

static bool
others_ask(const struct seats *seats, int64_t tenant_id, int64_t now)
{
	for (size_t i = 0; i < SEATS_ENTRIES; i++) {
		const struct seats_entry *entry = &seats->table->entries[i];

		if (entry->tenant != NOBODY && entry->tenant != tenant_id &&
		    seats_age(entry->asked, now) < SEATS_OTHERS_MS)
			return true;
	}
	return false;
}

static struct tally
tally_up(const struct seats *seats, int64_t tenant_id, int64_t now)
{
	struct tally tally = { 0 };

	for (size_t i = 0; i < SEATS_PLACES; i++) {
		const struct seats_place *place = &seats->table->places[i];
		int64_t tenant = place->tenant;
		int64_t age = now - place->began;
		bool young = age < SEATS_WAIT_MS;

		if (place->pid == NOBODY)
			continue;
		tally.responders++;
		if (tenant == NOBODY)
			continue;
		if (tenant == tenant_id) {
			tally.tenants++;
			tally.tenants_young += young;
			tally.tenants_long += age >= SEATS_LONG_MS;
			tally.tenants_reads += !place->store;
			tally.tenant_reads_long |= age >= SEATS_LONG_MS &&
			    !place->store;
		}
		if (!place->store) {
			tally.reads++;
			tally.reads_young += young;
		}
	}
	return tally;
}

static int64_t
at_least(int64_t least, int64_t number)
{
	return number < least ? least : number;
}

/* How many of the responders a tenant may hold. */
static int64_t
tenant_limit(const struct seats *seats, const struct tally *tally)
{
	return at_least(1,
	    tally->responders * seats->settings->tenant_share / 100);
}

/* How many of so many responders requests may hold that are no stores. */
static int64_t
read_limit(const struct seats *seats, int64_t responders)
{
	int64_t share = seats->settings->store_share;
	int64_t kept = responders * share / 100;

	if (share > 0)
		kept = at_least(1, kept);
	return at_least(1, responders - kept);
}

static bool
is_recent(int64_t at, int64_t now, int64_t memory)
{
	return at != 0 && seats_age(at, now) < memory;
}

/* What is asked for, and how it stands. */
struct turn {
	int64_t tenant_id;
	bool is_store;
	int64_t now;
	struct seats_entry *entry;
	bool worth_waiting;  /* somebody who is counted may end soon */
	bool leaves_one;     /* it is over by the one that is to be free */
	const char *refusal; /* for the client */
};

/* May it go on? *turn says more where not. */
static bool
may_go_on(const struct seats *seats, struct turn *turn)
{
	const int64_t now = turn->now;
	const struct tally tally = tally_up(seats, turn->tenant_id, now);
	bool others = others_ask(seats, turn->tenant_id, now);
	bool is_hard = tally.tenants_long > 0 ||
	    is_recent(turn->entry->long_any, now, SEATS_LONG_MEMORY_MS) ||
	    is_recent(turn->entry->pressed, now, SEATS_PRESSED_MS);
	int64_t limit = is_hard ?
	    tenant_limit(seats, &tally) :
	    at_least(1, tally.responders - 1);

	turn->leaves_one = false;
	if (!turn->is_store &&
	    (tally.tenant_reads_long ||
		is_recent(turn->entry->long_read, now, SEATS_LONG_MEMORY_MS)) &&
	    tally.reads > read_limit(seats, tally.responders)) {
		turn->worth_waiting = !others && tally.reads_young > 1;
		turn->refusal =
		    "Too many requests that take long are being"
		    " answered; the rest of the service is kept for stores."
		    " Ask for less at a time, or again in a second";
		return false;
	}
	if (others &&
	    (tally.tenants > limit ||
		(is_hard && !turn->is_store &&
		    tally.tenants_reads > read_limit(seats, limit)))) {
		turn->worth_waiting = !is_hard && tally.tenants_young > 1;
		turn->leaves_one = !is_hard;
		turn->refusal =
		    "The tenant's share of the service is at work"
		    " on its other requests; others ask as well. Send fewer at"
		    " a time, or again in a second";
		return false;
	}
	return true;
}

/* Did it wait for a responder while its tenant held its share? */
static void
note_wait(const struct seats *seats, struct turn *turn, int64_t waited_ms)
{
	struct tally tally;

	if (waited_ms < SEATS_WAIT_MS ||
	    !others_ask(seats, turn->tenant_id, turn->now))
		return;
	tally = tally_up(seats, turn->tenant_id, turn->now);
	if (tally.tenants >= tenant_limit(seats, &tally))
		turn->entry->pressed = turn->now;
}

static void
begin(struct seats *seats, int64_t tenant_id, bool is_store, int64_t now)
{
	seats->mine->store = is_store;
	seats->mine->began = now;
	seats->mine->tenant = tenant_id;
}

enum err
seats_take(struct seats *seats, int64_t tenant_id, bool is_store,
    int64_t waited_ms, struct diag *diag)
{
	static const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000 };
	struct turn turn = { .tenant_id = tenant_id, .is_store = is_store };
	int64_t ends;

	if (seats == NULL)
		return E_OK;
	turn.now = clock_ms();
	ends = turn.now + SEATS_WAIT_MS;
	turn.entry = note_tenant(seats, tenant_id, turn.now);
	note_wait(seats, &turn, waited_ms);
	for (bool swept = false;; swept = true) {
		begin(seats, tenant_id, is_store, turn.now);
		if (may_go_on(seats, &turn))
			return E_OK;
		/* Who waits works on nothing. */
		seats->mine->tenant = NOBODY;
		if (!swept)
			seats_sweep(seats->table);
		else if (!turn.worth_waiting || turn.now >= ends)
			break;
		else
			(void)nanosleep(&pause, NULL);
		turn.now = clock_ms();
	}
	if (turn.leaves_one)
		turn.entry->pressed = turn.now;
	metrics_add(METRIC_REQUESTS_CROWDED, 1);
	return diag_tell(diag, E_CROWDED, "%s", turn.refusal);
}

void
seats_hold(struct seats *seats, int64_t tenant_id, bool is_store)
{
	if (seats == NULL)
		return;
	seats_leave(seats);
	begin(seats, tenant_id, is_store, clock_ms());
}

void
seats_leave(struct seats *seats)
{
	int64_t now, tenant;
	struct seats_entry *entry;

	if (seats == NULL)
		return;
	tenant = seats->mine->tenant;
	if (tenant == NOBODY)
		return;
	now = clock_ms();
	entry = entry_of(seats, tenant);
	if (now - seats->mine->began >= SEATS_LONG_MS &&
	    entry->tenant == tenant) {
		entry->long_any = now;
		if (!seats->mine->store)
			entry->long_read = now;
	}
	seats->mine->tenant = NOBODY;
}

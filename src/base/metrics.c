/* SPDX-License-Identifier: MIT */
#include "base/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <string.h>

#include "base/cc.h"
#include "base/metrics_held.h"
#include "base/shared.h"

enum kind { COUNT_KIND, SECONDS_KIND, EACH_KIND, QUICK_KIND, SLOW_KIND };

static const struct {
	enum kind kind;
	const char *name;
	const char *labels;
	const char *help;
} rows[METRICS] = {
#define METRIC(id, kind, name, labels, help) \
	[id] = { kind##_KIND, name, labels, help },
#include "base/metric_rows.h"
};

/* Where the places of each name begin and end. */
enum {
#define SERIES(id, kind, most, ...) id##_FIRST, id##_LAST = id##_FIRST + (most),
#include "base/metric_rows.h"
	PLACES
};

static const struct {
	enum kind kind;
	const char *name;
	const char *rest;
	const char *help;
	size_t first, last; /* the last place is the rest's */
} names[SERIES_NAMES] = {
#define SERIES(id, kind, most, name, rest, help) \
	[id] = { kind##_KIND, name, rest, help, id##_FIRST, id##_LAST },
#include "base/metric_rows.h"
};

static const int64_t bounds[][2] = {
#define BUCKET(quick, slow) { quick, slow },
#include "base/metric_rows.h"
};
#define BOUNDS COUNT(bounds)

/* A histogram has its bounds, +Inf, a sum and a count; names have a rest. */
enum {
	EACH_LINES = 1,
	QUICK_LINES = BOUNDS + 3,
	SLOW_LINES = BOUNDS + 3,
	LINES = METRICS
#define SERIES(id, kind, most, ...) +((most) + 1) * kind##_LINES
#include "base/metric_rows.h"
};
_Static_assert(LINES + METRICS_GAUGES_MAX <= METRICS_SERIES_MAX,
    "fewer labels, or fewer buckets");

/*
 * One set of labels. Whoever needs one takes the first free place by its key,
 * a digest of the labels, and none is ever given back: so every process finds
 * the same one. Who has the key may write the text, for all write the same.
 */
struct place {
	_Atomic uint64_t key;  /* 0: free */
	_Atomic uint32_t told; /* the text is there */
	char labels[SERIES_LABELS_SIZE];
	_Atomic uint64_t sum; /* microseconds */
	_Atomic uint64_t counts[BOUNDS + 1];
};

struct counters {
	struct shared_head head;
	_Atomic uint64_t counts[METRICS];
	struct place places[PLACES];
};

static struct counters own;
static struct counters *shared = &own;

/* Another table, another number. */
static uint32_t
layout(void)
{
	uint32_t hash = shared_layout(0, "places 1");

	for (size_t i = 0; i < METRICS; i++)
		hash = shared_layout(shared_layout(hash, rows[i].name),
		    rows[i].labels);
	for (size_t i = 0; i < SERIES_NAMES; i++)
		hash = shared_layout(hash, names[i].name);
#define SERIES(id, kind, most, ...) hash = shared_layout(hash, #kind #most);
#define BUCKET(quick, slow) hash = shared_layout(hash, #quick " " #slow);
#include "base/metric_rows.h"
	return hash;
}

enum err
metrics_open(const char *path, struct diag *diag)
{
	void *there = NULL;
	enum err rc = shared_open(path, "metrics_file", layout(),
	    sizeof(struct counters), &there, diag);

	if (rc == E_OK) {
		shared = there;
		metrics_held_open(path);
	}
	return rc;
}

static void
add(_Atomic uint64_t *count, uint64_t more)
{
	(void)atomic_fetch_add_explicit(count, more, memory_order_relaxed);
}

static uint64_t
get(_Atomic uint64_t *count)
{
	return atomic_load_explicit(count, memory_order_relaxed);
}

void
metrics_add(enum metric metric, uint64_t count)
{
	add(&shared->counts[metric], count);
}

uint64_t
metrics_get(enum metric metric)
{
	return get(&shared->counts[metric]);
}

/* FNV-1a, of 64 bits; never 0. */
static uint64_t
key_of(const char *labels)
{
	uint64_t key = 14695981039346656037u;

	for (const char *c = labels; *c != '\0'; c++)
		key = (key ^ (unsigned char)*c) * 1099511628211u;
	return key == 0 ? 1 : key;
}

/* Is the place that of the key, or could be made so? */
static bool
take(struct place *place, uint64_t key)
{
	uint64_t there = get(&place->key);

	return there == key ||
	    (there == 0 &&
		(atomic_compare_exchange_strong(&place->key, &there, key) ||
		    there == key));
}

static struct place *
place_of(enum series series, const char *labels)
{
	size_t i = names[series].last;
	struct place *place;

	if (labels != NULL && strlen(labels) < SERIES_LABELS_SIZE) {
		uint64_t key = key_of(labels);

		for (i = names[series].first; i < names[series].last; i++)
			if (take(&shared->places[i], key))
				break;
	}
	if (i == names[series].last)
		labels = names[series].rest;
	place = &shared->places[i];
	if (atomic_load_explicit(&place->told, memory_order_acquire) == 0) {
		memcpy(place->labels, labels, strlen(labels) + 1);
		atomic_store_explicit(&place->told, 1, memory_order_release);
	}
	return place;
}

static size_t
bucket_of(enum kind kind, int64_t us)
{
	size_t i = 0;

	while (kind != EACH_KIND && i < BOUNDS &&
	    us > bounds[i][kind == SLOW_KIND])
		i++;
	return i;
}

void
metrics_observe(enum series series, const char *labels, int64_t us)
{
	struct place *place = place_of(series, labels);

	if (us < 0) /* a clock was set back */
		us = 0;
	add(&place->sum, (uint64_t)us);
	add(&place->counts[bucket_of(names[series].kind, us)], 1);
}

void
metrics_expect(enum series series, const char *labels)
{
	(void)place_of(series, labels);
}

static void
write_head(struct buf *out, const char *name, const char *help,
    const char *type)
{
	buf_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
write_labels(struct buf *out, const char *labels)
{
	if (labels[0] != '\0')
		buf_printf(out, "{%s}", labels);
}

static void
write_seconds(struct buf *out, uint64_t us)
{
	buf_printf(out, " %" PRIu64 ".%06" PRIu64 "\n", us / 1000000,
	    us % 1000000);
}

static void
write_histogram(struct buf *out, const char *name, enum kind kind,
    struct place *place)
{
	const char *comma = place->labels[0] == '\0' ? "" : ",";
	uint64_t count = 0;

	for (size_t i = 0; i <= BOUNDS; i++) {
		count += get(&place->counts[i]);
		buf_printf(out, "%s_bucket{%s%sle=\"", name, place->labels,
		    comma);
		if (i == BOUNDS)
			buf_add_text(out, "+Inf");
		else
			buf_printf(out, "%g",
			    (double)bounds[i][kind == SLOW_KIND] / 1e6);
		buf_printf(out, "\"} %" PRIu64 "\n", count);
	}
	buf_printf(out, "%s_sum", name);
	write_labels(out, place->labels);
	write_seconds(out, get(&place->sum));
	buf_printf(out, "%s_count", name);
	write_labels(out, place->labels);
	buf_printf(out, " %" PRIu64 "\n", count);
}

static void
write_series(struct buf *out, enum series series)
{
	enum kind kind = names[series].kind;
	const char *name = names[series].name;

	if (series == 0 || strcmp(name, names[series - 1].name) != 0)
		write_head(out, name, names[series].help,
		    kind == EACH_KIND ? "counter" : "histogram");
	for (size_t i = names[series].first; i <= names[series].last; i++) {
		struct place *place = &shared->places[i];

		if (atomic_load_explicit(&place->told, memory_order_acquire) ==
		    0)
			continue;
		if (kind != EACH_KIND) {
			write_histogram(out, name, kind, place);
			continue;
		}
		buf_add_text(out, name);
		write_labels(out, place->labels);
		buf_printf(out, " %" PRIu64 "\n", get(&place->counts[0]));
	}
}

void
metrics_write(struct buf *out)
{
	const char *before = "";

	for (size_t i = 0; i < METRICS; i++) {
		uint64_t count = metrics_get((enum metric)i);

		if (strcmp(before, rows[i].name) != 0)
			write_head(out, rows[i].name, rows[i].help, "counter");
		before = rows[i].name;
		buf_add_text(out, rows[i].name);
		write_labels(out, rows[i].labels);
		if (rows[i].kind == SECONDS_KIND)
			write_seconds(out, count);
		else
			buf_printf(out, " %" PRIu64 "\n", count);
	}
	for (size_t i = 0; i < SERIES_NAMES; i++)
		write_series(out, (enum series)i);
}

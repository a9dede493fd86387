/* SPDX-License-Identifier: MIT */
#include "queue/queue_lanes.h"

#include "base/clock.h"
#include "queue/queue_inside.h"

/* A large backlog is counted so often, ms, while it grows. */
#define COUNT_MS 1000
/*
 * Neither a count nor what was published is of use after so long, ms: the
 * backlog may have gone since.
 */
#define OLD_MS 10000
/* This part of what is few may be published before it is counted again. */
#define PART 8

static const int64_t times[] = {
#define LANE(number, times, marker) times,
#include "queue/topology_rows.h"
#undef LANE
};

int
queue_lane_for(int64_t tenant_id, int64_t waiting, int64_t few)
{
	int last = 0, alike = 1;

	while (few > 0 && last < QUEUE_LANES && waiting >= times[last] * few)
		last++;
	while (alike < last && times[last - alike - 1] == times[last - 1])
		alike++;
	return last == 0 ?
	    0 :
	    last - alike + 1 + (int)((uint64_t)tenant_id % (unsigned)alike);
}

/* The tenant's place: its own, or the one that was used longest ago. */
static struct queue_backlog *
place_of(struct queue_lanes *lanes, int64_t tenant_id)
{
	struct queue_backlog *oldest = &lanes->all[0];

	for (size_t i = 0; i < COUNT(lanes->all); i++) {
		if (lanes->all[i].tenant_id == tenant_id)
			return &lanes->all[i];
		if (lanes->all[i].used_at < oldest->used_at)
			oldest = &lanes->all[i];
	}
	*oldest = (struct queue_backlog){ .tenant_id = tenant_id };
	return oldest;
}

int
queue_lanes_take(struct queue_manager *manager, int64_t tenant_id)
{
	int64_t few = manager->settings->bulk_backlog;
	int64_t now = clock_ms(), known;
	struct queue_backlog *place;

	if (few == 0 || manager->lanes_there == 0)
		return 0;
	place = place_of(&manager->lanes, tenant_id);
	if (now - place->used_at >= OLD_MS)
		place->own = 0;
	place->used_at = now;
	known = now - place->known_at < OLD_MS ? place->known : 0;
	return queue_lane_for(tenant_id, known + place->own++, few);
}

bool
queue_lanes_due(struct queue_manager *manager, int64_t of,
    int64_t *ret_tenant_id, int64_t *ret_most)
{
	int64_t few = manager->settings->bulk_backlog;

	for (size_t i = 0; few > 0 && i < COUNT(manager->lanes.all); i++) {
		const struct queue_backlog *place = &manager->lanes.all[i];
		bool is_bulk = place->known >= few;

		if (place->own == 0 || (of != 0 && place->tenant_id != of) ||
		    (is_bulk ? clock_ms() - place->known_at < COUNT_MS :
			       place->own * PART < few))
			continue;
		*ret_tenant_id = place->tenant_id;
		*ret_most = times[QUEUE_LANES - 1] * few;
		return true;
	}
	return false;
}

void
queue_lanes_note(struct queue_manager *manager, int64_t tenant_id,
    int64_t pending)
{
	struct queue_backlog *place = place_of(&manager->lanes, tenant_id);

	if (pending >= 0)
		place->known = pending;
	place->own = 0;
	place->known_at = clock_ms();
}

/* SPDX-License-Identifier: MIT */
#include "programs/worker_pauses.h"

#include "base/clock.h"
#include "base/log.h"
#include "models/tables/schema.h"
#include "models/tenant/pause.h"
#include "queue/dead_letters.h"
#include "queue/queue_consumer.h"

#define LOOK_MS 2000

void
worker_pauses_look(struct backend *servers)
{
	static int64_t look_at;
	bool pauses[QUEUE_COUNT] = { false };
	struct db_rows *rows;
	struct diag diag;
	enum queue queue;

	if (clock_left(look_at) > 0)
		return;
	look_at = clock_ms() + LOOK_MS;
	diag_clear(&diag);
	if (schema_expect(servers->db, &servers->session, servers->arena,
		&diag) != E_OK ||
	    pause_list(servers->db, servers->arena, &rows, &diag) != E_OK) {
		log_debug("pauses", LOG_TEXT("text", diag.text));
		arena_reset(servers->arena);
		return;
	}
	for (int i = 0; i < db_rows_count(rows); i++)
		if (!db_is_null(rows, i, PAUSE_QUEUE) &&
		    dead_letters_queue(db_text(rows, i, PAUSE_QUEUE).at,
			&queue))
			pauses[queue] = true;
	queue_consumer_pause(servers->queue, pauses);
	arena_reset(servers->arena);
}

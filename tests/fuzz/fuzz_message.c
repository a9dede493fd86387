/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as the message of a transform or load job. What is read, written
 * again, reads as the same.
 */
#include <stdlib.h>
#include <string.h>

#include "queue/job.h"

#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct arena *arena;
	struct job job, again;
	struct diag diag;
	struct buf text;

	if (arena == NULL)
		arena = arena_new(1 << 22);
	must(arena != NULL);
	diag_clear(&diag);
	buf_init(&text, 1 << 22);
	buf_add_span(&text, (struct span){ (const char *)data, size });
	must(buf_done(&text) == E_OK);
	if (job_read_batch(buf_span(&text), arena, &job, &diag) == E_OK) {
		must(job.tenant_id > 0 && job.raw_data_id > 0);
		buf_reset(&text, SIZE_MAX);
		job_write_batch(&job, &text);
		must(buf_done(&text) == E_OK);
		must(job_read_batch(buf_span(&text), arena, &again, &diag) ==
		    E_OK);
		must(again.tenant_id == job.tenant_id &&
		    again.integration_id == job.integration_id &&
		    again.raw_data_id == job.raw_data_id &&
		    again.entity_type.len == job.entity_type.len);
	}
	buf_free(&text);
	arena_reset(arena);
	return 0;
}

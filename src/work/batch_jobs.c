#include "work/batch_jobs.h"

struct job *
batch_jobs(const struct db_rows *rows, struct arena *arena)
{
	int count = db_rows_count(rows);
	struct job *jobs = arena_ask(arena, (size_t)count * sizeof(*jobs));

	for (int i = 0; jobs != NULL && i < count; i++)
		jobs[i] = (struct job){
			.raw_data_id = db_int(rows, i, RAW_BATCH_LOCKED_ID),
			.tenant_id = db_int(rows, i, RAW_BATCH_LOCKED_TENANT),
			.integration_id = db_int(rows, i,
			    RAW_BATCH_LOCKED_INTEGRATION),
			.entity_type = db_text(rows, i,
			    RAW_BATCH_LOCKED_TYPE),
		};
	return jobs;
}

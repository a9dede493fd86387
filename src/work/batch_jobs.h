/*
 * The jobs of batches whose messages are to be published, from their rows.
 */
#ifndef WORK_BATCH_JOBS_H
#define WORK_BATCH_JOBS_H

#include "models/batch/raw_batch_version.h"
#include "queue/job.h"

/*
 * Needs: rows of RAW_BATCH_LOCKED_…; the last column is not looked at.
 * Gives: a job for each row, in the arena; its text is the rows'. NULL: no
 *        memory.
 */
struct job *batch_jobs(const struct db_rows *rows, struct arena *arena);

#endif

/*
 * The message contract: one JSON object on one line that names work, never
 * carries it. Transform and load jobs name a stored batch; an extract job
 * names an integration and says what to fetch.
 */
#ifndef QUEUE_JOB_H
#define QUEUE_JOB_H

#include <stdint.h>

#include "base/buf.h"

struct job {
	int64_t tenant_id;
	int64_t integration_id;
	int64_t raw_data_id;	 /* transform, load */
	struct span entity_type; /* transform, load */
	struct span job_type;	 /* extract */
	struct span job_params;	 /* extract: JSON as it came */
};

/* Write a transform or load job's message body. */
void job_write_batch(const struct job *job, struct buf *out);

/* Write an extract job's message body. */
void job_write_extract(const struct job *job, struct buf *out);

#endif

#include "queue/job.h"

#include "base/json_write.h"

void
job_write_batch(const struct job *job, struct buf *out)
{
	struct json json;

	json_init(&json, out);
	json_object(&json, NULL);
	json_int(&json, "tenant_id", job->tenant_id);
	json_int(&json, "integration_id", job->integration_id);
	json_int(&json, "raw_data_id", job->raw_data_id);
	json_span(&json, "entity_type", job->entity_type);
	json_end(&json);
}

void
job_write_extract(const struct job *job, struct buf *out)
{
	size_t start = out->len;
	struct json json;

	json_init(&json, out);
	json_object(&json, NULL);
	json_int(&json, "tenant_id", job->tenant_id);
	json_int(&json, "integration_id", job->integration_id);
	json_span(&json, "job_type", job->job_type);
	json_raw(&json, "job_params", job->job_params);
	json_end(&json);
	/* Within a JSON text they are blanks: no string holds them raw. */
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
}

/* SPDX-License-Identifier: MIT */
#include "queue/job.h"

#include "json/json_read.h"
#include "json/json_scan.h"
#include "json/json_write.h"

#define ENTITY_TYPE_MAX 50 /* characters */

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

/* A positive number that fits. */
static enum err
read_id(const struct json_member *member, int64_t max, int64_t *ret,
    struct diag *diag)
{
	int64_t id;

	if (member->kind != JSON_NUMBER || !span_int64(member->value, &id) ||
	    id < 1 || id > max)
		return diag_set(diag, E_INVALID, "%s is no id", member->name);
	*ret = id;
	return E_OK;
}

enum err
job_read_batch(struct span body, struct arena *arena, struct job *ret_job,
    struct diag *diag)
{
	struct json_member members[] = { { .name = "tenant_id" },
		{ .name = "integration_id" }, { .name = "raw_data_id" },
		{ .name = "entity_type" } };
	struct job job = { 0 };
	struct json_refusal refusal;
	size_t chars;
	enum err rc;

	if (!json_scan_object(body, &json_limits_default, members,
		COUNT(members), &refusal))
		return diag_set(diag, E_INVALID, "%s (at byte %zu)",
		    json_flaw_text(refusal.flaw), refusal.at);
	rc = read_id(&members[0], INT32_MAX, &job.tenant_id, diag);
	if (rc == E_OK)
		rc = read_id(&members[1], INT32_MAX, &job.integration_id, diag);
	if (rc == E_OK)
		rc = read_id(&members[2], INT64_MAX, &job.raw_data_id, diag);
	if (rc != E_OK)
		return rc;
	if (members[3].kind != JSON_STRING)
		return diag_set(diag, E_INVALID, "entity_type is no text");
	rc = json_read_string(members[3].value, arena, &job.entity_type, diag);
	if (rc == E_SYNTAX)
		return diag_set(diag, E_INVALID, "entity_type is no text");
	if (rc != E_OK)
		return rc;
	chars = span_utf8_chars(job.entity_type);
	if (chars < 1 || chars > ENTITY_TYPE_MAX)
		return diag_set(diag, E_INVALID,
		    "entity_type has not 1 to %d characters", ENTITY_TYPE_MAX);
	*ret_job = job;
	return E_OK;
}

enum err
job_read_extract(struct span body, struct arena *arena, struct job *ret_job,
    struct diag *diag)
{
	struct json_member members[] = { { .name = "tenant_id" },
		{ .name = "integration_id" }, { .name = "run_id" },
		{ .name = "job_type" }, { .name = "job_params" } };
	struct job job = { 0 };
	struct json_refusal refusal;
	enum err rc;

	if (!json_scan_object(body, &json_limits_default, members,
		COUNT(members), &refusal))
		return diag_set(diag, E_INVALID, "%s (at byte %zu)",
		    json_flaw_text(refusal.flaw), refusal.at);
	rc = read_id(&members[0], INT32_MAX, &job.tenant_id, diag);
	if (rc == E_OK)
		rc = read_id(&members[1], INT32_MAX, &job.integration_id, diag);
	if (rc == E_OK && members[2].kind != JSON_ABSENT)
		rc = read_id(&members[2], INT64_MAX, &job.run_id, diag);
	if (rc != E_OK)
		return rc;
	if (members[3].kind != JSON_STRING || members[4].kind != JSON_OBJECT)
		return diag_set(diag, E_INVALID,
		    "job_type is no text, or job_params is no object");
	rc = json_read_string(members[3].value, arena, &job.job_type, diag);
	if (rc == E_SYNTAX)
		return diag_set(diag, E_INVALID, "job_type is no text");
	job.job_params = members[4].value;
	if (rc == E_OK)
		*ret_job = job;
	return rc;
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
	if (job->run_id > 0)
		json_int(&json, "run_id", job->run_id);
	json_end(&json);
	/* Within a JSON text they are blanks: no string holds them raw. */
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '\n' || out->data[i] == '\r')
			out->data[i] = ' ';
}

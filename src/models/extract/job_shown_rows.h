/* SPDX-License-Identifier: MIT */
/* What answers show of a job; i is its integration. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(job_name, TEXT, NOT_NULL, "t.job_name")
SHOWN(job_type, TEXT, NULLABLE, "t.job_type")
SHOWN(job_params, MAP, NOT_NULL, "t.job_params")
SHOWN(interval_seconds, INT, NULLABLE, "t.interval_seconds")
SHOWN(jitter_seconds, INT, NOT_NULL, "t.jitter_seconds")
SHOWN(next_at, STAMP, NULLABLE, "t.next_at")
SHOWN(last_run_started_at, STAMP, NULLABLE, "t.last_run_started_at")
SHOWN(integration_id, INT, NULLABLE, "t.integration_id")
SHOWN(integration_name, TEXT, NOT_NULL, "i.provider")
SHOWN(active, BOOL, NOT_NULL, "t.active")

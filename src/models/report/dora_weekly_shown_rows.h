/* SPDX-License-Identifier: MIT */
/* What answers show of a week of a repository; t is report.dora_weekly. */
SHOWN(week, TEXT, NOT_NULL, "t.week::text")
SHOWN(repository_id, INT, NOT_NULL, "t.repository_id")
SHOWN(repository, TEXT, NULLABLE, "t.repository")
SHOWN(deployments, INT, NOT_NULL, "t.deployments")
SHOWN(failures, INT, NOT_NULL, "t.failures")
SHOWN(change_failure_rate, NUMBER, NOT_NULL, "t.change_failure_rate")
SHOWN(lead_time_p50_seconds, NUMBER, NULLABLE, "t.lead_time_p50_seconds")
SHOWN(time_to_restore_p50_seconds, NUMBER, NULLABLE,
    "t.time_to_restore_p50_seconds")

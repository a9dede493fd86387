/* SPDX-License-Identifier: MIT */
/* What answers show of a week of a project; t is report.cycle_times. */
SHOWN(week, TEXT, NOT_NULL, "t.week::text")
SHOWN(project_id, INT, NULLABLE, "t.project_id")
SHOWN(project_key, TEXT, NULLABLE, "t.project_key")
SHOWN(items, INT, NOT_NULL, "t.items")
SHOWN(items_with_cycle_time, INT, NOT_NULL, "t.items_with_cycle_time")
SHOWN(cycle_time_p50_seconds, NUMBER, NULLABLE, "t.cycle_time_p50_seconds")
SHOWN(cycle_time_p85_seconds, NUMBER, NULLABLE, "t.cycle_time_p85_seconds")
SHOWN(lead_time_p50_seconds, NUMBER, NULLABLE, "t.lead_time_p50_seconds")
SHOWN(lead_time_p85_seconds, NUMBER, NULLABLE, "t.lead_time_p85_seconds")

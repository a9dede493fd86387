/* SPDX-License-Identifier: MIT */
/* What answers show of a day of a project; t is report.flow_daily. */
SHOWN(day, TEXT, NOT_NULL, "t.day::text")
SHOWN(project_id, INT, NULLABLE, "t.project_id")
SHOWN(project_key, TEXT, NULLABLE, "t.project_key")
SHOWN(arrivals, INT, NOT_NULL, "t.arrivals")
SHOWN(starts, INT, NOT_NULL, "t.starts")
SHOWN(throughput, INT, NOT_NULL, "t.throughput")
SHOWN(work_in_progress, INT, NOT_NULL, "t.work_in_progress")

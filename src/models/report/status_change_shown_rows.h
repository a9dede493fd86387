/* SPDX-License-Identifier: MIT */
/* What answers show of a change of status; t is report.status_changes. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(work_item_id, INT, NOT_NULL, "t.work_item_id")
SHOWN(work_item_key, TEXT, NULLABLE, "t.work_item_key")
SHOWN(project_id, INT, NULLABLE, "t.project_id")
SHOWN(from_status, TEXT, NULLABLE, "t.from_status")
SHOWN(from_category, TEXT, NULLABLE, "t.from_category")
SHOWN(to_status, TEXT, NULLABLE, "t.to_status")
SHOWN(to_category, TEXT, NULLABLE, "t.to_category")
SHOWN(started_at, STAMP, NULLABLE, "t.started_at")
SHOWN(changed_at, STAMP, NULLABLE, "t.changed_at")
SHOWN(time_in_status_seconds, NUMBER, NULLABLE, "t.time_in_status_seconds")
SHOWN(changed_by, TEXT, NULLABLE, "t.changed_by")

/* SPDX-License-Identifier: MIT */
/* What a work item shows of its changes; t is report.status_changes. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(from_status, TEXT, NULLABLE, "t.from_status")
SHOWN(from_category, TEXT, NULLABLE, "t.from_category")
SHOWN(to_status, TEXT, NULLABLE, "t.to_status")
SHOWN(to_category, TEXT, NULLABLE, "t.to_category")
SHOWN(started_at, STAMP, NULLABLE, "t.started_at")
SHOWN(changed_at, STAMP, NULLABLE, "t.changed_at")
SHOWN(time_in_status_seconds, NUMBER, NULLABLE, "t.time_in_status_seconds")
SHOWN(changed_by, TEXT, NULLABLE, "t.changed_by")

/* SPDX-License-Identifier: MIT */
/* What lists of changes of status may be asked for; see report.h. */
FILTER(0, project, TEXT, REPORT_OF_PROJECT,
    "Only those of the project with this key")
FILTER(1, work_item_key, TEXT,
    "t.work_item_id = ANY (ARRAY(SELECT w.id FROM work_items AS w"
    " WHERE w.tenant_id = $1 AND w.key = $%d))",
    "Only those of the work item with this key")
FILTER(2, from, STAMP, "t.changed_at >= " REPORT_STAMP,
    "Only those of this time or later")
FILTER(3, to, STAMP, "t.changed_at < " REPORT_STAMP,
    "Only those before this time")

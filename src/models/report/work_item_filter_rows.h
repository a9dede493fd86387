/* SPDX-License-Identifier: MIT */
/* What lists of work items may be asked for; see report.h. */
FILTER(0, project, TEXT, REPORT_OF_PROJECT,
    "Only those of the project with this key")
FILTER(1, status, TEXT, "t.status = $%d",
    "Only those in this status, as the source names it")
FILTER(2, status_category, TEXT, "t.status_category = $%d",
    "Only those in a status of this category: To Do, In Progress or Done")
FILTER(3, type, TEXT, "t.type = $%d", "Only those of this type, as mapped")
FILTER(4, key, TEXT, "t.key = $%d", "Only the one with this key")
FILTER(5, updated_after, STAMP, "t.updated > " REPORT_STAMP,
    "Only those that the source changed after this time")
FILTER(6, from, STAMP, "t.completed_at >= " REPORT_STAMP,
    "Only those that were completed at this time or later")
FILTER(7, to, STAMP, "t.completed_at < " REPORT_STAMP,
    "Only those that were completed before this time")

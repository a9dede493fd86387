/* SPDX-License-Identifier: MIT */
/* What lists of pull requests may be asked for; see report.h. */
FILTER(0, repository, TEXT, REPORT_OF_REPOSITORY,
    "Only those of this repository, as OWNER/NAME")
FILTER(1, status, TEXT, "t.status = $%d", "Only those with this status")
FILTER(2, author, TEXT, "t.author = $%d", "Only those that this login opened")
FILTER(3, work_item_key, TEXT, "t.work_item_key = $%d",
    "Only those of the work item with this key")
FILTER(4, updated_after, STAMP, "t.updated > " REPORT_STAMP,
    "Only those that the source changed after this time")
FILTER(5, from, STAMP, "t.merged_at >= " REPORT_STAMP,
    "Only those that were merged at this time or later")
FILTER(6, to, STAMP, "t.merged_at < " REPORT_STAMP,
    "Only those that were merged before this time")

/* SPDX-License-Identifier: MIT */
/* What lists of repositories may be asked for; see report.h. */
FILTER(0, repository, TEXT, "t.name_key = lower($%d)",
    "Only the one with this name, as OWNER/NAME")
FILTER(1, updated_after, STAMP, "t.repo_updated_at > " REPORT_STAMP,
    "Only those that the source changed after this time")

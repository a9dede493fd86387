/* SPDX-License-Identifier: MIT */
/* What lists of weeks of repositories may be asked for; see report.h. */
FILTER(0, repository, TEXT, REPORT_OF_REPOSITORY,
    "Only those of this repository, as OWNER/NAME")
FILTER(1, from, STAMP, "t.week >= " REPORT_STAMP,
    "Only weeks that begin at this time or later")
FILTER(2, to, STAMP, "t.week < " REPORT_STAMP,
    "Only weeks that begin before this time")

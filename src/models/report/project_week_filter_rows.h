/* SPDX-License-Identifier: MIT */
/* What lists of weeks of projects may be asked for; see report.h. */
FILTER(0, project, TEXT, REPORT_OF_PROJECT,
    "Only those of the project with this key")
FILTER(1, from, STAMP, "t.week >= " REPORT_STAMP,
    "Only weeks that begin at this time or later")
FILTER(2, to, STAMP, "t.week < " REPORT_STAMP,
    "Only weeks that begin before this time")

/* SPDX-License-Identifier: MIT */
/* What lists of days of projects may be asked for; see report.h. */
FILTER(0, project, TEXT, REPORT_OF_PROJECT,
    "Only those of the project with this key")
FILTER(1, from, STAMP, "t.day >= " REPORT_STAMP, "Only days from this one on")
FILTER(2, to, STAMP, "t.day < " REPORT_STAMP, "Only days before this one")

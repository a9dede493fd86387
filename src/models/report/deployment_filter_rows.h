/* SPDX-License-Identifier: MIT */
/* What lists of deployments may be asked for; see report.h. */
FILTER(0, repository, TEXT, REPORT_OF_REPOSITORY,
    "Only those of this repository, as OWNER/NAME")
FILTER(1, from, STAMP, "t.deployed_at >= " REPORT_STAMP,
    "Only those of this time or later")
FILTER(2, to, STAMP, "t.deployed_at < " REPORT_STAMP,
    "Only those before this time")

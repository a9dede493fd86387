/* SPDX-License-Identifier: MIT */
/* What answers show of a week of a repository; t is report.pr_times. */
SHOWN(week, TEXT, NOT_NULL, "t.week::text")
SHOWN(repository_id, INT, NOT_NULL, "t.repository_id")
SHOWN(repository, TEXT, NULLABLE, "t.repository")
SHOWN(merged, INT, NOT_NULL, "t.merged")
SHOWN(reviewed, INT, NOT_NULL, "t.reviewed")
SHOWN(pickup_p50_seconds, NUMBER, NULLABLE, "t.pickup_p50_seconds")
SHOWN(pickup_p85_seconds, NUMBER, NULLABLE, "t.pickup_p85_seconds")
SHOWN(review_p50_seconds, NUMBER, NULLABLE, "t.review_p50_seconds")
SHOWN(review_p85_seconds, NUMBER, NULLABLE, "t.review_p85_seconds")
SHOWN(merge_p50_seconds, NUMBER, NULLABLE, "t.merge_p50_seconds")
SHOWN(merge_p85_seconds, NUMBER, NULLABLE, "t.merge_p85_seconds")

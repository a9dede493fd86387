/* SPDX-License-Identifier: MIT */
/*
 * What members of reports are, as member_rows.h has those of the others. The
 * sentences are the comments of the views' columns.
 */
TEXT("week", "2026-01-26", "The Monday that the week begins with (UTC)")
VALUE("project_id", "1", "The project, within this database")
TEXT("project_key", "DEMO", "The project's key")
VALUE("items", "1", "Work items completed in the week, and still done")
VALUE("items_with_cycle_time", "1", "Those whose cycle time is known")
VALUE("cycle_time_p50_seconds", "3600", "Median cycle time")
VALUE("cycle_time_p85_seconds", "3600", "85 of 100 had a cycle time up to this")
VALUE("lead_time_p50_seconds", "3600",
    "Median; of dora_weekly: from the first commit to the merge")
VALUE("lead_time_p85_seconds", "3600", "85 of 100 had a lead time up to this")
VALUE("pull_request_id", "1", "The pull request, within this database")
VALUE("repository_id", "1", "The repository, within this database")
TEXT("repository", "demo/shop", "The repository, as OWNER/NAME")
VALUE("number", "7", "The pull request's number")
TEXT("deployed_at", "2026-01-31T10:00:00.000000Z",
    "When it was merged into the default branch (UTC)")
TEXT("first_commit_at", "2026-01-31T10:00:00.000000Z",
    "When its first commit was authored (UTC)")
TEXT("reverted_at", "2026-01-31T10:00:00.000000Z",
    "When a pull request that reverts it was merged (UTC)")
VALUE("deployments", "1", "Merges into the default branch in the week")
VALUE("failures", "1", "Those of them that were reverted later")
VALUE("change_failure_rate", "0.25", "failures divided by deployments")
VALUE("time_to_restore_p50_seconds", "3600",
    "Median time from the merge to its revert")
TEXT("integration", "Jira", "The name of the account")
VALUE("pending", "1", "Batches that wait")
VALUE("processing", "1", "Batches that a worker has")
VALUE("failed", "1", "Batches that failed")
TEXT("oldest_pending_at", "2026-01-31T10:00:00.000000Z",
    "When the oldest batch that waits was stored (UTC)")
TEXT("newest_batch_at", "2026-01-31T10:00:00.000000Z",
    "When the newest batch was stored (UTC)")
TEXT("day", "2026-01-31", "The day (UTC)")
VALUE("arrivals", "1", "Work items made on the day")
VALUE("starts", "1", "Work items started for the first time on the day")
VALUE("throughput", "1", "Work items completed on the day, and still done")
VALUE("work_in_progress", "1",
    "Started and not completed at the end of the day")
VALUE("merged", "1", "Pull requests merged in the week")
VALUE("reviewed", "1", "Those of them with a review")
VALUE("pickup_p50_seconds", "3600", "Median of pickup_seconds")
VALUE("pickup_p85_seconds", "3600", "85 of 100 had pickup_seconds up to this")
VALUE("review_p50_seconds", "3600", "Median of review_seconds")
VALUE("review_p85_seconds", "3600", "85 of 100 had review_seconds up to this")
VALUE("merge_p50_seconds", "3600", "Median of merge_seconds")
VALUE("merge_p85_seconds", "3600", "85 of 100 had merge_seconds up to this")
TEXT("author", "ada", "The login of who opened it")
TEXT("source_branch", "DEMO-1-export", "The branch that it comes from")
TEXT("target_branch", "main", "The branch that it goes to")
TEXT("url", "https://github.com/demo/shop/pull/7", "Its page at the source")
TEXT("work_item_key", "DEMO-1", "The work item's key")
TEXT("created", "2026-01-31T10:00:00.000000Z",
    "When it was made at the source (UTC)")
TEXT("updated", "2026-01-31T10:00:00.000000Z",
    "When it was last changed at the source (UTC)")
TEXT("first_review_at", "2026-01-31T10:00:00.000000Z",
    "First review by somebody else (UTC)")
TEXT("merged_at", "2026-01-31T10:00:00.000000Z", "When it was merged (UTC)")
TEXT("closed_at", "2026-01-31T10:00:00.000000Z", "When it was closed (UTC)")
TEXT("merged_by", "grace", "The login of who merged it")
VALUE("pickup_seconds", "3600", "From its opening to the first review")
VALUE("review_seconds", "3600",
    "From the first review to the merge; below 0: reviewed afterwards")
VALUE("merge_seconds", "3600", "From its opening to the merge")
VALUE("commit_count", "1", "Commits")
VALUE("additions", "1", "Lines added")
VALUE("deletions", "1", "Lines deleted")
VALUE("changed_files", "1", "Files changed")
VALUE("reviewers", "1", "Different people who reviewed it")
VALUE("review_cycles", "1", "Approvals and requests for changes")
VALUE("rework_commit_count", "1", "Commits made after the first review")
VALUE("discussion_comment_count", "1", "Comments on the pull request")
VALUE("review_comment_count", "1", "Comments on its lines")
VALUE("parts_complete", "true",
    "True: all commits, reviews and comments are known")
VALUE("work_item_id", "1", "The work item, within this database")
TEXT("from_status", "Open", "The status before")
TEXT("from_category", "To Do", "Its category; NULL: unknown")
TEXT("to_status", "In Progress", "The status after")
TEXT("to_category", "In Progress", "Its category; NULL: unknown")
TEXT("started_at", "2026-01-31T10:00:00.000000Z",
    "When the status before began (UTC)")
TEXT("changed_at", "2026-01-31T10:00:00.000000Z",
    "When the status changed (UTC)")
VALUE("time_in_status_seconds", "3600", "How long the status before lasted")
TEXT("changed_by", "Ada", "Who changed it")
TEXT("project_name", "Demo shop", "The project's name")
TEXT("source_type", "Story", "The type, as the source names it")
TEXT("workflow_step", "Doing", "The step of its mapping")
TEXT("summary", "Add the export of invoices", "The title")
TEXT("resolution", "Done", "How it was resolved, by name")
TEXT("assignee", "Ada", "Who it is assigned to")
TEXT("labels", "export,invoice", "Labels, with a comma in between")
TEXT("priority", "High", "The priority, by name")
TEXT("team", "Payments", "The team, of the mapped custom field")
VALUE("story_points", "5", "The estimate")
TEXT("parent_external_id", "100000",
    "The external_id of its parent; a key while the parent is unknown")
TEXT("resolution_date", "2026-01-31T10:00:00.000000Z",
    "When the source resolved it (UTC)")
TEXT("work_first_committed_at", "2026-01-31T10:00:00.000000Z",
    "When the team committed to it (UTC)")
TEXT("work_first_started_at", "2026-01-31T10:00:00.000000Z",
    "First entry into In Progress (UTC)")
TEXT("work_last_started_at", "2026-01-31T10:00:00.000000Z",
    "Last entry into In Progress (UTC)")
TEXT("work_first_completed_at", "2026-01-31T10:00:00.000000Z",
    "First entry into Done (UTC)")
TEXT("work_last_completed_at", "2026-01-31T10:00:00.000000Z",
    "Last entry into Done (UTC), whatever came after")
TEXT("completed_at", "2026-01-31T10:00:00.000000Z",
    "Last completion (UTC) of what is done now; NULL: it is not done")
VALUE("total_work_starts", "1", "Entries into In Progress")
VALUE("total_completions", "1", "Entries into Done")
VALUE("total_backlog_returns", "1", "Returns to To Do")
VALUE("total_work_time_seconds", "3600",
    "Time in statuses that are In Progress")
VALUE("total_review_time_seconds", "3600", "The part of it in review steps")
VALUE("total_cycle_time_seconds", "86400",
    "From the first start to the last completion")
VALUE("total_lead_time_seconds", "172800",
    "From commitment to the last completion")
VALUE("workflow_complexity_score", "1",
    "2 for each return, 1 for each completion after the first")
VALUE("rework_indicator", "true", "Started more than once")
VALUE("direct_completion", "true", "Completed once without a start")
VALUE("history_complete", "true",
    "True: all changes of status are known; the metrics are NULL else")
TEXT("work_item_list.key", "DEMO-1",
    "The key that the source gives it, as ABC-1")
TEXT("work_item_list.type", "Story", "The type, as mapped")
TEXT("work_item_list.status", "Closed", "The status, as the source names it")
TEXT("work_item.key", "DEMO-1", "The key that the source gives it, as ABC-1")
TEXT("work_item.type", "Story", "The type, as mapped")
TEXT("work_item.status", "Closed", "The status, as the source names it")
TEXT("pull_request_list.title", "Export invoices", "The title")
TEXT("pull_request_list.status", "merged",
    "Open, merged or closed, as the source says")
TEXT("pull_request.title", "Export invoices", "The title")
TEXT("pull_request.status", "merged",
    "Open, merged or closed, as the source says")
TEXT("etl_health_list.type", "data_source", "What it is, such as data_source")
TEXT("repository_list.name", "shop", "Its name")
TEXT("full_name", "demo/shop", "The repository, as OWNER/NAME")
TEXT("repository_list.url", "https://github.com/demo/shop",
    "Its page at the source")
TEXT("repository_list.description", "The demo shop",
    "What its source says of it")
VALUE("is_private", "false", "Whether only its members see it")
TEXT("language", "C", "The language that most of it is in")
TEXT("default_branch", "main", "The branch that changes go to")
VALUE("archived", "false", "Whether it takes no changes any more")
TEXT("pushed_at", "2026-01-31T10:00:00.000000Z",
    "When commits last came to it (UTC)")
TEXT("sha", "35bcf0d7f2a14f5d9d1f3a1f5c6d7e8f90a1b2c3", "Its hash")
TEXT("body", "Looks right", "Its text")
TEXT("authored_at", "2026-01-30T09:00:00.000000Z", "When it was written (UTC)")
TEXT("committed_at", "2026-01-30T09:00:00.000000Z",
    "When it was committed (UTC)")
TEXT("review.state", "APPROVED",
    "APPROVED, CHANGES_REQUESTED, COMMENTED or DISMISSED")
TEXT("submitted_at", "2026-01-30T12:00:00.000000Z",
    "When it was submitted (UTC)")
TEXT("comment_type", "issue",
    "Whether it is of the pull request itself or of a line")
TEXT("path", "src/export.c", "The file that it is about")
VALUE("line", "12", "The line that it is about")
PART("changes", "Its changes of status, oldest first")
PART("reviews", "Its reviews, oldest first")
PART("commits", "Its commits, oldest first")
PART("comments", "Its comments, oldest first")
VALUE("record_list.fields", "{\"title\": \"The server is on fire.\"}",
    "The columns that the mapping of its type names")
TEXT("record_list.external_id", "PT4KHLK", "The key of the item")
TEXT("record_list.entity_type", "pagerduty_incidents", "The type of its batch")
TEXT("records_list.fields", "external_id,updated,fields", NULL)
TEXT("records_list.entity_type", "pagerduty_incidents", NULL)
TEXT("records_list.external_id", "PT4KHLK", NULL)
TEXT("work_items_list.fields", "id,key,completed_at", NULL)
TEXT("pull_requests_list.fields", "id,number,merged_at", NULL)
TEXT("repositories_list.fields", "id,full_name", NULL)
TEXT("status_changes_list.fields", "work_item_key,to_status,changed_at", NULL)
TEXT("flow_daily_list.fields", "day,project_key,throughput", NULL)
TEXT("cycle_times_list.fields", "week,project_key,cycle_time_p85_seconds", NULL)
TEXT("pr_times_list.fields", "week,repository,pickup_p50_seconds", NULL)
TEXT("deployments_list.fields", "repository,deployed_at", NULL)
TEXT("dora_weekly_list.fields", "week,repository,deployments", NULL)
TEXT("etl_health_list.fields", "integration,pending,failed", NULL)
TEXT("project", "DEMO", NULL)
TEXT("updated_after", "2026-01-01T00:00:00Z", NULL)
TEXT("from", "2026-01-01T00:00:00Z", NULL)
TEXT("to", "2026-04-01T00:00:00Z", NULL)
TEXT("work_items_list.key", "DEMO-1", NULL)
TEXT("work_items_list.status", "Closed", NULL)
TEXT("work_items_list.type", "Story", NULL)
TEXT("pull_requests_list.status", "merged", NULL)

/*
 * TRANSFORMER(entity type, what becomes of it). The statements are in the .sql
 * file of that name; its first one gives one row: items (NULL: the batch does
 * not have the shape), how many of them cannot be read, how many were skipped,
 * the list of the first 1,000 of these, and the keys and ids of what is waited
 * for, 10,000 at most: the loads of what brings it take the batch up again.
 */
TRANSFORMER(jira_projects_batch, "projects and their work item types")
TRANSFORMER(jira_statuses_batch, "statuses and the projects that use them")
TRANSFORMER(jira_issues_batch, "work items and their changes of status")
TRANSFORMER(jira_dev_status_batch, "links from work items to pull requests")
TRANSFORMER(github_repositories_batch, "repositories")
TRANSFORMER(github_prs_batch, "pull requests, commits, reviews, comments")

/*
 * TRANSFORMER(entity type, what becomes of it). The statements are in the .sql
 * file of that name; its first one gives one row: items (NULL: the batch does
 * not have the shape), how many of them cannot be read, how many were skipped,
 * and the list of these.
 */
TRANSFORMER(jira_projects_batch, "projects and their work item types")
TRANSFORMER(jira_issues_batch, "work items and their changes of status")

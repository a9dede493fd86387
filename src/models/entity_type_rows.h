/*
 * ENTITY_TYPE(name, statements, what becomes of it): the entity types that
 * are transformed. The statements are in transformers/<statements>.sql and in
 * the loads that loaders/loader_rows.h lists for them; several types may
 * share them. A batch of any other type is kept as it came.
 */
ENTITY_TYPE(jira_projects_batch, jira_projects_batch,
    "projects and their work item types")
ENTITY_TYPE(jira_issue_types_batch, jira_projects_batch, "work item types")
ENTITY_TYPE(jira_statuses_batch, jira_statuses_batch,
    "statuses and the projects that use them")
ENTITY_TYPE(jira_issues_batch, jira_issues_batch,
    "work items and their changes of status")
ENTITY_TYPE(jira_changelogs_batch, jira_issues_batch,
    "changes of status of work items")
ENTITY_TYPE(jira_issue_ids_batch, jira_issue_ids_batch,
    "a census: work items that their source no longer has end")
ENTITY_TYPE(jira_dev_status_batch, jira_dev_status_batch,
    "links from work items to pull requests")
ENTITY_TYPE(github_repositories_batch, github_repositories_batch,
    "repositories")
ENTITY_TYPE(github_prs_batch, github_prs_batch,
    "pull requests, commits, reviews, comments")
ENTITY_TYPE(github_pr_numbers_batch, github_pr_numbers_batch,
    "pull requests that are gone, by a census of the others")

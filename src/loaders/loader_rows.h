/*
 * LOADER(statements, file, what it does): the loads of the entity types that
 * have these statements (models/entity_type_rows.h), in order. The statements
 * are in the .sql file of that name. Rows are locked in this order, too:
 * batches, types, statuses, work items, pull requests, links (migration 0022).
 */
LOADER(jira_projects_batch, waiting_projects, "statuses that named one of them")
LOADER(jira_projects_batch, wit_mappings, "types find their mapping by name")
LOADER(jira_statuses_batch, waiting_projects, "projects that came meanwhile")
LOADER(jira_statuses_batch, status_mappings, "statuses find theirs")
LOADER(jira_statuses_batch, work_items, "metrics, if a status is another now")
LOADER(jira_issues_batch, waiting_issues, "batches that named one of them")
LOADER(jira_issues_batch, waiting_projects, "statuses of their projects")
LOADER(jira_issues_batch, wit_mappings, "types find their mapping by name")
LOADER(jira_issues_batch, status_mappings, "statuses find theirs")
LOADER(jira_issues_batch, work_items, "parents, metrics from all changes")
LOADER(jira_issues_batch, pr_issues, "pull requests that name one of them")
LOADER(jira_issue_ids_batch, census_issues, "work items that are gone end")
LOADER(jira_dev_status_batch, waiting_issues, "issues that came meanwhile")
LOADER(jira_dev_status_batch, pr_issues, "pull requests find their issues")
LOADER(github_repositories_batch, repo_links, "links get their repository")
LOADER(github_prs_batch, waiting_prs, "parts that came before one of them")
LOADER(github_prs_batch, repo_links, "links get their repository")
LOADER(github_prs_batch, pr_issues, "pull requests find their issues")

/* SPDX-License-Identifier: MIT */
/*
 * What is kept as vectors, as the dashboard shows it: VECTOR(group, name,
 * table). A group is named like the product of its integrations; the groups
 * stand together.
 */
VECTOR("Jira", "Work Items", "work_items")
VECTOR("Jira", "Changelogs", "changelogs")
VECTOR("Jira", "Projects", "projects")
VECTOR("Jira", "Statuses", "statuses")
VECTOR("Jira", "Work Item Types", "wits")
VECTOR("Jira", "WIT Hierarchies", "wits_hierarchies")
VECTOR("Jira", "WIT Mappings", "wits_mappings")
VECTOR("Jira", "WIT PR Links", "wits_prs_links")
VECTOR("Jira", "Status Mappings", "statuses_mappings")
VECTOR("Jira", "Workflows", "workflows")
VECTOR("GitHub", "Pull Requests", "prs")
VECTOR("GitHub", "PR Comments", "prs_comments")
VECTOR("GitHub", "PR Reviews", "prs_reviews")
VECTOR("GitHub", "PR Commits", "prs_commits")
VECTOR("GitHub", "Repositories", "repositories")

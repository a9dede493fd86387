/* SPDX-License-Identifier: MIT */
/*
 * All that makes an entity type, besides its SQL. A batch of a type that is
 * not here is kept as it came.
 *
 *	ENTITY_TYPE(name, statements, what becomes of it)
 *		a type that is transformed, by transformers/<statements>.sql;
 *		several types may share one
 *	LOAD(statements, file, what it does)
 *		what needs more than one batch, once one of a type with these
 *		statements is transformed: loaders/<file>.sql, in order; a type
 *		without any is done then. Rows are locked in this order, too:
 *		batches, types, statuses, work items, pull requests, links
 *		(migration 0022)
 *	TARGET(name, statements, what it is)
 *		what a mapping (docs/types.md) turns items into; its statements
 *		are as those of a type, or a type's own, to which the items are
 *		as its source has them (etl_answer, migration 0039)
 *	SEEN(statements, file)
 *		what such a batch reads is told by transformers/<file>.sql; one
 *		of other statements is always processed (docs/identical.md)
 *	ITEMS(member)
 *		a member of an object that holds a batch's items, whatever its
 *		type; "a.b" is b of the object a
 *
 * Before including, define those that you need; all are undefined afterwards.
 */
#ifndef ENTITY_TYPE
#define ENTITY_TYPE(...)
#endif
#ifndef LOAD
#define LOAD(...)
#endif
#ifndef TARGET
#define TARGET(...)
#endif
#ifndef SEEN
#define SEEN(...)
#endif
#ifndef ITEMS
#define ITEMS(...)
#endif

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
ENTITY_TYPE(jira_hook, jira_hook,
    "a webhook: a work item that was deleted ends")

TARGET(records, mapped_records, "rows of records")
TARGET(work_items, mapped_work_items, "work items")
TARGET(prs, github_prs_batch, "pull requests")
TARGET(repositories, github_repositories_batch, "repositories")

LOAD(jira_projects_batch, waiting_projects, "statuses that named one of them")
LOAD(jira_projects_batch, wit_mappings, "types find their mapping by name")
LOAD(jira_statuses_batch, waiting_projects, "projects that came meanwhile")
LOAD(jira_statuses_batch, status_mappings, "statuses find theirs")
LOAD(jira_statuses_batch, work_items, "metrics, if a status is another now")
LOAD(jira_issues_batch, waiting_issues, "batches that named one of them")
LOAD(jira_issues_batch, waiting_projects, "statuses of their projects")
LOAD(jira_issues_batch, wit_mappings, "types find their mapping by name")
LOAD(jira_issues_batch, status_mappings, "statuses find theirs")
LOAD(jira_issues_batch, work_items, "parents, metrics from all changes")
LOAD(jira_issues_batch, pr_issues, "pull requests that name one of them")
LOAD(jira_issue_ids_batch, census_issues, "work items that are gone end")
LOAD(jira_dev_status_batch, waiting_issues, "issues that came meanwhile")
LOAD(jira_dev_status_batch, pr_issues, "pull requests find their issues")
LOAD(github_repositories_batch, repo_links, "links get their repository")
LOAD(github_prs_batch, waiting_prs, "parts that came before one of them")
LOAD(github_prs_batch, repo_links, "links get their repository")
LOAD(github_prs_batch, pr_issues, "pull requests find their issues")
LOAD(mapped_work_items, mapped_issues, "which work items the batch has")
LOAD(mapped_work_items, work_items, "parents, metrics")
LOAD(mapped_work_items, pr_issues, "pull requests that name one of them")

SEEN(jira_projects_batch, seen_names)
SEEN(jira_statuses_batch, seen_names)
SEEN(jira_issues_batch, seen_issues)
SEEN(github_repositories_batch, seen_repositories)

ITEMS("issues")
ITEMS("values")
ITEMS("projects")
ITEMS("repositories")
ITEMS("items")
ITEMS("prs")
ITEMS("pull_requests")
ITEMS("pullRequests.nodes")

#undef ENTITY_TYPE
#undef LOAD
#undef TARGET
#undef SEEN
#undef ITEMS

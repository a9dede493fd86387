/* SPDX-License-Identifier: MIT */
/*
 * What is fetched from which source.
 *
 *	EXTRACTOR(product, stream, entity type, page size, flags, ask, read)
 *		a stream: `ask` makes the question for a page, `read` finds in
 *		its answer where the next one is, and what is missing
 *	REST(product, stream, entity type, at once, ask, read)
 *		what the answers of a stream lack, so many of them at once
 *	JOB(source, job type, streams)
 *		what a job reads, in this order
 *
 * Flags: EACH_PART, it is read for each project or repository; GIVES_PARTS, it
 * says which these are; CHANGES, only what changed since the last run is read;
 * NAMED, its parts are single issues (an id or key) or pull requests
 * (owner/name#number) that the run names; CENSUS, its pages are a census of each
 * part (census.h); NEWEST_FIRST, its changes come newest first.
 *
 * Before including, define those that you need; all are undefined afterwards.
 */
#ifndef EXTRACTOR
#define EXTRACTOR(...)
#endif
#ifndef REST
#define REST(...)
#endif
#ifndef JOB
#define JOB(...)
#endif

EXTRACTOR(JIRA_CLOUD, "projects", "jira_projects_batch", 50, GIVES_PARTS,
    jira_ask_projects, jira_read_projects)
EXTRACTOR(JIRA_CLOUD, "statuses", "jira_statuses_batch", 1, EACH_PART,
    jira_ask_statuses, jira_read_list)
EXTRACTOR(JIRA_CLOUD, "issues", "jira_issues_batch", 100, EACH_PART | CHANGES,
    jira_ask_search_jql, jira_read_search_jql)
REST(JIRA_CLOUD, "issues", "jira_changelogs_batch", 1000, jira_ask_changelogs,
    jira_read_changelogs)

EXTRACTOR(JIRA_CLOUD, "named_issues", "jira_issues_batch", 1,
    EACH_PART | NAMED, jira_ask_issue, jira_read_issue)
REST(JIRA_CLOUD, "named_issues", "jira_changelogs_batch", 1000,
    jira_ask_changelogs, jira_read_changelogs)
EXTRACTOR(JIRA_CLOUD, "issue_ids", "jira_issue_ids_batch", 1000,
    EACH_PART | CENSUS, jira_ask_ids, jira_read_ids)

EXTRACTOR(JIRA_SERVER, "projects", "jira_projects_batch", 1, GIVES_PARTS,
    jira_ask_all_projects, jira_read_all_projects)
EXTRACTOR(JIRA_SERVER, "statuses", "jira_statuses_batch", 1, EACH_PART,
    jira_ask_statuses_2, jira_read_list)
EXTRACTOR(JIRA_SERVER, "issues", "jira_issues_batch", 100, EACH_PART | CHANGES,
    jira_ask_search, jira_read_search)

EXTRACTOR(JIRA_SERVER, "named_issues", "jira_issues_batch", 1,
    EACH_PART | NAMED, jira_ask_issue_2, jira_read_issue)
EXTRACTOR(JIRA_SERVER, "issue_ids", "jira_issue_ids_batch", 1000,
    EACH_PART | CENSUS, jira_ask_ids_2, jira_read_ids_2)

EXTRACTOR(GITHUB, "repositories", "github_repositories_batch", 100, GIVES_PARTS,
    github_ask_repositories, github_read_repositories)
EXTRACTOR(GITHUB, "pull_requests", "github_prs_batch", 25, EACH_PART | CHANGES,
    github_ask_prs, github_read_prs)
REST(GITHUB, "pull_requests", "github_prs_batch", 1, github_ask_part,
    github_read_part)

EXTRACTOR(GITHUB, "named_pull_requests", "github_prs_batch", 1,
    EACH_PART | NAMED, github_ask_pr, github_read_pr)
REST(GITHUB, "named_pull_requests", "github_prs_batch", 1, github_ask_part,
    github_read_part)
EXTRACTOR(GITHUB, "pull_request_numbers", "github_pr_numbers_batch", 100,
    EACH_PART | CENSUS, github_ask_pr_numbers, github_read_pr_numbers)

EXTRACTOR(GITHUB_REST, "repositories", "github_repositories_batch", 100,
    GIVES_PARTS, github_ask_repositories, github_read_repositories)
EXTRACTOR(GITHUB_REST, "pull_requests", "github_prs_batch", 100,
    EACH_PART | CHANGES | NEWEST_FIRST, github_ask_pulls, github_read_pulls)
REST(GITHUB_REST, "pull_requests", "github_prs_batch", 1, github_ask_pull_part,
    github_read_pull_part)
EXTRACTOR(GITHUB_REST, "named_pull_requests", "github_prs_batch", 1,
    EACH_PART | NAMED, github_ask_pull, github_read_pull)
REST(GITHUB_REST, "named_pull_requests", "github_prs_batch", 1,
    github_ask_pull_part, github_read_pull_part)
EXTRACTOR(GITHUB_REST, "pull_request_numbers", "github_pr_numbers_batch", 100,
    EACH_PART | CENSUS, github_ask_pull_numbers, github_read_pull_numbers)

JOB("jira", "jira_sync", "projects statuses issues")
JOB("jira", "jira_projects", "projects")
JOB("jira", "jira_statuses", "projects statuses")
JOB("jira", "jira_issues", "projects issues")
JOB("jira", "jira_census", "projects issue_ids")
JOB("jira", "jira_hook", "named_issues")
JOB("github", "github_sync", "repositories pull_requests")
JOB("github", "github_repositories", "repositories")
JOB("github", "github_pull_requests", "repositories pull_requests")
JOB("github", "github_census", "repositories pull_request_numbers")
JOB("github", "github_hook", "named_pull_requests")

#undef EXTRACTOR
#undef REST
#undef JOB

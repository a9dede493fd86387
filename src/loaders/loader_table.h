/*
 * LOADER(entity type, file, what it does): the loads of an entity type, in
 * order. The statements are in the .sql file of that name.
 */
LOADER(jira_projects_batch, wit_mappings, "types find their mapping by name")
LOADER(jira_issues_batch, work_items, "metrics from all changes of status")

/* SPDX-License-Identifier: MIT */
/*
 * Everything under /app/etl: ROUTE(method, path, role, handler, input rows,
 * sentence, answer, statuses).
 *
 * The handler and its rows are in the resource's file in this folder; NO_INPUT
 * takes nothing but the path. The last two are for openapi.json: the shape of
 * an answer that is a success (answers.h), and the statuses it may have. They
 * name each success, 304 where there are ETags, and of the errors those that
 * do not follow from the rest of the row: 404 without {id}, 409, 412.
 *
 * ROUTE_LIST is a ROUTE, and ROUTE_LIST_OF a ROUTE_OF, that a standby may
 * answer (reading.h): it reads many rows and changes nothing. Where they are
 * not defined, they are routes like the others.
 *
 * A table of the catalogue has the handlers of resource.h, which work on its
 * NAME_resource; the input rows are NAME_create_input and NAME_update_input,
 * the answers answer_NAME and answer_NAME_list (resource_routes.h):
 *	RESOURCE_LIST(name, names, path, sentence)
 *	    a list, and nothing else
 *	RESOURCE(name, names, path, sentence of the list, "a", noun,
 *	    input rows of DELETE)
 *	    its list; making, reading, changing and deleting one
 *	RESOURCE_DEPENDENCIES(name, path, "a", noun)
 *	    what depends on one
 * A report has those of reports.c, with the input rows NAME_list_input:
 *	REPORT_LIST(name, names, path, sentence)
 *	    its list, as JSON, CSV or newline-delimited JSON
 *	REPORT_ONE(name, path, sentence)
 *	    one row, with its parts
 */
#include "etl/resource_routes.h"

#ifndef ROUTE_LIST
#define ROUTE_LIST ROUTE
#define ROUTE_LIST_OF ROUTE_OF
#endif

ROUTE("GET", "/app/etl/health", ROLE_OPEN, health_get, NO_INPUT,
    "Does the process answer?", answer_health, "200")
ROUTE("GET", "/app/etl/health/ready", ROLE_OPEN, health_ready, NO_INPUT,
    "Can stores be accepted?", answer_ready, "200")
ROUTE("GET", "/app/etl/metrics", ROLE_OPEN, metrics_get_all, NO_INPUT,
    "Counters of the whole pool, in Prometheus's text format",
    answer_metrics, "200 401 403")
ROUTE("GET", "/app/etl/openapi.json", ROLE_OPEN, openapi_get, NO_INPUT,
    "This description", answer_openapi, "200 304")
ROUTE("GET", "/app/etl/whoami", ROLE_READER, whoami_get, NO_INPUT,
    "Whose token this is, and its role", answer_whoami, "200")
ROUTE("POST", "/app/etl/raw-data/store", ROLE_WRITER, raw_data_store,
    raw_data_store_input, "Store one batch and queue its id",
    answer_stored, "201 202 200 404")
ROUTE_LIST("GET", "/app/etl/raw-data", ROLE_READER, raw_data_list,
    raw_data_list_input, "List batches, newest first",
    answer_raw_data_list, "200")
ROUTE_LIST("GET", "/app/etl/raw-data/counts", ROLE_READER, raw_data_counts,
    raw_data_counts_input, "Count batches by the time they were stored",
    answer_raw_data_counts, "200 304")
ROUTE("GET", "/app/etl/raw-data/{id}", ROLE_READER, raw_data_get,
    raw_data_get_input, "One batch with its payload", answer_raw_data, "200 304")
ROUTE("PUT", "/app/etl/raw-data/{id}/status", ROLE_WRITER, raw_data_status,
    raw_data_status_input, "Set a batch's processing status",
    answer_done, "200 409 410")
ROUTE("POST", "/app/etl/raw-data/requeue", ROLE_WRITER, raw_data_requeue_many,
    raw_data_requeue_input, "Let the batches of a filter be processed again",
    answer_requeued, "200 202")
ROUTE("POST", "/app/etl/raw-data/{id}/requeue", ROLE_WRITER, raw_data_requeue,
    NO_INPUT, "Let one batch be processed again",
    answer_requeued, "200 202 409 410")
ROUTE("DELETE", "/app/etl/raw-data/{id}", ROLE_WRITER, raw_data_delete,
    NO_INPUT, "Take one batch out of all lists", answer_done, "200 409")
ROUTE_LIST("GET", "/app/etl/raw-data/states", ROLE_READER, raw_data_states,
    NO_INPUT, "How many batches stand where, and the age of the oldest",
    answer_raw_data_states, "200")
ROUTE("POST", "/app/etl/processing/pause", ROLE_ADMIN, processing_pause,
    NO_INPUT, "Let the tenant's batches and extractions wait", answer_done,
    "200")
ROUTE("POST", "/app/etl/processing/resume", ROLE_ADMIN, processing_resume,
    NO_INPUT, "Let them go on", answer_done, "200")
ROUTE("GET", "/app/etl/queues", ROLE_READER, queues_list, NO_INPUT,
    "Messages and consumers of each queue", answer_queues, "200")
ROUTE("GET", "/app/etl/dead-letters", ROLE_READER, dead_letters_list,
    dead_letters_list_input, "Messages that are dead, oldest first",
    answer_dead_letters, "200")
ROUTE("POST", "/app/etl/dead-letters/requeue", ROLE_WRITER,
    dead_letters_requeue, dead_letters_requeue_input,
    "Put dead messages back on their queue", answer_requeued, "200 202")
ROUTE("POST", "/app/etl/integrations/upload-logo", ROLE_ADMIN,
    integration_upload_logo, integration_upload_logo_input,
    "Keep a logo for an integration", answer_logo, "200")
ROUTE("GET", "/app/etl/logos/{name}", ROLE_OPEN, logo_get_file,
    logo_get_file_input, "A logo, for anybody", answer_logo_file, "200 404")
ROUTE("GET", "/app/etl/qdrant/dashboard", ROLE_READER, qdrant_dashboard,
    NO_INPUT, "How much of the tenant's data has vectors",
    answer_qdrant_dashboard, "200")
ROUTE("GET", "/app/etl/qdrant/health", ROLE_READER, qdrant_health, NO_INPUT,
    "How Qdrant is, asked of it", answer_qdrant_health, "200")
ROUTE("GET", "/app/etl/qdrant/test-connection", ROLE_READER,
    qdrant_test_connection, NO_INPUT,
    "Whether Qdrant takes the settings' key", answer_qdrant_connection, "200")
ROUTE("POST", "/app/etl/jobs/extract", ROLE_WRITER, jobs_extract,
    jobs_extract_input, "Start an extraction, unless the same is open",
    answer_run_started, "202 404 409")
RESOURCE(job, jobs, "/app/etl/jobs", "Extractions with a schedule, by name",
    "a", "job", NO_INPUT)
ROUTE("POST", "/app/etl/jobs/{id}/run", ROLE_WRITER, job_run, job_run_input,
    "Start a run of a job", answer_run_started, "202 409")
RESOURCE_LIST(run, runs, "/app/etl/runs", "Runs of extractions, newest first")
ROUTE_OF(run_resource, run_get, "GET", "/app/etl/runs/{id}", ROLE_READER,
    resource_get, NO_INPUT, "One run", answer_run, "200 304")
ROUTE("POST", "/app/etl/runs/{id}/cancel", ROLE_WRITER, run_cancel, NO_INPUT,
    "Cancel a run", answer_done, "200 409 412")
ROUTE("POST", "/app/etl/hooks/{id}", ROLE_SIGNED, hook_receive,
    hook_receive_input,
    "Take a webhook that the source of an integration has signed",
    answer_stored, "201 202 200")
RESOURCE_LIST(wit, wits, "/app/etl/wits", "Work item types, by name")
RESOURCE(wit_mapping, wit_mappings, "/app/etl/wit-mappings",
    "Work item type mappings", "a", "work item type mapping", NO_INPUT)
RESOURCE(wits_hierarchy, wits_hierarchies, "/app/etl/wits-hierarchies",
    "Hierarchies, highest level first", "a", "hierarchy",
    wits_hierarchy_delete_input)
RESOURCE_DEPENDENCIES(wits_hierarchy, "/app/etl/wits-hierarchies", "a",
    "hierarchy")
RESOURCE_LIST(status, statuses, "/app/etl/statuses", "Statuses, by name")
RESOURCE(status_mapping, status_mappings, "/app/etl/status-mappings",
    "Status mappings", "a", "status mapping", status_mapping_delete_input)
RESOURCE_DEPENDENCIES(status_mapping, "/app/etl/status-mappings", "a",
    "status mapping")
RESOURCE(workflow, workflows, "/app/etl/workflows", "Workflow steps", "a",
    "workflow step", workflow_delete_input)
RESOURCE_DEPENDENCIES(workflow, "/app/etl/workflows", "a", "workflow step")
ROUTE_LIST_OF(integration_resource, integrations_list, "GET",
    "/app/etl/integrations", ROLE_READER, resource_list,
    integration_list_input, "Integrations, by name", answer_integration_list,
    "200 304")
RESOURCE_ROW(integration, "/app/etl/integrations", "an", "integration",
    NO_INPUT)
ROUTE_OF(integration_switch, integration_toggle, "POST",
    "/app/etl/integrations/{id}/toggle-active", ROLE_ADMIN, resource_update,
    NO_INPUT, "Deactivate an integration, or activate it", answer_integration,
    "200 412")
ROUTE("POST", "/app/etl/integrations/{id}/test", ROLE_ADMIN, integration_test,
    NO_INPUT, "Ask an integration's source who its credentials are",
    answer_source_test, "200")
ROUTE("GET", "/app/etl/integrations/{id}/fields", ROLE_ADMIN,
    integration_fields, NO_INPUT,
    "Ask a Jira for its custom fields, and tell which columns they go to",
    answer_source_fields, "200")
RESOURCE(entity_type, entity_types, "/app/etl/types",
    "Entity types of the tenant's own and shared ones, by name", "an",
    "entity type", NO_INPUT)
ROUTE("POST", "/app/etl/types/check", ROLE_ADMIN, type_check,
    entity_type_create_input, "Tell what is wrong with a mapping", answer_done,
    "200")
ROUTE("POST", "/app/etl/types/try", ROLE_ADMIN, type_trial, type_try_input,
    "Show what a mapping makes of a batch, and take it back",
    answer_type_trial, "200 404 410")
ROUTE("POST", "/app/etl/types/infer", ROLE_ADMIN, type_infer,
    type_infer_input, "Propose a mapping from what a batch has",
    answer_mapping, "200 404 410")
ROUTE("POST", "/app/etl/types/{id}/apply", ROLE_ADMIN, type_apply,
    type_apply_input,
    "Let the batches of an entity type be processed again that were before it"
    " was changed", answer_requeued, "200 202")
RESOURCE(retention_rule, retention_rules, "/app/etl/retention-rules",
    "Retention rules of the tenant's own and shared ones, by type", "a",
    "retention rule", NO_INPUT)
ROUTE("GET", "/app/etl/retention-rules/{id}/preview", ROLE_READER,
    retention_rule_preview, NO_INPUT,
    "How many batches and bytes a retention rule would take now",
    answer_retention_preview, "200")
RESOURCE_LIST(project, projects, "/app/etl/projects",
    "Projects with their work item types and statuses")
REPORT_LIST(work_item, work_items, "/app/etl/work-items",
    "Work items with their metrics")
REPORT_ONE(work_item, "/app/etl/work-items",
    "One work item with its changes of status")
REPORT_LIST(pull_request, pull_requests, "/app/etl/prs",
    "Pull requests with their times")
REPORT_ONE(pull_request, "/app/etl/prs",
    "One pull request with its reviews, commits and comments")
REPORT_LIST(repository, repositories, "/app/etl/repositories", "Repositories")
REPORT_LIST(record, records, "/app/etl/records",
    "Records: items of the tenant's own entity types")
REPORT_LIST(status_change, status_changes, "/app/etl/reports/status_changes",
    "Changes of status of work items")
REPORT_LIST(flow_daily, flow_daily, "/app/etl/reports/flow_daily",
    "What arrived, began and ended, by day and project")
REPORT_LIST(cycle_time, cycle_times, "/app/etl/reports/cycle_times",
    "Percentiles of cycle and lead times, by week of completion and project")
REPORT_LIST(pr_time, pr_times, "/app/etl/reports/pr_times",
    "Percentiles of pull requests' times, by week of merge and repository")
REPORT_LIST(deployment, deployments, "/app/etl/reports/deployments",
    "Merges into the default branch, and what reverted them")
REPORT_LIST(dora_weekly, dora_weekly, "/app/etl/reports/dora_weekly",
    "The four numbers of DORA, by week and repository")
REPORT_LIST(etl_health, etl_health, "/app/etl/reports/etl_health",
    "Batches that wait or failed, by integration")

#undef ROUTE_LIST
#undef ROUTE_LIST_OF

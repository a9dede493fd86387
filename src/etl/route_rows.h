/*
 * Everything under /app/etl: ROUTE(method, path, role, handler, input rows,
 * sentence, answer, statuses).
 *
 * The handler and its rows are in the resource's file in this folder; NO_INPUT
 * takes nothing but the path. The last two are for openapi.json: the shape of
 * an answer that is a success (answers.h), and the statuses it may have. They
 * name each success, 304 where there are ETags, and of the errors those that
 * do not follow from the rest of the row: 404 without {id}, 409, 412.
 */
ROUTE("GET", "/app/etl/health", ROLE_OPEN, health_get, NO_INPUT,
    "Does the process answer?", answer_health, "200")
ROUTE("GET", "/app/etl/health/ready", ROLE_OPEN, health_ready, NO_INPUT,
    "Can stores be accepted?", answer_ready, "200")
ROUTE("GET", "/app/etl/metrics", ROLE_OPEN, metrics_get_all, NO_INPUT,
    "Counters of the whole pool, in Prometheus's text format",
    answer_metrics, "200 403")
ROUTE("GET", "/app/etl/openapi.json", ROLE_OPEN, openapi_get, NO_INPUT,
    "This description", answer_openapi, "200 304")
ROUTE("POST", "/app/etl/raw-data/store", ROLE_WRITER, raw_data_store,
    raw_data_store_input, "Store one batch and queue its id",
    answer_stored, "201 202 200 404")
ROUTE("GET", "/app/etl/raw-data", ROLE_READER, raw_data_list,
    raw_data_list_input, "List batches, newest first",
    answer_raw_data_list, "200")
ROUTE("GET", "/app/etl/raw-data/{id}", ROLE_READER, raw_data_get,
    raw_data_get_input, "One batch with its payload", answer_raw_data, "200 304")
ROUTE("PUT", "/app/etl/raw-data/{id}/status", ROLE_WRITER, raw_data_status,
    raw_data_status_input, "Set a batch's processing status",
    answer_done, "200 409")
ROUTE("POST", "/app/etl/raw-data/requeue", ROLE_WRITER, raw_data_requeue_many,
    raw_data_requeue_input, "Let the batches of a filter be processed again",
    answer_requeued, "200 202")
ROUTE("POST", "/app/etl/raw-data/{id}/requeue", ROLE_WRITER, raw_data_requeue,
    NO_INPUT, "Let one batch be processed again",
    answer_requeued, "200 202 409")
ROUTE("DELETE", "/app/etl/raw-data/{id}", ROLE_WRITER, raw_data_delete,
    NO_INPUT, "Take one batch out of all lists", answer_done, "200 409")
ROUTE("GET", "/app/etl/queues", ROLE_READER, queues_list, NO_INPUT,
    "Messages and consumers of each queue", answer_queues, "200")
ROUTE("POST", "/app/etl/integrations/upload-logo", ROLE_ADMIN,
    integration_upload_logo, integration_upload_logo_input,
    "Keep a logo for an integration", answer_logo, "200")
ROUTE("GET", "/app/etl/qdrant/dashboard", ROLE_READER, qdrant_dashboard,
    NO_INPUT, "How much of the tenant's data has vectors",
    answer_qdrant_dashboard, "200")
ROUTE("GET", "/app/etl/qdrant/health", ROLE_READER, qdrant_health, NO_INPUT,
    "How Qdrant is, asked of it", answer_qdrant_health, "200")
ROUTE("GET", "/app/etl/qdrant/test-connection", ROLE_READER,
    qdrant_test_connection, NO_INPUT,
    "Whether Qdrant takes the settings' key", answer_qdrant_connection, "200")
ROUTE("POST", "/app/etl/jobs/extract", ROLE_WRITER, jobs_extract,
    jobs_extract_input, "Queue an extraction for the platform's extractor",
    answer_done, "202 404 409")
ROUTE("GET", "/app/etl/wits", ROLE_READER, wits_list, resource_list_input,
    "Work item types, by name",
    answer_wit_list, "200 304")
ROUTE("GET", "/app/etl/wit-mappings", ROLE_READER,
    wit_mappings_list, resource_list_input, "Work item type mappings",
    answer_wit_mapping_list, "200 304")
ROUTE("POST", "/app/etl/wit-mappings", ROLE_ADMIN,
    wit_mapping_create, wit_mapping_create_input,
    "Make a work item type mapping",
    answer_wit_mapping, "201 404 409")
ROUTE("GET", "/app/etl/wit-mappings/{id}", ROLE_READER,
    wit_mapping_get, NO_INPUT, "One work item type mapping",
    answer_wit_mapping, "200 304")
ROUTE("PUT", "/app/etl/wit-mappings/{id}", ROLE_ADMIN,
    wit_mapping_update, wit_mapping_update_input,
    "Change a work item type mapping",
    answer_wit_mapping, "200 409 412")
ROUTE("DELETE", "/app/etl/wit-mappings/{id}", ROLE_ADMIN,
    wit_mapping_delete, NO_INPUT,
    "Delete or deactivate a work item type mapping",
    answer_done, "200 400 409 412")
ROUTE("GET", "/app/etl/wits-hierarchies", ROLE_READER,
    wits_hierarchies_list, resource_list_input,
    "Hierarchies, highest level first",
    answer_wits_hierarchy_list, "200 304")
ROUTE("POST", "/app/etl/wits-hierarchies", ROLE_ADMIN,
    wits_hierarchy_create, wits_hierarchy_create_input, "Make a hierarchy",
    answer_wits_hierarchy, "201 404 409")
ROUTE("GET", "/app/etl/wits-hierarchies/{id}", ROLE_READER,
    wits_hierarchy_get, NO_INPUT, "One hierarchy",
    answer_wits_hierarchy, "200 304")
ROUTE("PUT", "/app/etl/wits-hierarchies/{id}", ROLE_ADMIN,
    wits_hierarchy_update, wits_hierarchy_update_input, "Change a hierarchy",
    answer_wits_hierarchy, "200 409 412")
ROUTE("DELETE", "/app/etl/wits-hierarchies/{id}", ROLE_ADMIN,
    wits_hierarchy_delete, wits_hierarchy_delete_input,
    "Delete or deactivate a hierarchy",
    answer_done, "200 400 409 412")
ROUTE("GET", "/app/etl/wits-hierarchies/{id}/dependencies", ROLE_READER,
    wits_hierarchy_depends, NO_INPUT, "What depends on a hierarchy",
    answer_wits_hierarchy_dependencies, "200 304")
ROUTE("GET", "/app/etl/statuses", ROLE_READER,
    statuses_list, resource_list_input, "Statuses, by name",
    answer_status_list, "200 304")
ROUTE("GET", "/app/etl/status-mappings", ROLE_READER,
    status_mappings_list, resource_list_input, "Status mappings",
    answer_status_mapping_list, "200 304")
ROUTE("POST", "/app/etl/status-mappings", ROLE_ADMIN,
    status_mapping_create, status_mapping_create_input,
    "Make a status mapping",
    answer_status_mapping, "201 404 409")
ROUTE("GET", "/app/etl/status-mappings/{id}", ROLE_READER,
    status_mapping_get, NO_INPUT, "One status mapping",
    answer_status_mapping, "200 304")
ROUTE("PUT", "/app/etl/status-mappings/{id}", ROLE_ADMIN,
    status_mapping_update, status_mapping_update_input,
    "Change a status mapping",
    answer_status_mapping, "200 409 412")
ROUTE("DELETE", "/app/etl/status-mappings/{id}", ROLE_ADMIN,
    status_mapping_delete, status_mapping_delete_input,
    "Delete or deactivate a status mapping",
    answer_done, "200 400 409 412")
ROUTE("GET", "/app/etl/status-mappings/{id}/dependencies", ROLE_READER,
    status_mapping_depends, NO_INPUT, "What depends on a status mapping",
    answer_status_mapping_dependencies, "200 304")
ROUTE("GET", "/app/etl/workflows", ROLE_READER,
    workflows_list, resource_list_input, "Workflow steps",
    answer_workflow_list, "200 304")
ROUTE("POST", "/app/etl/workflows", ROLE_ADMIN,
    workflow_create, workflow_create_input, "Make a workflow step",
    answer_workflow, "201 404 409")
ROUTE("GET", "/app/etl/workflows/{id}", ROLE_READER, workflow_get, NO_INPUT,
    "One workflow step",
    answer_workflow, "200 304")
ROUTE("PUT", "/app/etl/workflows/{id}", ROLE_ADMIN,
    workflow_update, workflow_update_input, "Change a workflow step",
    answer_workflow, "200 409 412")
ROUTE("DELETE", "/app/etl/workflows/{id}", ROLE_ADMIN,
    workflow_delete, workflow_delete_input,
    "Delete or deactivate a workflow step",
    answer_done, "200 400 409 412")
ROUTE("GET", "/app/etl/workflows/{id}/dependencies", ROLE_READER,
    workflow_depends, NO_INPUT, "What depends on a workflow step",
    answer_workflow_dependencies, "200 304")
ROUTE("GET", "/app/etl/integrations", ROLE_READER,
    integrations_list, resource_list_input, "Integrations",
    answer_integration_list, "200 304")
ROUTE("POST", "/app/etl/integrations", ROLE_ADMIN,
    integration_create, integration_create_input, "Make an integration",
    answer_integration, "201 404 409")
ROUTE("GET", "/app/etl/integrations/{id}", ROLE_READER,
    integration_get, NO_INPUT, "One integration",
    answer_integration, "200 304")
ROUTE("PUT", "/app/etl/integrations/{id}", ROLE_ADMIN,
    integration_update, integration_update_input, "Change an integration",
    answer_integration, "200 409 412")
ROUTE("DELETE", "/app/etl/integrations/{id}", ROLE_ADMIN,
    integration_delete, NO_INPUT, "Delete or deactivate an integration",
    answer_done, "200 400 409 412")
ROUTE("POST", "/app/etl/integrations/{id}/toggle-active", ROLE_ADMIN,
    integration_toggle, NO_INPUT, "Deactivate an integration, or activate it",
    answer_integration, "200 412")
ROUTE("GET", "/app/etl/projects", ROLE_READER,
    projects_list, resource_list_input,
    "Projects with their work item types and statuses",
    answer_project_list, "200 304")

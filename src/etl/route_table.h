/*
 * Everything under /app/etl: ROUTE(method, path, role, handler, input rows,
 * sentence). The handler and its rows are in the resource's file in this
 * folder; NO_INPUT takes nothing but the path.
 */
ROUTE("GET", "/app/etl/health", ROLE_OPEN, health_get, NO_INPUT,
    "Does the process answer?")
ROUTE("GET", "/app/etl/health/ready", ROLE_OPEN, health_ready, NO_INPUT,
    "Can stores be accepted?")
ROUTE("GET", "/app/etl/metrics", ROLE_OPEN, metrics_get_all, NO_INPUT,
    "Counters of the whole pool, in Prometheus's text format")
ROUTE("POST", "/app/etl/raw-data/store", ROLE_WRITER, raw_data_store,
    raw_data_store_input, "Store one batch and queue its id")
ROUTE("GET", "/app/etl/raw-data", ROLE_READER, raw_data_list,
    raw_data_list_input, "List batches, newest first")
ROUTE("GET", "/app/etl/raw-data/{id}", ROLE_READER, raw_data_get, NO_INPUT,
    "One batch with its payload")
ROUTE("PUT", "/app/etl/raw-data/{id}/status", ROLE_WRITER, raw_data_status,
    raw_data_status_input, "Set a batch's processing status")
ROUTE("POST", "/app/etl/raw-data/requeue", ROLE_WRITER, raw_data_requeue_many,
    raw_data_requeue_input, "Let the batches of a filter be processed again")
ROUTE("POST", "/app/etl/raw-data/{id}/requeue", ROLE_WRITER, raw_data_requeue,
    NO_INPUT, "Let one batch be processed again")
ROUTE("DELETE", "/app/etl/raw-data/{id}", ROLE_WRITER, raw_data_delete,
    NO_INPUT, "Take one batch out of all lists")
ROUTE("GET", "/app/etl/queues", ROLE_READER, queues_list, NO_INPUT,
    "Messages and consumers of each queue")
ROUTE("GET", "/app/etl/wits", ROLE_READER, wits_list, resource_list_input,
    "Work item types, by name")
ROUTE("GET", "/app/etl/wit-mappings", ROLE_READER,
    wit_mappings_list, resource_list_input, "Work item type mappings")
ROUTE("POST", "/app/etl/wit-mappings", ROLE_ADMIN,
    wit_mapping_create, wit_mapping_create_input,
    "Make a work item type mapping")
ROUTE("GET", "/app/etl/wit-mappings/{id}", ROLE_READER,
    wit_mapping_get, NO_INPUT, "One work item type mapping")
ROUTE("PUT", "/app/etl/wit-mappings/{id}", ROLE_ADMIN,
    wit_mapping_update, wit_mapping_update_input,
    "Change a work item type mapping")
ROUTE("DELETE", "/app/etl/wit-mappings/{id}", ROLE_ADMIN,
    wit_mapping_delete, NO_INPUT,
    "Delete or deactivate a work item type mapping")
ROUTE("GET", "/app/etl/wits-hierarchies", ROLE_READER,
    wits_hierarchies_list, resource_list_input,
    "Hierarchies, highest level first")
ROUTE("POST", "/app/etl/wits-hierarchies", ROLE_ADMIN,
    wits_hierarchy_create, wits_hierarchy_create_input, "Make a hierarchy")
ROUTE("GET", "/app/etl/wits-hierarchies/{id}", ROLE_READER,
    wits_hierarchy_get, NO_INPUT, "One hierarchy")
ROUTE("PUT", "/app/etl/wits-hierarchies/{id}", ROLE_ADMIN,
    wits_hierarchy_update, wits_hierarchy_update_input, "Change a hierarchy")
ROUTE("DELETE", "/app/etl/wits-hierarchies/{id}", ROLE_ADMIN,
    wits_hierarchy_delete, wits_hierarchy_delete_input,
    "Delete or deactivate a hierarchy")
ROUTE("GET", "/app/etl/wits-hierarchies/{id}/dependencies", ROLE_READER,
    wits_hierarchy_depends, NO_INPUT, "What depends on a hierarchy")
ROUTE("GET", "/app/etl/statuses", ROLE_READER,
    statuses_list, resource_list_input, "Statuses, by name")
ROUTE("GET", "/app/etl/status-mappings", ROLE_READER,
    status_mappings_list, resource_list_input, "Status mappings")
ROUTE("POST", "/app/etl/status-mappings", ROLE_ADMIN,
    status_mapping_create, status_mapping_create_input,
    "Make a status mapping")
ROUTE("GET", "/app/etl/status-mappings/{id}", ROLE_READER,
    status_mapping_get, NO_INPUT, "One status mapping")
ROUTE("PUT", "/app/etl/status-mappings/{id}", ROLE_ADMIN,
    status_mapping_update, status_mapping_update_input,
    "Change a status mapping")
ROUTE("DELETE", "/app/etl/status-mappings/{id}", ROLE_ADMIN,
    status_mapping_delete, status_mapping_delete_input,
    "Delete or deactivate a status mapping")
ROUTE("GET", "/app/etl/status-mappings/{id}/dependencies", ROLE_READER,
    status_mapping_depends, NO_INPUT, "What depends on a status mapping")
ROUTE("GET", "/app/etl/workflows", ROLE_READER,
    workflows_list, resource_list_input, "Workflow steps")
ROUTE("POST", "/app/etl/workflows", ROLE_ADMIN,
    workflow_create, workflow_create_input, "Make a workflow step")
ROUTE("GET", "/app/etl/workflows/{id}", ROLE_READER, workflow_get, NO_INPUT,
    "One workflow step")
ROUTE("PUT", "/app/etl/workflows/{id}", ROLE_ADMIN,
    workflow_update, workflow_update_input, "Change a workflow step")
ROUTE("DELETE", "/app/etl/workflows/{id}", ROLE_ADMIN,
    workflow_delete, workflow_delete_input,
    "Delete or deactivate a workflow step")
ROUTE("GET", "/app/etl/workflows/{id}/dependencies", ROLE_READER,
    workflow_depends, NO_INPUT, "What depends on a workflow step")
ROUTE("GET", "/app/etl/integrations", ROLE_READER,
    integrations_list, resource_list_input, "Integrations")
ROUTE("POST", "/app/etl/integrations", ROLE_ADMIN,
    integration_create, integration_create_input, "Make an integration")
ROUTE("GET", "/app/etl/integrations/{id}", ROLE_READER,
    integration_get, NO_INPUT, "One integration")
ROUTE("PUT", "/app/etl/integrations/{id}", ROLE_ADMIN,
    integration_update, integration_update_input, "Change an integration")
ROUTE("DELETE", "/app/etl/integrations/{id}", ROLE_ADMIN,
    integration_delete, NO_INPUT, "Delete or deactivate an integration")
ROUTE("POST", "/app/etl/integrations/{id}/toggle-active", ROLE_ADMIN,
    integration_toggle, NO_INPUT, "Deactivate an integration, or activate it")
ROUTE("GET", "/app/etl/projects", ROLE_READER,
    projects_list, resource_list_input,
    "Projects with their work item types and statuses")

/*
 * Everything under /app/etl: ROUTE(method, path, role, handler, input rows,
 * sentence). The handler and its rows are in the resource's file in this
 * folder; NO_INPUT takes nothing but the path.
 */
ROUTE("GET", "/app/etl/health", ROLE_OPEN, health_get, NO_INPUT,
    "Does the process answer?")
ROUTE("GET", "/app/etl/health/ready", ROLE_OPEN, health_ready, NO_INPUT,
    "Can stores be accepted?")
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

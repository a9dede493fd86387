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
ROUTE("GET", "/app/etl/openapi.json", ROLE_OPEN, openapi_get, NO_INPUT,
    "This description", answer_openapi, "200")
ROUTE("POST", "/app/etl/raw-data/store", ROLE_WRITER, raw_data_store,
    raw_data_store_input, "Store one batch and queue its id",
    answer_stored, "201 202 200 404")
ROUTE("GET", "/app/etl/raw-data", ROLE_READER, raw_data_list,
    raw_data_list_input, "List batches, newest first",
    answer_raw_data_list, "200")
ROUTE("GET", "/app/etl/raw-data/{id}", ROLE_READER, raw_data_get, NO_INPUT,
    "One batch with its payload", answer_raw_data, "200 304")
ROUTE("PUT", "/app/etl/raw-data/{id}/status", ROLE_WRITER, raw_data_status,
    raw_data_status_input, "Set a batch's processing status",
    answer_done, "200 409")
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

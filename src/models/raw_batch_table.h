/*
 * The columns of raw_extraction_data that answers show, in their order:
 * COLUMN(id, member, kind in JSON, SQL).
 */
#define STAMP(column) "to_char(" column ", 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
COLUMN(ID, "id", INT, "id")
COLUMN(TENANT_ID, "tenant_id", INT, "tenant_id")
COLUMN(INTEGRATION_ID, "integration_id", INT, "integration_id")
COLUMN(ENTITY_TYPE, "entity_type", TEXT, "entity_type")
COLUMN(EXTERNAL_ID, "external_id", TEXT, "external_id")
COLUMN(STATUS, "processing_status", TEXT, "processing_status")
COLUMN(CREATED_AT, "created_at", TEXT, STAMP("created_at"))
COLUMN(PROCESSED_AT, "processed_at", TEXT, STAMP("processed_at"))
COLUMN(ITEMS, "raw_data_size", INT, "raw_data_items")
COLUMN(BYTES, "raw_data_bytes", INT, "raw_data_bytes")
/* A history alone is no error. */
COLUMN(HAS_ERRORS, "has_errors", BOOL, "CASE jsonb_typeof(error_details)"
    " WHEN 'object' THEN error_details - 'earlier' <> '{}'"
    " ELSE error_details IS NOT NULL END")
COLUMN(QUEUED_AT, "queued_at", TEXT, STAMP("queued_at"))
COLUMN(ATTEMPTS, "attempts", INT, "attempts")
#undef STAMP

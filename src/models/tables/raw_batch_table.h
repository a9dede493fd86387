/* SPDX-License-Identifier: MIT */
/* Batches, how many there are, and the keys that keep one from coming twice. */
#include "models/tables/row_words.h"

TABLE(raw_extraction_data)
REPORTED
COLUMN(id, BIGINT, NOT_NULL)
COLUMN(tenant_id, INTEGER, NOT_NULL)
OF_INTEGRATION
COLUMN(entity_type, CHARS(50), NOT_NULL)
COLUMN(external_id, CHARS(255), NULLABLE)
COLUMN(raw_data, JSONB, NOT_NULL)
COLUMN(extraction_metadata, JSONB, NULLABLE)
COLUMN(processing_status, CHARS(20), NOT_NULL)
COLUMN(created_at, STAMP, NOT_NULL)
COLUMN(processed_at, STAMP, NULLABLE)
COLUMN(raw_data_items, INTEGER, NOT_NULL)
COLUMN(raw_data_bytes, BIGINT, NOT_NULL)
COLUMN(replaced_characters, INTEGER, NOT_NULL)
COLUMN(queued_at, STAMP, NULLABLE)
COLUMN(attempts, INTEGER, NOT_NULL)
COLUMN(error_details, JSONB, NULLABLE)
COLUMN(active, BOOLEAN, NOT_NULL)
COLUMN(raw_data_sha256, BYTEA, NOT_NULL)
COLUMN(queue_transform, BOOLEAN, NOT_NULL)
COLUMN(claimed_at, STAMP, NULLABLE)
COLUMN(interruptions, INTEGER, NOT_NULL)
COLUMN(queue_due, BOOLEAN, NOT_NULL)
COLUMN(traceparent, TEXT, NULLABLE)
COLUMN(payload_gone_at, STAMP, NULLABLE)
COLUMN(identical_to, BIGINT, NULLABLE)
SERVED
SERVED_ID
DEFAULT(id, "nextval")
DEFAULT(active, "true")
DEFAULT(attempts, "0")
DEFAULT(created_at, "now()")
DEFAULT(interruptions, "0")
DEFAULT(processing_status, "'pending'::character varying")
DEFAULT(queue_due, "false")
DEFAULT(queue_transform, "true")
DEFAULT(replaced_characters, "0")
ISOLATED(tenant_id)
KEY("PRIMARY KEY (id)")
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
CHECK("CHECK (((processing_status)::text = ANY ((ARRAY["
    "'pending'::character varying, 'processing'::character varying,"
    " 'completed'::character varying, 'failed'::character varying])::text[])))")
CHECK("CHECK ((octet_length(raw_data_sha256) = 32))")
CHECK("CHECK (((octet_length(traceparent) = 55) AND (traceparent ~~"
    " '00-________________________________-________________-0_'::text)))")
INDEX("btree (tenant_id, entity_type, id) WHERE active")
INDEX("btree (processing_status, tenant_id, id) WHERE active")
INDEX("btree (created_at DESC)")
INDEX("btree (tenant_id, integration_id, id, created_at)")
INDEX("btree (tenant_id, integration_id, entity_type, processing_status,"
    " (\nCASE\n    WHEN (processed_at IS NULL) THEN created_at\n"
    "    ELSE processed_at\nEND),"
    " id) WHERE (active AND"
    " (((processing_status)::text = 'completed'::text) OR"
    " ((processing_status)::text = 'failed'::text))"
    " AND (payload_gone_at IS NULL))")
INDEX("btree (tenant_id, integration_id, entity_type, processing_status,"
    " (\nCASE\n    WHEN (processed_at IS NULL) THEN created_at\n"
    "    ELSE processed_at\nEND),"
    " id) WHERE (active AND"
    " (payload_gone_at IS NOT NULL))")
INDEX("btree (tenant_id, integration_id,"
    " (\nCASE\n    WHEN (processed_at IS NULL) THEN created_at\n"
    "    ELSE processed_at\nEND),"
    " id) WHERE (NOT active)")
INDEX("btree (id) WHERE queue_due")
INDEX("btree (tenant_id, external_id) WHERE (external_id IS NOT NULL)")
TRIGGER("due BEFORE UPDATE OF processing_status, queued_at, queue_transform,"
    " active, attempts ON raw_extraction_data FOR EACH ROW"
    " WHEN (new.queue_due <> (new.processing_status::text = 'pending'::text"
    " AND new.queued_at IS NULL AND new.queue_transform AND new.active)"
    " OR new.attempts = 0 AND new.interruptions > 0)"
    " EXECUTE FUNCTION raw_extraction_data_due()")
TRIGGER("counted AFTER INSERT ON raw_extraction_data FOR EACH ROW"
    " WHEN (current_setting('app.counted'::text, true)"
    " IS DISTINCT FROM 'on'::text)"
    " EXECUTE FUNCTION raw_extraction_data_counted()")
TRIGGER("counted_off AFTER DELETE ON raw_extraction_data FOR EACH ROW"
    " EXECUTE FUNCTION raw_extraction_data_counted()")
TRIGGER("counted_again AFTER UPDATE OF active, tenant_id ON raw_extraction_data"
    " FOR EACH ROW WHEN (old.active IS DISTINCT FROM new.active"
    " OR old.tenant_id IS DISTINCT FROM new.tenant_id)"
    " EXECUTE FUNCTION raw_extraction_data_counted()")
TRIGGER("counted_none AFTER TRUNCATE ON raw_extraction_data FOR EACH STATEMENT"
    " EXECUTE FUNCTION raw_extraction_data_counted()")
TRIGGER("charted AFTER INSERT ON raw_extraction_data FOR EACH ROW"
    " WHEN (current_setting('app.charted'::text, true)"
    " IS DISTINCT FROM 'on'::text)"
    " EXECUTE FUNCTION raw_extraction_data_charted()")
TRIGGER("charted_off AFTER DELETE ON raw_extraction_data FOR EACH ROW"
    " EXECUTE FUNCTION raw_extraction_data_charted()")
TRIGGER("charted_again AFTER UPDATE OF processing_status, active, tenant_id,"
    " integration_id, entity_type, created_at, raw_data_bytes"
    " ON raw_extraction_data FOR EACH ROW"
    " WHEN (old.processing_status::text"
    " IS DISTINCT FROM new.processing_status::text"
    " OR old.active IS DISTINCT FROM new.active"
    " OR old.tenant_id IS DISTINCT FROM new.tenant_id"
    " OR old.integration_id IS DISTINCT FROM new.integration_id"
    " OR old.entity_type::text IS DISTINCT FROM new.entity_type::text"
    " OR old.created_at IS DISTINCT FROM new.created_at"
    " OR old.raw_data_bytes IS DISTINCT FROM new.raw_data_bytes)"
    " EXECUTE FUNCTION raw_extraction_data_charted()")
TRIGGER("charted_none AFTER TRUNCATE ON raw_extraction_data FOR EACH STATEMENT"
    " EXECUTE FUNCTION raw_extraction_data_charted()")

TABLE(raw_extraction_counts)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(slot, INTEGER, NOT_NULL)
COLUMN(batches, BIGINT, NOT_NULL)
ISOLATED(tenant_id)
GRANT("SELECT")
GRANT("INSERT")
GRANT("UPDATE")
KEY("PRIMARY KEY (tenant_id, slot)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")

TABLE(raw_extraction_series)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(minutes, INTEGER, NOT_NULL)
COLUMN(start, STAMP, NOT_NULL)
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(entity_type, CHARS(50), NOT_NULL)
COLUMN(processing_status, CHARS(20), NOT_NULL)
COLUMN(batches, BIGINT, NOT_NULL)
COLUMN(bytes, BIGINT, NOT_NULL)
ISOLATED(tenant_id)
SERVED
KEY("PRIMARY KEY (tenant_id, minutes, start, integration_id, entity_type,"
    " processing_status)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")

TABLE(raw_extraction_changes)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(start, STAMP, NOT_NULL)
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(entity_type, CHARS(50), NOT_NULL)
COLUMN(processing_status, CHARS(20), NOT_NULL)
COLUMN(batches, BIGINT, NOT_NULL)
COLUMN(bytes, BIGINT, NOT_NULL)
ISOLATED(tenant_id)
SERVED

TABLE(idempotency_keys)
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(idempotency_key, CHARS(255), NOT_NULL)
COLUMN(fingerprint, BYTEA, NOT_NULL)
COLUMN(raw_data_id, BIGINT, NOT_NULL)
COLUMN(created_at, STAMP, NOT_NULL)
COLUMN(expires_at, STAMP, NOT_NULL)
DEFAULT(created_at, "now()")
SERVED
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id, idempotency_key)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
KEY("FOREIGN KEY (tenant_id, raw_data_id)"
    " REFERENCES raw_extraction_data(tenant_id, id) ON DELETE CASCADE")
CHECK("CHECK ((octet_length(fingerprint) = 32))")
INDEX("btree (expires_at)")
INDEX("btree (tenant_id, raw_data_id)")

TABLE(waiting_batches)
SERVED
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(kind, CHARS(10), NOT_NULL)
COLUMN(name, VARCHAR, NOT_NULL)
COLUMN(raw_data_id, BIGINT, NOT_NULL)
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id, integration_id, kind, name, raw_data_id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
KEY("FOREIGN KEY (tenant_id, raw_data_id)"
    " REFERENCES raw_extraction_data(tenant_id, id) ON DELETE CASCADE")
INDEX("btree (raw_data_id)")

TABLE(census_pages)
SERVED
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(scope, CHARS(300), NOT_NULL)
COLUMN(census, CHARS(255), NOT_NULL)
COLUMN(page, INTEGER, NOT_NULL)
COLUMN(is_last, BOOLEAN, NOT_NULL)
COLUMN(raw_data_id, BIGINT, NOT_NULL)
COLUMN(names, VARCHAR_ARRAY, NOT_NULL)
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id, integration_id, scope, census, page)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
KEY("FOREIGN KEY (tenant_id, raw_data_id)"
    " REFERENCES raw_extraction_data(tenant_id, id) ON DELETE CASCADE")
INDEX("btree (raw_data_id)")

TABLE(settled_payloads)
SERVED
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(entity_type, CHARS(50), NOT_NULL)
COLUMN(digest, BYTEA, NOT_NULL)
COLUMN(raw_data_id, BIGINT, NOT_NULL)
COLUMN(seen, CHARS(64), NULLABLE)
COLUMN(is_settled, BOOLEAN, NOT_NULL)
COLUMN(processed_at, STAMP, NOT_NULL)
DEFAULT(is_settled, "false")
DEFAULT(processed_at, "now()")
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id, integration_id, entity_type, digest)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")
CHECK("CHECK ((octet_length(digest) = 32))")
INDEX("btree (processed_at)")

#include "models/tables/row_words_end.h"

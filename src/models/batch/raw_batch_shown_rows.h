/* SPDX-License-Identifier: MIT */
/* What answers show of a batch, besides its payload. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(tenant_id, INT, NOT_NULL, "t.tenant_id")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(entity_type, TEXT, NOT_NULL, "t.entity_type")
SHOWN(external_id, TEXT, NULLABLE, "t.external_id")
SHOWN(processing_status, TEXT, NOT_NULL, "t.processing_status")
SHOWN(created_at, STAMP, NOT_NULL, "t.created_at")
SHOWN(processed_at, STAMP, NULLABLE, "t.processed_at")
SHOWN(raw_data_size, INT, NOT_NULL, "t.raw_data_items")
SHOWN(raw_data_bytes, INT, NOT_NULL, "t.raw_data_bytes")
SHOWN(replaced_characters, INT, NOT_NULL, "t.replaced_characters")
/* A history alone is no error. */
SHOWN(has_errors, BOOL, NOT_NULL, "CASE jsonb_typeof(t.error_details)"
    " WHEN 'object' THEN t.error_details - 'earlier' <> '{}'"
    " ELSE t.error_details IS NOT NULL END")
/* The sentence of error_details, short, and what it was about. */
SHOWN(error, TEXT, NULLABLE, "CASE jsonb_typeof(t.error_details)"
    " WHEN 'object' THEN left(COALESCE(t.error_details->>'stage' || ': ', '')"
    " || (t.error_details->>'message'), 500) END")
SHOWN(queued_at, STAMP, NULLABLE, "t.queued_at")
SHOWN(traceparent, TEXT, NULLABLE, "t.traceparent")
SHOWN(attempts, INT, NOT_NULL, "t.attempts")
SHOWN(payload_gone_at, STAMP, NULLABLE, "t.payload_gone_at")
SHOWN(identical_to, INT, NULLABLE, "t.identical_to")

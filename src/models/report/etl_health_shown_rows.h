/* SPDX-License-Identifier: MIT */
/* What answers show of an integration; t is report.etl_health. */
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(integration, TEXT, NOT_NULL, "t.integration")
SHOWN(type, TEXT, NOT_NULL, "t.type")
SHOWN(pending, INT, NOT_NULL, "t.pending")
SHOWN(processing, INT, NOT_NULL, "t.processing")
SHOWN(failed, INT, NOT_NULL, "t.failed")
SHOWN(oldest_pending_at, STAMP, NULLABLE, "t.oldest_pending_at")
SHOWN(newest_batch_at, STAMP, NULLABLE, "t.newest_batch_at")

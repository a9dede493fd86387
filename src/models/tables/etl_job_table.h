/* SPDX-License-Identifier: MIT */
/* Jobs of the extractors, and how far they have come. */
#include "models/tables/row_words.h"

TABLE(etl_jobs)
OWNED(INTEGER)
COLUMN(job_name, VARCHAR, NOT_NULL)
COLUMN(execution_order, INTEGER, NOT_NULL)
COLUMN(status, VARCHAR, NOT_NULL)
COLUMN(last_repo_sync_checkpoint, STAMP, NULLABLE)
COLUMN(repo_processing_queue, TEXT, NULLABLE)
COLUMN(last_pr_cursor, VARCHAR, NULLABLE)
COLUMN(current_pr_node_id, VARCHAR, NULLABLE)
COLUMN(last_commit_cursor, VARCHAR, NULLABLE)
COLUMN(last_review_cursor, VARCHAR, NULLABLE)
COLUMN(last_comment_cursor, VARCHAR, NULLABLE)
COLUMN(last_review_thread_cursor, VARCHAR, NULLABLE)
COLUMN(last_run_started_at, STAMP, NULLABLE)
COLUMN(last_success_at, STAMP, NULLABLE)
COLUMN(error_message, TEXT, NULLABLE)
COLUMN(retry_count, INTEGER, NULLABLE)
COLUMN(integration_id, INTEGER, NULLABLE)
DEFAULT(retry_count, "0")
DEFAULT(status, "'PENDING'::character varying")
KEY("UNIQUE (job_name, tenant_id)")
KEY("FOREIGN KEY (tenant_id, integration_id)"
    " REFERENCES integrations(tenant_id, id)")
INDEX("btree (status)")
INDEX("btree (last_run_started_at)")
INDEX("btree (integration_id)")

#include "models/tables/row_words_end.h"

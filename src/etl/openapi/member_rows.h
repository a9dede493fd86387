/* SPDX-License-Identifier: MIT */
/*
 * What members and parameters are, for openapi.json, by their names, which mean
 * the same everywhere:
 *
 *	TEXT(name, example, sentence)
 *	VALUE(name, example as JSON, sentence)
 *	PART(name, sentence)	what needs no example, or has those of its parts
 *
 * "of.name" is the member of one shape or of one operation, and goes before
 * "name". The sentence stands where the member's own row has none, and is NULL
 * where each has one. An example that is NULL leaves the member out of the
 * example of a body or an answer; so are members that may be absent, unless they
 * have an "of.name". The examples fit the demo tenant (migration 0003):
 * tests/integration/652_clients.sh sends them.
 */

/* Of rows of all kinds. */
VALUE("id", "1", "The row's number")
TEXT("name", "Jira", "Its name")
VALUE("active", "true",
    "Whether it is used; deleted rows that others refer to"
    " stay, inactive")
TEXT("description", "Work that is ready to begin",
    "What its source, or an administrator, says of it")
TEXT("external_id", "10068", "Its id at the source")
VALUE("tenant_id", "1", "The tenant that owns it")
VALUE("integration_id", "1", "The integration that it came from or belongs to")
TEXT("integration_name", "Jira", "The name of that integration")
TEXT("integration_logo", "jira.svg",
    "The logo of that integration, a file below /app/etl/logos/")
VALUE("success", "true", "Always true: errors are problems")
TEXT("message", "The mapping is deleted", "What was done, for a person")

/* Pages and filters. */
VALUE("limit", "50", "How many there are at most, as asked")
VALUE("offset", "0", "How many were skipped, as asked")
VALUE("raw_data_list.cursor", "812", NULL)
TEXT("cursor", "333a4a697261", NULL)
PART("raw_data_records", "The batches of this page")
VALUE("total_count", "1", NULL)
VALUE("total_count_is_exact", "true", NULL)
VALUE("next_cursor", "null", NULL)
TEXT("created_after", "2026-01-01T00:00:00Z", NULL)
TEXT("created_before", "2026-07-01T00:00:00Z", NULL)
VALUE("include_raw_data", "false", NULL)
TEXT("bucket", "1d", NULL)
PART("buckets", NULL)
TEXT("start", "2026-01-31T00:00:00Z", NULL)
VALUE("received", "1", NULL)
VALUE("completed", "1", "Batches that are processed")
TEXT("X-Request-Id", "import-2026-01-31.1", NULL)
TEXT("Idempotency-Key", "jira-search-page-1", NULL)
TEXT("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "The W3C trace context of the request that stored it; its jobs belong to"
    " the same trace")
TEXT("If-None-Match", "\"1-7d0a24fd23f46fc3\"", NULL)
TEXT("If-Match", "\"1-7d0a24fd23f46fc3\"", NULL)
TEXT("Content-Encoding", "gzip", NULL)

/* Who calls. */
TEXT("role", "writer", NULL)
TEXT("caller", "token:1", NULL)

/* Batches. */
PART("states", NULL)
VALUE("batches", "1", NULL)
VALUE("is_exact", "true", NULL)
VALUE("paused", "false", NULL)
PART("raw_data_states.throughput", NULL)
VALUE("seconds", "300", NULL)
TEXT("oldest_at", "2026-01-31T10:00:01.250000Z", NULL)
TEXT("retention_rule.entity_type", "jira_issues_batch",
    "The type of its batches; null: each type that has no such rule")
TEXT("retention_rule_list.entity_type", "jira_issues_batch",
    "The type of its batches; null: each type that has no such rule")
TEXT("entity_type", "jira_issues_batch",
    "What the batch holds; one of another type is kept as it came")
TEXT("raw_data_store.external_id", "jira_search_page_1", NULL)
TEXT("raw_data_list.external_id", "jira_search_page_1", NULL)
TEXT("raw_data_requeue_many.external_id", NULL, NULL)
TEXT("raw_data.external_id", "jira_search_page_1",
    "The batch's name on the client's side")
TEXT("raw_data_record.external_id", "jira_search_page_1",
    "The batch's name on the client's side")
VALUE("raw_data",
    "{\"startAt\":0,\"maxResults\":1,\"total\":1,\"issues\":"
    "[{\"id\":\"100001\",\"key\":\"DEMO-1\",\"fields\":{\"summary\":"
    "\"Add the export of invoices\",\"updated\":"
    "\"2026-01-31T10:00:00.000+0000\"}}]}",
    NULL)
VALUE("raw_data.raw_data",
    "{\"startAt\":0,\"maxResults\":1,\"total\":1,"
    "\"issues\":[{\"id\":\"100001\",\"key\":\"DEMO-1\",\"fields\":{\"summary\":"
    "\"Add the export of invoices\",\"updated\":"
    "\"2026-01-31T10:00:00.000+0000\"}}]}",
    NULL)
VALUE("extraction_metadata", "{\"source\":\"jira\",\"page\":1}", NULL)
VALUE("queue_transform", "true", NULL)
TEXT("nul", "replace", NULL)
TEXT("retention_rule.processing_status", "completed",
    "The status of its batches")
TEXT("retention_rule_list.processing_status", "completed",
    "The status of its batches")
TEXT("retention_rule_create.processing_status", "completed", NULL)
TEXT("retention_rule_update.processing_status", "completed", NULL)
TEXT("processing_status", "pending", "pending, processing, completed or failed")
TEXT("raw_data_status.processing_status", "failed", NULL)
TEXT("raw_data_requeue_many.processing_status", "failed", NULL)
TEXT("created_at", "2026-01-31T10:00:01.250000Z", "When it was stored")
VALUE("processed_at", "null", "When it was completed, or failed for good")
VALUE("raw_data_size", "1", "How many items the payload has")
VALUE("raw_data_bytes", "184", "The payload's length as it came")
VALUE("replaced_characters", "0",
    "How many characters that jsonb cannot hold"
    " were stored as U+FFFD")
VALUE("has_errors", "false", "Whether something went wrong, or was left out")
VALUE("error", "null", "In a sentence, what went wrong")
TEXT("queued_at", "2026-01-31T10:00:01.253000Z",
    "When the broker confirmed its message; null: it has not yet")
VALUE("attempts", "0", "How often a worker has begun with it")
VALUE("payload_gone_at", "null",
    "When a retention rule took the payload (UTC); null: it is there")
VALUE("identical_to", "null",
    "The batch with the same payload that was processed in its place; null:"
    " it was processed itself")
VALUE("error_details", "null", NULL)
VALUE("raw_data_status.error_details",
    "{\"stage\":\"extract\",\"message\":\"The source answered 500\"}", NULL)
VALUE("raw_data_id", "1", NULL)
VALUE("queued", "true", NULL)
VALUE("requeued", "1", NULL)
VALUE("requeued.queued", "1", NULL)
VALUE("all", NULL, NULL)
VALUE("dry_run", "false", NULL)
VALUE("raw_data_requeue_many.limit", "100", NULL)
VALUE("raw_data_requeue_many.integration_id", NULL, NULL)
TEXT("raw_data_requeue_many.created_after", NULL, NULL)
TEXT("raw_data_requeue_many.created_before", NULL, NULL)

/* Webhooks. */
TEXT("X-Hub-Signature-256",
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    NULL)
TEXT("X-Hub-Signature",
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
    NULL)
TEXT("X-Gitlab-Token", "the webhook's secret", NULL)
TEXT("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958", NULL)
TEXT("X-GitHub-Event", "pull_request", NULL)
TEXT("X-Atlassian-Webhook-Identifier", "0b9c2f3e-1d3a-4a6e-9a65-3f2d1c0b9a87",
    NULL)
TEXT("X-Gitlab-Event-UUID", "13792a34-cac6-4fda-95a8-c58e00a3954e", NULL)
TEXT("X-Gitlab-Event", "Merge Request Hook", NULL)
VALUE("hook_receive.raw_data",
    "{\"webhookEvent\":\"jira:issue_updated\",\"issue\":{\"id\":\"100001\","
    "\"key\":\"DEMO-1\"}}",
    NULL)

/* Extractions. */
TEXT("job_type", "jira_sync",
    "What is read: all of a source, or one stream of it")
VALUE("job_params", "{\"projects\":[\"DEMO\"],\"from\":\"2026-01-01\"}",
    "What the extractor goes by: from, to, full, projects, repositories")
TEXT("from", "2026-01-01T00:00:00Z", NULL)
TEXT("to", "2026-02-01T00:00:00Z", NULL)
VALUE("full", "false", NULL)
VALUE("run_id", "7", NULL)
VALUE("run_started.queued", "true", NULL)
VALUE("consumers", "1", NULL)
TEXT("job_name", "Jira each hour", "Its name")
VALUE("interval_seconds", "3600", "A run begins so often; null: only by hand")
VALUE("jitter_seconds", "60", "Each run begins up to so much later, by chance")
TEXT("next_at", "2026-01-31T12:00:00.000000Z", "When the next run begins")
TEXT("last_run_started_at", "2026-01-31T11:00:00.000000Z",
    "When a run of it was last made")
VALUE("job_id", "3", "The job whose run it is; null: it was started by hand")
TEXT("run.state", "done", "queued, running, waiting, done, partial, failed"
    " or cancelled")
TEXT("run_list.state", "done", "queued, running, waiting, done, partial, failed"
    " or cancelled")
TEXT("from_at", "2026-01-01T00:00:00.000000Z",
    "The time that changes were asked for from; null: the last run's")
TEXT("to_at", "2026-02-01T00:00:00.000000Z",
    "The time before which changes were asked for; null: up to now")
VALUE("is_full", "false", "Whether it reads everything")
TEXT("stream", "issues", "What it reads now, or read last")
TEXT("part", "DEMO", "The project or repository that it reads now")
VALUE("pages", "12", "Pages stored so far, each of them a batch")
VALUE("items", "1130", "Items of these pages")
VALUE("bytes", "2400000", "Bytes of these pages")
VALUE("requests", "14", "Requests that the source was sent")
VALUE("waited_seconds", "0", "How long it has waited for the source's limits")
TEXT("resume_at", "2026-01-31T11:30:00.000000Z",
    "Until when it waits for a limit; null: it does not")
VALUE("run.errors", "[]", "What went wrong: stream, part, status, text")
VALUE("run_list.errors", "[]", "What went wrong: stream, part, status, text")
TEXT("started_at", "2026-01-31T11:00:02.000000Z",
    "When an extractor took it first")
TEXT("ended_at", "2026-01-31T11:01:00.000000Z", "When it ended")

/* Integrations. */
TEXT("provider", "GitLab", NULL)
TEXT("product", "gitlab",
    "Which product the source is, such as jira or github")
TEXT("type", "data_source", NULL)
TEXT("integration_type", "data_source", "What it is, such as data_source")
TEXT("base_url", "https://gitlab.example.com", "Base URL of the source")
TEXT("username", "etl", "User name for the source")
TEXT("password", "the source's secret", NULL)
VALUE("settings",
    "{\"custom_fields\":{\"customfield_10016\":"
    "\"story_points\"}}",
    "What else it needs, such as custom_fields")
TEXT("logo_filename", "jira.svg", "Its logo, a file below /app/etl/logos/")
VALUE("refused_at", "null",
    "Since when its source has refused the credentials; null: it has not")
VALUE("last_sync_at", "null", "When its newest batch was stored")
TEXT("integration.name", "GitLab", "Its name; once for each tenant")
TEXT("file",
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 8 8\">"
    "<circle cx=\"4\" cy=\"4\" r=\"3\"/></svg>",
    NULL)
TEXT("logo_get_file.name", "3f1d6b0c4f7a4a4a9d6f2b8c5e0a7d19.svg", NULL)
TEXT("logo.logo_filename", "3f1d6b0c4f7a4a4a9d6f2b8c5e0a7d19.svg", NULL)

VALUE("works", "true", NULL)
VALUE("trouble", "null", NULL)
TEXT("source", "Jira Cloud", NULL)
TEXT("source_test.version", "1001.0.0-SNAPSHOT", NULL)
TEXT("account", "etl@example.com", NULL)
TEXT("time_zone", "Europe/Berlin", NULL)
VALUE("scopes", "null", NULL)
VALUE("token_ends", "null", NULL)
TEXT("quota", "350", NULL)
TEXT("quota_left", "349", NULL)
PART("fields", NULL)
TEXT("source_field.id", "customfield_10016", NULL)
TEXT("source_field.name", "Story Points", "Its name at the source")
TEXT("source_field.type", "number", "What kind of value it has")
TEXT("column", "story_points", NULL)

/* Work item types, hierarchies, statuses, workflows, projects. */
TEXT("original_name", "In Progress", "Its name as the source has it")
VALUE("hierarchy_level", "0", "Its level; 0 is the level of a story")
VALUE("wits_mapping_id", "null", "The mapping that applies to it, if any")
TEXT("wit.original_name", "Story", "Its name as the source has it")
TEXT("wit_list.original_name", "Story", "Its name as the source has it")
TEXT("wit_from", "Spike", "The source's name of a type")
TEXT("wit_to", "Task", "The common name")
TEXT("level_name", "Initiative", "The level's name")
VALUE("level_number", "2", "Its level; 0 is the level of a story")
TEXT("wits_hierarchy_create.description", "A goal of several epics", NULL)
TEXT("wits_hierarchy_update.description", "A goal of several epics", NULL)
VALUE("target_hierarchy_id", "2", NULL)
VALUE("wits_hierarchy_update.target_hierarchy_id", NULL, NULL)
TEXT("status_category", "In Progress", "To Do, In Progress or Done")
TEXT("status_from", "Testing", "The source's name of a status")
TEXT("status_to", "In Review", "The common name")
VALUE("workflow_id", "5", "The workflow step that it belongs to")
TEXT("workflow_step_name", "In Review", "The name of that step")
VALUE("target_mapping_id", "2", NULL)
TEXT("step_name", "Verification", "Its name")
VALUE("step_number", "7", "Its position")
TEXT("step_category", "In Progress", "To Do, In Progress or Done")
VALUE("is_commitment_point", "false",
    "Whether work on it is promised once it comes here")
VALUE("target_workflow_id", "2", NULL)
TEXT("key", "DEMO", "The project's short name, with which its issues begin")
TEXT("project_list.name", "Demo shop", "Its name")
TEXT("project_type", "software", "Its kind, as the source has it")
PART("wits", "Its work item types")
PART("statuses", "Its statuses")

/* What depends on a row. */
PART("hierarchy", "The row that is asked about")
PART("status_mapping", "The row that is asked about")
PART("workflow", "The row that is asked about")
VALUE("has_dependencies", "true", "Whether anything active depends on it")
VALUE("dependency_count", "1", "How many rows depend on it directly")
VALUE("affected_wits_count", "1", "How many work item types that concerns")
VALUE("affected_statuses_count", "1", "How many statuses that concerns")
PART("dependent_mappings", "The mappings that depend on it")
PART("dependent_statuses", "The statuses that depend on it")
PART("reassignment_targets", "The active rows that may replace it")

/* Entity types of a tenant's own. */
TEXT("entity_type.name", "issue_titles", NULL)
TEXT("entity_type_list.name", "issue_titles", NULL)
TEXT("entity_type_create.name", "issue_titles", NULL)
TEXT("entity_type_update.name", "issue_titles", NULL)
TEXT("type_check.name", "issue_titles", NULL)
TEXT("type_trial.name", "issue_titles", NULL)
TEXT("mapping.name", "jira_issues_batch", "The entity type of the batch")
TEXT("items_path", "$.issues[*]", "The jsonpath of the items in a batch")
TEXT("key_path", "$.id", "The jsonpath of an item's key, in the item")
TEXT("updated_path", "$.fields.updated",
    "That of the time of its last change; null: it is as old as its batch")
TEXT("target", "records", "What items become: records or work_items")
VALUE("mapping.columns",
    "[{\"name\":\"summary\",\"path\":\"$.fields.summary\","
    "\"kind\":\"text\"},{\"name\":\"updated\","
    "\"path\":\"$.fields.updated\",\"kind\":\"time\"},"
    "{\"name\":\"id\",\"path\":\"$.id\",\"kind\":\"number\"},"
    "{\"name\":\"key\",\"path\":\"$.key\",\"kind\":\"text\"}]",
    "A column for each value that the items have: name, path and kind")
VALUE("columns",
    "[{\"name\":\"title\",\"path\":\"$.fields.summary\"},"
    "{\"name\":\"number\",\"path\":\"$.key\"}]",
    "Columns: name and path of each, and perhaps its kind")
VALUE("shared", "false",
    "Whether it is every tenant's that has none of its name")
VALUE("type_trial.items", "1", NULL)
VALUE("unreadable", "0", NULL)
VALUE("skipped", "0", NULL)
VALUE("skipped_list", "null", NULL)
VALUE("rows",
    "[{\"external_id\":\"100001\",\"updated\":\"2026-01-31T10:00:00\","
    "\"fields\":{\"title\":\"Add the export of invoices\","
    "\"number\":\"DEMO-1\"}}]",
    NULL)

/* Retention rules. */
VALUE("keep_days", "365",
    "So many days batches stay, since they were processed or else stored")
VALUE("keep_newest", "1",
    "So many of each integration and type stay, however old they are")
TEXT("action", "payload", "delete: the batch goes; payload: its payload only")

/* Queues, health, Qdrant, problems. */
PART("queues", "All queues of the service")
TEXT("queue", "transform", NULL)
PART("dead_letters", NULL)
TEXT("died_at", "2026-01-31T10:00:00Z", NULL)
TEXT("dead_letter.type", "jira_issues_batch", NULL)
VALUE("dead_letter.run_id", "null", NULL)
TEXT("reason", "This is not the shape of a jira_issues_batch", NULL)
VALUE("is_whole", "true", NULL)
TEXT("queue.name", "transform_queue", "The queue's name")
TEXT("state", "available", NULL)
VALUE("message_count", "3", NULL)
VALUE("consumer_count", "2",
    "Workers that take messages from it; null: it does"
    " not say")
TEXT("health.status", "ok", "Always ok: the process has answered")
TEXT("version", "0.1.0", NULL)
TEXT("ready.status", "ready", "Always ready: other answers are problems")
VALUE("degraded", "[]", NULL)
VALUE("reasons", "[]", NULL)
TEXT("qdrant_entity.name", "Work Items", "What its rows are, for people")
VALUE("database_count", "200", NULL)
VALUE("qdrant_count", "150", NULL)
VALUE("completion", "75", NULL)
TEXT("title", "Jira", "The source's name")
VALUE("total_database", "200", "Active rows of all tables")
VALUE("total_vectorized", "150", "Those of them that have a vector")
VALUE("overall_completion", "75", NULL)
VALUE("queue_pending", "3", NULL)
VALUE("queue_failed", "0", NULL)
PART("entities", "Its tables")
PART("integration_groups", "One group for each source")
TEXT("status", "healthy", "How it is")
TEXT("qdrant_health.message", "Qdrant answers", NULL)
TEXT("qdrant_connection.message", "Qdrant answers", NULL)
TEXT("qdrant_health.version", "1.9.2", NULL)
TEXT("qdrant_connection.version", "1.9.2", NULL)
TEXT("commit", "35bcf0d7", "The commit that Qdrant was built from")
VALUE("collection_count", "4", "How many collections it holds")
VALUE("response_time_ms", "12", "How long it took to answer")
VALUE("qdrant_connection.success", "true", "Whether it can be used")
PART("problem.type",
    "Always about:blank (RFC 9457): code is what tells problems apart")
PART("problem.status", "The HTTP status")

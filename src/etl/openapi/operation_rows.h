/* SPDX-License-Identifier: MIT */
/*
 * What operations do, beyond the sentence in route_rows.h:
 *
 *	OPERATION(name, sentences)
 *	TAG(name, sentence)	a group of operations: the first part of the path
 *
 * "_list" describes each operation whose name ends so and that has no row of
 * its own.
 */
TAG("health", "Whether the service works, for load balancers")
TAG("metrics", "Counters for Prometheus")
TAG("openapi.json", "This document")
TAG("whoami", "Who calls: for clients that offer what the role may do")
TAG("raw-data",
    "Batches: whole API responses, stored as they came and processed"
    " later")
TAG("processing", "Whether anything is begun of the tenant's batches")
TAG("queues", "The broker's queues")
TAG("dead-letters", "Messages that no retry helped")
TAG("integrations", "The sources, such as a Jira site, that batches come from")
TAG("logos", "Pictures of integrations, which browsers ask for")
TAG("qdrant", "Vectors of the tenant's data, which Qdrant keeps")
TAG("jobs", "Extractions: what is read from which source, and how often")
TAG("runs", "Runs of extractions: how far they are, and what went wrong")
TAG("hooks", "Webhooks, signed by the sources that send them")
TAG("wits", "Work item types, as their sources name them")
TAG("wit-mappings", "Which common name and level a work item type has")
TAG("wits-hierarchies", "The levels of work item types")
TAG("statuses", "Statuses, as their sources name them")
TAG("status-mappings",
    "Which common name, category and workflow step a status"
    " has")
TAG("workflows", "The steps of work, in their order")
TAG("types", "Entity types of the tenant's own, whose batches a mapping turns into rows")
TAG("retention-rules", "What of the tenant's batches goes, and when")
TAG("projects", "Projects, as their sources name them")
TAG("work-items", "Work items that were loaded, and their changes of status")
TAG("prs", "Pull requests that were loaded, and their parts")
TAG("repositories", "Repositories that were loaded")
TAG("records", "Items of the tenant's own entity types whose target is records")
TAG("reports",
    "Numbers of what was loaded; the views of the schema report have the same")

OPERATION("health_get",
    "The process that answers looks at nothing else: it is"
    " alive.")
OPERATION("health_ready",
    "200 while PostgreSQL can be reached. An unreachable"
    " broker is named in degraded, for stores are accepted all the same; so is a"
    " standby that cannot answer lists.")
OPERATION("metrics_get_all",
    "From the addresses of the setting metrics_from"
    " only, and nginx's own list.")
OPERATION("openapi_get",
    "It is made of the rows that requests are served by. It"
    " has an ETag, and comes packed with gzip to who takes that.")
OPERATION("whoami_get",
    "The tenant and the role that the token of this request has.")
OPERATION("raw_data_states",
    "All are counted, but for the unqueued, of which the 4000 oldest and newest"
    " pending batches are looked at: is_exact tells whether these are all.")
OPERATION("processing_pause",
    "Stores are accepted and acknowledged as ever. What is at work, and the load"
    " of what was transformed, comes to its end; nothing else of the tenant is"
    " begun until processing is resumed.")
OPERATION("processing_resume",
    "What has waited is queued again within seconds, runs of extractions within"
    " a minute.")
OPERATION("raw_data_store",
    "The batch becomes one row and one message that has"
    " its id. The body is the envelope; with integration_id and entity_type in"
    " the query it is the payload alone. After 502, 504, no answer, or a 503"
    " whose code is db_unknown the outcome is unknown: send it again with the"
    " same Idempotency-Key, and it is stored once.")
OPERATION("entity_type_create",
    "docs/types.md says what paths and columns may be. A name of the service's"
    " own types is refused; so is the 101st type of a tenant. Batches that are"
    " stored from now on become rows; apply does those that were stored before.")
OPERATION("entity_type_update",
    "A type that all tenants share is nobody's to change here: pulse-etl type"
    " apply does that.")
OPERATION("entity_type_delete",
    "Its batches are kept as they come from then on. Rows that were made stay.")
OPERATION("type_check",
    "Nothing is stored; what is wrong is told for each member, as by a store.")
OPERATION("type_trial",
    "The batch is transformed in a transaction that is taken back, for ten"
    " seconds at most.")
OPERATION("type_infer",
    "The longest list of objects gives the items, the first hundred of them"
    " the key, the time of change and the columns.")
OPERATION("type_apply",
    "Batches that are completed or failed, and were processed before the type"
    " was changed last. Ask again until requeued is 0.")
OPERATION("retention_rule_create",
    "docs/retention.md says what is never taken. Nothing that is pending, being"
    " processed or failed goes unless the rule names that status. A second rule"
    " of the same entity type, status and action is refused.")
OPERATION("retention_rule_update",
    "A rule that all tenants share is nobody's to change here: pulse-etl"
    " retention set does that.")
OPERATION("retention_rule_delete", "What it took stays gone.")
OPERATION("retention_rule_preview",
    "Nothing is changed. 100000 batches are counted at most.")
OPERATION("raw_data_list",
    "Newest first. Pages are had by next_cursor, which"
    " skips nothing, or by offset. Payloads come only with include_raw_data."
    " With Accept: application/x-ndjson each batch is a line, and X-Next-Cursor"
    " names the next page.")
OPERATION("raw_data_counts",
    "Exact, and had at once however many batches there are. Buckets begin at"
    " whole minutes, hours and days (UTC). A batch counts where it was stored,"
    " in the status that it has now; a deleted or purged one does not. As CSV,"
    " or as lines of JSON, a bucket has its statuses beside its other numbers.")
OPERATION("raw_data_get",
    "The payload comes with all digits of its numbers. The"
    " ETag changes with the batch. A payload that a retention rule took is null,"
    " and payload_gone_at says since when.")
OPERATION("raw_data_status",
    "For consumers that are not the service's worker. A"
    " status that cannot follow the present one is refused with the code"
    " conflict, a batch that a worker holds with the code processing. A batch"
    " that is pending again is queued automatically.")
OPERATION("raw_data_requeue_many",
    "Oldest first, as many as limit says; without"
    " a filter only with all. The filter may be in the query or in the body;"
    " the body goes before the query.")
OPERATION("raw_data_requeue",
    "A batch that was completed, failed or left"
    " pending is processed from its beginning. One that is being processed is"
    " refused with the code processing, one whose payload is gone with the code"
    " payload_gone.")
OPERATION("raw_data_delete",
    "It no longer appears; what was made of it stays."
    " One that is being processed is refused with the code processing.")
OPERATION("queues_list", "Asked of the broker at this moment.")
OPERATION("dead_letters_list",
    "Asked of the broker at this moment, for two seconds at most. All tenants"
    " share the queues; only the tenant's own messages are shown.")
OPERATION("dead_letters_requeue",
    "Those of the transform queue by their batches, which are processed from"
    " their beginning: one that is being processed keeps its message. Those of"
    " the other queues go back as they are.")
OPERATION("integration_upload_logo",
    "An SVG picture without scripts and"
    " references. The answer names the file, which an integration's"
    " logo_filename takes and which every host serves.")
OPERATION("logo_get_file",
    "Without a token, for browsers. nginx answers where it has the file; else"
    " the picture comes from the database.")
OPERATION("integration_toggle",
    "An active integration becomes inactive, and the"
    " reverse. Extractions from an inactive one are refused with the code"
    " inactive.")
OPERATION("integration_test",
    "The source is asked at this moment, with the stored credentials. The answer"
    " is 200 whatever it says: works tells whether it took them, and trouble"
    " what to do.")
OPERATION("integration_fields",
    "The source is asked at this moment. The answer is 200 whatever it says;"
    " trouble tells why there are none.")
OPERATION("qdrant_dashboard",
    "Counted in PostgreSQL: rows, and those of them"
    " whose vector is noted.")
OPERATION("qdrant_health",
    "The answer is 200 whatever Qdrant says; status tells"
    " how it is.")
OPERATION("qdrant_test_connection",
    "The answer is 200 whatever Qdrant says;"
    " success tells whether it can be used.")
OPERATION("hook_receive",
    "The body is signed: X-Hub-Signature-256 of GitHub or X-Hub-Signature of"
    " Jira, or X-Gitlab-Token. A delivery is one row, whatever it says, however"
    " often it comes. A signature that is missing or wrong, and an integration"
    " that does not exist, is not active or has no secret, are all answered"
    " alike, with 401. The answer comes within two seconds; 503 and 504 say that"
    " the same delivery may be sent again.")
OPERATION("jobs_extract",
    "Of an integration and job type one run is open at"
    " most: the same parameters give the open one, others are refused with the"
    " code conflict. An integration that is not active is refused with the code"
    " inactive.")
OPERATION("job_run",
    "As jobs/extract with the job's parameters. It does not change when the job"
    " is due next.")
OPERATION("run_cancel",
    "It ends behind the page that is being read; what was stored stays. One"
    " that has ended is refused with the code conflict. With If-Match a run that"
    " has changed since it was read is not cancelled (412).")
OPERATION("work_items_list",
    "By id. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page. updated_after gives what changed since.")
OPERATION("pull_requests_list",
    "By id. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page. updated_after gives what changed since.")
OPERATION("repositories_list",
    "By id. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page. updated_after gives what changed since.")
OPERATION("records_list",
    "By id. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page. updated_after gives what changed since.")
OPERATION("status_changes_list",
    "By id. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page.")
OPERATION("flow_daily_list",
    "By day and project. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page. A project has a row for each day since its first event.")
OPERATION("cycle_times_list",
    "By week and project. Accept takes CSV (text/csv) and lines of JSON"
    " (application/x-ndjson), too. X-Next-Cursor and Link name the next"
    " page.")
OPERATION("pr_times_list",
    "By week and repository. Accept takes CSV (text/csv) and lines of "
    "JSON (application/x-ndjson), too. X-Next-Cursor and Link name the "
    "next page.")
OPERATION("deployments_list",
    "By the id of the pull request. Accept takes CSV (text/csv) and "
    "lines of JSON (application/x-ndjson), too. X-Next-Cursor and Link "
    "name the next page. No source tells deployments: a merge into the "
    "default branch stands for one.")
OPERATION("dora_weekly_list",
    "By week and repository. Accept takes CSV (text/csv) and lines of "
    "JSON (application/x-ndjson), too. X-Next-Cursor and Link name the "
    "next page.")
OPERATION("etl_health_list",
    "By integration. Accept takes CSV (text/csv) and lines of JSON "
    "(application/x-ndjson), too. X-Next-Cursor and Link name the next "
    "page.")
OPERATION("work_item_get",
    "The changes are those of status, oldest first.")
OPERATION("pull_request_get",
    "Its reviews, commits and comments are those that are active, "
    "oldest first.")
OPERATION("_list",
    "Pages of at most 1000. X-Next-Cursor and Link name the next"
    " page, X-Total-Count says how many rows the filter finds.")
OPERATION("_create",
    "Location names the new row. Where there may be one only, another is refused"
    " with the code exists.")
OPERATION("_get",
    "Inactive rows are answered as well. The ETag is the version"
    " for If-Match.")
OPERATION("_update",
    "Members that are absent stay as they are. With If-Match the"
    " change is refused (412) if the row is no longer the one that was read.")
OPERATION("_delete",
    "A row that others still refer to is deactivated instead,"
    " which message says, or refused with the code in_use.")
OPERATION("_depends",
    "What a deletion would concern, and which rows may replace"
    " it.")

/* SPDX-License-Identifier: MIT */
/*
 * Answers that their shape does not describe: ANSWER(operation, status, example
 * as JSON or NULL, sentence or NULL).
 *
 * Without an example there is one made of the shape's members (member_rows.h),
 * without a sentence there is the shape's.
 */
ANSWER("raw_data_store", 201,
    "{\"success\":true,\"raw_data_id\":1,\"message\":\"Stored and queued\","
    "\"queued\":true,\"replaced_characters\":0}",
    "The batch is stored, and its message is on the queue; or it is to be"
    " kept as it came, which the query or its entity type says, and queued is"
    " false")
ANSWER("raw_data_store", 202,
    "{\"success\":true,\"raw_data_id\":1,\"message\":\"Stored; it will be"
    " queued automatically later\",\"queued\":false,\"replaced_characters\":0}",
    "The batch is stored; the broker has not confirmed its message, which is"
    " queued automatically as soon as it does")
ANSWER("raw_data_store", 200,
    "{\"success\":true,\"raw_data_id\":1,\"message\":\"Stored before, with this"
    " Idempotency-Key\",\"queued\":true,\"replaced_characters\":0}",
    "The same Idempotency-Key and body came before: the batch of then; nothing"
    " was stored now")
ANSWER("raw_data_status", 200,
    "{\"success\":true,\"message\":\"The batch is failed\"}", NULL)
ANSWER("raw_data_delete", 200,
    "{\"success\":true,\"message\":\"The batch is deleted\"}", NULL)
ANSWER("raw_data_requeue", 200,
    "{\"success\":true,\"message\":\"Pending again and queued\",\"requeued\":1,"
    "\"queued\":1}",
    "The batch is pending again, and its message is on the queue")
ANSWER("raw_data_requeue", 202,
    "{\"success\":true,\"message\":\"Pending again; the rest will be queued"
    " automatically\",\"requeued\":1,\"queued\":0}",
    "The batch is pending again; its message is queued automatically later")
ANSWER("raw_data_requeue_many", 200,
    "{\"success\":true,\"message\":\"Pending again and queued\",\"requeued\":1,"
    "\"queued\":1}",
    "All batches that were found are pending again, and their messages are on"
    " the queue; or none was found; or it was a dry run")
ANSWER("raw_data_requeue_many", 202,
    "{\"success\":true,\"message\":\"Pending again; the rest will be queued"
    " automatically\",\"requeued\":2,\"queued\":1}",
    "All batches that were found are pending again; some of their messages are"
    " queued automatically later")
ANSWER("jobs_extract", 202,
    "{\"success\":true,\"message\":\"The extraction is queued\","
    "\"run_id\":7,\"queued\":true,\"consumers\":1}",
    "The run is made, or the same one is open; its message is on the queue, or"
    " follows automatically")
ANSWER("job_run", 202,
    "{\"success\":true,\"message\":\"The extraction is queued\","
    "\"run_id\":8,\"queued\":true,\"consumers\":1}",
    "The run is made, or the same one is open")
ANSWER("run_cancel", 200,
    "{\"success\":true,\"message\":\"The run is cancelled\"}", NULL)
ANSWER("entity_type_delete", 200,
    "{\"success\":true,\"message\":\"The entity type is deleted\"}", NULL)
ANSWER("retention_rule_delete", 200,
    "{\"success\":true,\"message\":\"The retention rule is deleted\"}", NULL)
ANSWER("type_check", 200,
    "{\"success\":true,\"message\":\"The mapping can be stored\"}", NULL)
ANSWER("type_apply", 200,
    "{\"success\":true,\"message\":\"Pending again and queued\",\"requeued\":1,"
    "\"queued\":1}",
    "All batches that were found are pending again, and their messages are on"
    " the queue; or none was found; or it was a dry run")
ANSWER("type_apply", 202,
    "{\"success\":true,\"message\":\"Pending again; the rest will be queued"
    " automatically\",\"requeued\":2,\"queued\":1}",
    "All batches that were found are pending again; some of their messages are"
    " queued automatically later")
ANSWER("logo_get_file", 200,
    "\"<svg xmlns=\\\"http://www.w3.org/2000/svg\\\"/>\"", NULL)
ANSWER("metrics_get_all", 200,
    "\"# TYPE etl_requests_total counter\\netl_requests_total{status="
    "\\\"2xx\\\"} 1\\n\"",
    NULL)
ANSWER("openapi_get", 200,
    "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Pulse ETL\",\"version\":"
    "\"0.1.0\"},\"paths\":{}}",
    NULL)

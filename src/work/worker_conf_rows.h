/* SPDX-License-Identifier: MIT */
/*
 * SETTING(CHOICE, name, default, choices, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(NUMBER, worker_prefetch, 1, 1, 100, "ETL_WORKER_PREFETCH",
    "Messages a worker takes at once from each queue")
SETTING(LIVE_NUMBER, worker_attempts, 5, 1, 15, "ETL_WORKER_ATTEMPTS",
    "Attempts before a batch fails and its message goes to the dead-letter"
    " queue")
SETTING(LIVE_NUMBER, worker_interruptions, 20, 1, 10000,
    "ETL_WORKER_INTERRUPTIONS",
    "How often a batch's worker may die, or lose the database, before the"
    " batch is failed")
SETTING(LIVE_NUMBER, worker_statement_timeout, 600000, 1000, 1200000,
    "ETL_WORKER_STATEMENT_TIMEOUT",
    "Milliseconds one statement of a worker may take at the server")
SETTING(LIVE_NUMBER, worker_lock_timeout, 60000, 10, 1200000,
    "ETL_WORKER_LOCK_TIMEOUT",
    "Milliseconds one statement of a worker may wait for a lock")
SETTING(LIVE_CHOICE, worker_identical, "process", "process|complete",
    "ETL_WORKER_IDENTICAL",
    "Whether a payload that came before, and would change nothing, is completed"
    " without being processed again")

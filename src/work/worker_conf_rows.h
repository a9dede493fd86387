/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(worker_prefetch, NUMBER, "1", 1, 100, NULL, "ETL_WORKER_PREFETCH",
    "Messages a worker takes at once from each queue")
SETTING(worker_attempts, NUMBER, "5", 1, 15, NULL, "ETL_WORKER_ATTEMPTS",
    "Attempts before a batch fails and its message goes to the dead-letter queue")
SETTING(worker_interruptions, NUMBER, "20", 1, 10000, NULL,
    "ETL_WORKER_INTERRUPTIONS",
    "How often a batch's worker may die, or lose the database, before the batch is"
    " failed")
SETTING(worker_statement_timeout, NUMBER, "600000", 1000, 1200000, NULL,
    "ETL_WORKER_STATEMENT_TIMEOUT",
    "Milliseconds one statement of a worker may take at the server")
SETTING(worker_lock_timeout, NUMBER, "60000", 10, 1200000, NULL,
    "ETL_WORKER_LOCK_TIMEOUT",
    "Milliseconds one statement of a worker may wait for a lock")

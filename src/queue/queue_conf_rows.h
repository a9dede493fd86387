/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(queue_type, TEXT, "quorum", 0, 0, "quorum|classic", "ETL_QUEUE_TYPE",
    "The kind of queues to declare; those that exist must be of this kind")
SETTING(queue_rebuild, NUMBER, "60", 0, 86400, NULL, "ETL_QUEUE_REBUILD",
    "Seconds after which the relay deletes and declares anew a queue whose"
    " process has ended in the broker, and queues its batches from their rows;"
    " 0: never")

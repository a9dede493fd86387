SETTING(queue_type, TEXT, "quorum", 0, 0, "quorum|classic", "ETL_QUEUE_TYPE",
    "The kind of queues to declare; those that exist must be of this kind")

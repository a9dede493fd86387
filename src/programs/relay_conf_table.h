SETTING(relay_min_age, NUMBER, "5", 0, 3600, NULL, "ETL_RELAY_MIN_AGE",
    "Seconds a batch is left to the responder that stored it")
SETTING(relay_batch, NUMBER, "500", 1, 5000, NULL, "ETL_RELAY_BATCH",
    "Batches queued in one transaction")
SETTING(relay_interval, NUMBER, "1000", 50, 60000, NULL,
    "ETL_RELAY_INTERVAL", "Milliseconds between two looks")
SETTING(relay_timeout, NUMBER, "10000", 100, 60000, NULL,
    "ETL_RELAY_TIMEOUT",
    "Milliseconds to wait for the broker's confirms of one transaction")

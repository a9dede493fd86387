/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(relay_min_age, NUMBER, "5", 0, 3600, NULL, "ETL_RELAY_MIN_AGE",
    "Seconds a batch is left to the responder that stored it")
SETTING(relay_batch, NUMBER, "500", 1, 5000, NULL, "ETL_RELAY_BATCH",
    "Batches queued in one transaction")
SETTING(relay_interval, NUMBER, "1000", 50, 60000, NULL,
    "ETL_RELAY_INTERVAL", "Milliseconds between two polls")
SETTING(relay_timeout, NUMBER, "10000", 100, 60000, NULL,
    "ETL_RELAY_TIMEOUT",
    "Milliseconds to wait for the broker's confirms of one transaction")
SETTING(relay_chores, NUMBER, "60", 1, 86400, NULL, "ETL_RELAY_CHORES",
    "Seconds between two rounds of chores: leases, expired keys, lost messages,"
    " metrics that are due")
SETTING(relay_lease, NUMBER, "3600", 1, 604800, NULL, "ETL_RELAY_LEASE",
    "Seconds a batch may be in processing before it comes back to pending")
SETTING(retention_days, NUMBER, "0", 0, 36500, NULL, "ETL_RETENTION_DAYS",
    "Days after which completed and deleted batches are removed by the relay; 0:"
    " never")
SETTING(relay_lost_age, NUMBER, "900", 1, 604800, NULL, "ETL_RELAY_LOST_AGE",
    "Seconds after which a pending batch is queued again when transform_queue is"
    " empty")

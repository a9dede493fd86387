/* SPDX-License-Identifier: MIT */
/* SETTING(NUMBER, name, default, least, most, environment, help) */
SETTING(LIVE_NUMBER, relay_min_age, 5, 0, 3600, "ETL_RELAY_MIN_AGE",
    "Seconds a batch is left to the responder that stored it")
SETTING(LIVE_NUMBER, relay_batch, 500, 1, 5000, "ETL_RELAY_BATCH",
    "Batches queued in one transaction")
SETTING(LIVE_NUMBER, relay_interval, 1000, 50, 60000, "ETL_RELAY_INTERVAL",
    "Milliseconds between two polls")
SETTING(LIVE_NUMBER, relay_timeout, 10000, 100, 60000, "ETL_RELAY_TIMEOUT",
    "Milliseconds to wait for the broker's confirms of one transaction")
SETTING(LIVE_NUMBER, relay_chores, 60, 1, 86400, "ETL_RELAY_CHORES",
    "Seconds between two rounds of chores: leases, expired keys, lost"
    " messages, metrics and extractions that are due")
SETTING(LIVE_NUMBER, relay_lease, 3600, 1, 604800, "ETL_RELAY_LEASE",
    "Seconds a batch may be in processing before it comes back to pending")
SETTING(LIVE_NUMBER, retention_days, 0, 0, 36500, "ETL_RETENTION_DAYS",
    "Days after which the relay removes completed and deleted batches that no"
    " retention rule is for, but for the newest of each integration and type;"
    " 0: never")
SETTING(LIVE_NUMBER, retention_interval, 3600, 1, 86400,
    "ETL_RETENTION_INTERVAL",
    "Seconds between two passes over retention_days and the retention rules")
SETTING(LIVE_NUMBER, relay_lost_age, 900, 1, 604800, "ETL_RELAY_LOST_AGE",
    "Seconds after which a pending batch is queued again when transform_queue"
    " is empty")
SETTING(LIVE_NUMBER, partition_rows, 1000000, 1000, 2000000000,
    "ETL_PARTITION_ROWS",
    "Ids of a partition, where raw_extraction_data is partitioned: the relay"
    " makes two ahead")
SETTING(LIVE_NUMBER, partition_days, 0, 0, 36500, "ETL_PARTITION_DAYS",
    "Days after which the relay ends a partition that is not full, and the next"
    " one begins; 0: never")

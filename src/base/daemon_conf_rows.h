/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(log_level, TEXT, "info", 0, 0, "debug|info|warn|error", "ETL_LOG_LEVEL",
    "Lowest level to log")
SETTING(metrics_file, TEXT, "", 0, 0, NULL, "ETL_METRICS_FILE",
    "File in which all processes count for GET /metrics, on a file system in"
    " memory; empty: each process counts its own")
SETTING(max_age, NUMBER, "3600", 10, 2592000, NULL, "ETL_MAX_AGE",
    "Seconds after which a process leaves to be replaced by a fresh one;"
    " some 20 % less by chance, so that not all leave at once")

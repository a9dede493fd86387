/* SPDX-License-Identifier: MIT */
/*
 * SETTING(TEXT, name, default, environment, help)
 * SETTING(CHOICE, name, default, choices, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(LIVE_CHOICE, log_level, "info", "debug|info|warn|error",
    "ETL_LOG_LEVEL",
    "Lowest level to log")
SETTING(LIVE_CHOICE, log_format, "logfmt", "logfmt|json", "ETL_LOG_FORMAT",
    "How a line of the log is written: time level program event and key=value,"
    " or one JSON object with the same")
SETTING(TEXT, metrics_file, "", "ETL_METRICS_FILE",
    "File in which all processes count for GET /metrics, on a file system in"
    " memory; empty: each process counts its own")
SETTING(LIVE_NUMBER, max_age, 3600, 10, 2592000, "ETL_MAX_AGE",
    "Seconds after which a process leaves to be replaced by a fresh one; some"
    " 20 % less by chance, so that not all leave at once")

/* SPDX-License-Identifier: MIT */
/* SETTING(kind, name, …): see base/conf.h */
SETTING(LIVE_NUMBER, extract_timeout, 60000, 100, 120000, "ETL_EXTRACT_TIMEOUT",
    "Milliseconds one answer of a source may take")
SETTING(LIVE_NUMBER, extract_max_body, 16777216, 1024, 268435456,
    "ETL_EXTRACT_MAX_BODY",
    "Bytes one answer of a source may have; a larger page is asked for in"
    " halves")
SETTING(LIVE_NUMBER, extract_pause, 1000, 1, 60000, "ETL_EXTRACT_PAUSE",
    "Milliseconds before a request is tried a second time; each further pause"
    " is twice as long")
SETTING(LIVE_NUMBER, extract_wait, 60, 0, 60, "ETL_EXTRACT_WAIT",
    "Seconds that an extractor itself waits for a source's limit; for longer"
    " ones the run waits, and the relay queues it when it is time")
SETTING(LIVE_NUMBER, extract_overlap, 43200, 0, 2592000, "ETL_EXTRACT_OVERLAP",
    "Seconds before the last run's start from which changes are read again,"
    " for what a source's search sees late")
SETTING(LIVE_NUMBER, extract_reserve, 10, 0, 90, "ETL_EXTRACT_RESERVE",
    "Percent of a source's request budget that are left to others")
SETTING(LIVE_NUMBER, extract_slice, 300, 1, 600, "ETL_EXTRACT_SLICE",
    "Seconds after which a run goes to the end of the queue; RabbitMQ takes a"
    " message back after 30 minutes")
SETTING(FLAG, extract_plain_http, false, "ETL_EXTRACT_PLAIN_HTTP",
    "Whether sources may be asked over http, which shows credentials to"
    " everybody on the way")
SETTING(TEXT, extract_networks, "", "ETL_EXTRACT_NETWORKS",
    "Private addresses and networks, separated by blanks or commas, that"
    " sources may have; others are refused")
SETTING(TEXT, extract_ca_file, "", "ETL_EXTRACT_CA_FILE",
    "File of the certificate authorities (PEM) that sources' certificates are"
    " checked with; empty: the system's")

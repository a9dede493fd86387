/* SPDX-License-Identifier: MIT */
/*
 * SETTING(TEXT, name, default, environment, help)
 * SETTING(SECRET, name, default, environment, help)
 */
SETTING(SECRET, otlp_url, "", "ETL_OTLP_URL",
    "Where spans of requests and jobs are sent by OTLP/HTTP as JSON,"
    " https://host:4318/v1/traces; empty: there are none")
SETTING(TEXT, otlp_headers_file, "", "ETL_OTLP_HEADERS_FILE",
    "File of header lines for that address, such as Authorization: Bearer"
    " ...; empty: none")

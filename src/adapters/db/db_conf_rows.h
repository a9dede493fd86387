/* SPDX-License-Identifier: MIT */
/*
 * SETTING(SECRET, name, default, environment, help)
 * SETTING(CHOICE, name, default, choices, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 * SETTING(FLAG, name, default, environment, help)
 */
SETTING(SECRET, database_url, "", "DATABASE_URL",
    "libpq connection string or URI; empty: the PG* environment variables."
    " Several hosts are tried in turn for one that takes writes")
SETTING(SECRET, database_read_url, "", "DATABASE_READ_URL",
    "The same of a standby of that server, which answers lists and reports while"
    " it has all that was committed before; empty: none does. Several hosts are"
    " tried in turn for a standby")
SETTING(LIVE_NUMBER, database_read_wait, 50, 1, 10000,
    "ETL_DATABASE_READ_WAIT",
    "Milliseconds a list waits for the standby to have all that was committed,"
    " before the primary answers; a standby that is silent is given up after ten"
    " times as many")
SETTING(LIVE_NUMBER, database_connect_timeout, 5, 1, 300,
    "ETL_DATABASE_CONNECT_TIMEOUT",
    "Seconds to connect to PostgreSQL; of several hosts, to each")
SETTING(LIVE_NUMBER, database_statement_timeout, 20000, 10, 3600000,
    "ETL_DATABASE_STATEMENT_TIMEOUT",
    "Milliseconds one statement may take at the server")
SETTING(LIVE_NUMBER, database_read_timeout, 5000, 10, 3600000,
    "ETL_DATABASE_READ_TIMEOUT",
    "Milliseconds one statement of a request may take that only reads: then it"
    " is cancelled, and the client is told to ask for less")
SETTING(LIVE_NUMBER, database_lock_timeout, 5000, 10, 3600000,
    "ETL_DATABASE_LOCK_TIMEOUT",
    "Milliseconds one statement may wait for a lock")
SETTING(LIVE_NUMBER, database_renew_after, 180, 1, 86400,
    "ETL_DATABASE_RENEW_AFTER",
    "Seconds without a request after which a session is opened anew that more"
    " than 32 MB went through at once, to give back its memory")
SETTING(FLAG, database_prepared, true, "ETL_DATABASE_PREPARED",
    "Use prepared statements; off behind a pooler that does not keep them,"
    " such as PgBouncer before 1.21 in transaction mode")
SETTING(CHOICE, database_session, "auto", "auto|shared", "ETL_DATABASE_SESSION",
    "Whether the server's session is ours alone: a shared one is told tenant,"
    " time zone and limits with each transaction; auto: shared behind a pooler")

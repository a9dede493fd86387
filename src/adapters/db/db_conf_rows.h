/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(database_url, SECRET, "", 0, 0, NULL, "DATABASE_URL",
    "libpq connection string or URI; empty: the PG* environment variables."
    " Several hosts are tried in turn for one that takes writes")
SETTING(database_connect_timeout, NUMBER, "5", 1, 300, NULL,
    "ETL_DATABASE_CONNECT_TIMEOUT", "Seconds to connect to PostgreSQL")
SETTING(database_statement_timeout, NUMBER, "20000", 10, 3600000, NULL,
    "ETL_DATABASE_STATEMENT_TIMEOUT",
    "Milliseconds one statement may take at the server")
SETTING(database_read_timeout, NUMBER, "5000", 10, 3600000, NULL,
    "ETL_DATABASE_READ_TIMEOUT",
    "Milliseconds one statement of a request may take that only reads: then it is"
    " cancelled, and the client is told to ask for less")
SETTING(database_lock_timeout, NUMBER, "5000", 10, 3600000, NULL,
    "ETL_DATABASE_LOCK_TIMEOUT", "Milliseconds one statement may wait for a lock")
SETTING(database_renew_after, NUMBER, "180", 1, 86400, NULL,
    "ETL_DATABASE_RENEW_AFTER",
    "Seconds without a request after which a session is opened anew that more"
    " than 32 MB went through at once, to give back its memory")
SETTING(database_prepared, BOOL, "on", 0, 0, NULL, "ETL_DATABASE_PREPARED",
    "Use prepared statements; off behind a pooler that does not keep them, such as"
    " PgBouncer before 1.21 in transaction mode")
SETTING(database_session, TEXT, "auto", 0, 0, "auto|shared",
    "ETL_DATABASE_SESSION",
    "Whether the server's session is ours alone: a shared one is told tenant, time"
    " zone and limits with each transaction; auto: shared behind a pooler")

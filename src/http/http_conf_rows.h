/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(auth, TEXT, "required", 0, 0, "required|none", "ETL_AUTH",
    "required: every request needs a token; none, for development on the"
    " loopback only: callers name their tenant themselves")
SETTING(jwt_algorithm, TEXT, "off", 0, 0, "off|HS256|RS256",
    "ETL_JWT_ALGORITHM", "Take JSON Web Tokens signed with this one algorithm,"
    " besides API tokens")
SETTING(jwt_key_file, TEXT, "", 0, 0, NULL, "ETL_JWT_KEY_FILE",
    "File with the key: the shared secret for HS256, 32 bytes at least, or the"
    " PEM public key for RS256")
SETTING(jwt_key, SECRET, "", 0, 0, NULL, "ETL_JWT_KEY",
    "The key itself, where there is no file")
SETTING(jwt_issuer, TEXT, "", 0, 0, NULL, "ETL_JWT_ISSUER",
    "The claim iss that a JSON Web Token must have; empty: any or none")
SETTING(jwt_audience, TEXT, "", 0, 0, NULL, "ETL_JWT_AUDIENCE",
    "What must be, or be among, its claim aud; empty: any or none")
SETTING(metrics_from, TEXT, "127.0.0.1 ::1", 0, 0, NULL, "ETL_METRICS_FROM",
    "Addresses and networks (10.0.0.0/8) that GET /metrics answers, apart by"
    " spaces; nginx has a list of its own for them")
SETTING(max_body, NUMBER, "67108864", 1024, 268435456, NULL, "ETL_MAX_BODY",
    "Bytes a request's body may have; nginx's client_max_body_size should be"
    " the same")
SETTING(max_members, NUMBER, "4096", 100, 1000000, NULL, "ETL_MAX_MEMBERS",
    "Members that one object of a request's JSON may have: PostgreSQL sorts"
    " them, and names in a chosen order make that quadratic")
SETTING(max_values_memory, NUMBER, "536870912", 16777216, 17179869184, NULL,
    "ETL_MAX_VALUES_MEMORY",
    "Bytes that PostgreSQL may need to take a request's JSON apart: 640 for each"
    " object, 300 for each array, 110 for each other value; a batch of 4 MB of"
    " Jira issues needs 45 MB")
SETTING(max_answer, NUMBER, "268435456", 1048576, 1073741824, NULL,
    "ETL_MAX_ANSWER", "Bytes of payload a list with include_raw_data may have")
SETTING(tenant_share, NUMBER, "50", 1, 100, NULL, "ETL_TENANT_SHARE",
    "Percent of the pool's responders that one tenant may hold while others ask,"
    " once its requests took a second or more, or kept others waiting; needs"
    " metrics_file")
SETTING(store_share, NUMBER, "25", 0, 90, NULL, "ETL_STORE_SHARE",
    "Percent of the responders, and of a tenant's share, that requests which take"
    " long leave to stores, one at least of two or more; 0: none; needs"
    " metrics_file")
SETTING(large_stores, NUMBER, "0", 0, 256, NULL, "ETL_LARGE_STORES",
    "Stores of 1 MB or more that the pool gives to PostgreSQL at a time; others"
    " wait for their turn; 0: four for each processor; needs metrics_file")
SETTING(idempotency_lifetime, NUMBER, "604800", 60, 31536000, NULL,
    "ETL_IDEMPOTENCY_LIFETIME",
    "Seconds an Idempotency-Key is remembered; a week")
SETTING(store_nul, TEXT, "refuse", 0, 0, "refuse|replace", "ETL_STORE_NUL",
    "What becomes of a store whose JSON has \\u0000 or half a surrogate pair,"
    " which PostgreSQL cannot hold: refused with 422, or these replaced by"
    " \\ufffd and counted; the query's nul wins")
SETTING(logo_dir, TEXT, "", 0, 0, NULL, "ETL_LOGO_DIR",
    "Folder that uploaded logos are kept in and nginx serves; empty: none are"
    " taken")
SETTING(secret_keys_file, TEXT, "", 0, 0, NULL, "ETL_SECRET_KEYS_FILE",
    "File of the keys that encrypt integrations' passwords: lines id:key, the"
    " key 32 bytes in base64; the first encrypts, all decrypt; empty: passwords"
    " are refused")
SETTING(request_timeout, NUMBER, "70", 5, 3600, NULL, "ETL_REQUEST_TIMEOUT",
    "Seconds after which a stuck request ends its process; longer than nginx's"
    " fastcgi_read_timeout, so that the client gets 504")

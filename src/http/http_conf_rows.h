/* SPDX-License-Identifier: MIT */
/*
 * SETTING(TEXT, name, default, environment, help)
 * SETTING(SECRET, name, default, environment, help)
 * SETTING(CHOICE, name, default, choices, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(CHOICE, auth, "required", "required|none", "ETL_AUTH",
    "required: every request needs a token; none, for development on the"
    " loopback only: callers name their tenant themselves")
SETTING(CHOICE, jwt_algorithm, "off", "off|HS256|RS256", "ETL_JWT_ALGORITHM",
    "Take JSON Web Tokens signed with this one algorithm, besides API tokens")
SETTING(TEXT, jwt_key_file, "", "ETL_JWT_KEY_FILE",
    "File with the key: the shared secret for HS256, 32 bytes at least, or the"
    " PEM public key for RS256")
SETTING(SECRET, jwt_key, "", "ETL_JWT_KEY",
    "The key itself, where there is no file")
SETTING(TEXT, jwt_issuer, "", "ETL_JWT_ISSUER",
    "The claim iss that a JSON Web Token must have; empty: any or none")
SETTING(TEXT, jwt_audience, "", "ETL_JWT_AUDIENCE",
    "What must be, or be among, its claim aud; empty: any or none")
SETTING(TEXT, metrics_from, "127.0.0.1 ::1", "ETL_METRICS_FROM",
    "Addresses and networks (10.0.0.0/8) that GET /metrics answers without a"
    " token, apart by spaces")
SETTING(TEXT, metrics_token_file, "", "ETL_METRICS_TOKEN_FILE",
    "File of the tokens that GET /metrics takes from any address, one a line,"
    " of 32 characters at least; they are good for nothing else; empty: none")
SETTING(LIVE_NUMBER, max_body, 67108864, 1024, 268435456, "ETL_MAX_BODY",
    "Bytes a request's body may have; nginx's client_max_body_size should be"
    " the same")
SETTING(LIVE_NUMBER, max_members, 4096, 100, 1000000, "ETL_MAX_MEMBERS",
    "Members that one object of a request's JSON may have: PostgreSQL sorts"
    " them, and names in a chosen order make that quadratic")
SETTING(LIVE_NUMBER, max_values_memory, 536870912, 16777216, 17179869184,
    "ETL_MAX_VALUES_MEMORY",
    "Bytes that PostgreSQL may need to take a request's JSON apart: 640 for"
    " each object, 300 for each array, 110 for each other value; a batch of 4"
    " MB of Jira issues needs 45 MB")
SETTING(LIVE_NUMBER, max_answer, 268435456, 1048576, 1073741824,
    "ETL_MAX_ANSWER",
    "Bytes of payload a list with include_raw_data may have, and one row of a"
    " report that is larger than a page")
SETTING(LIVE_NUMBER, tenant_share, 50, 1, 100, "ETL_TENANT_SHARE",
    "Percent of the pool's responders that one tenant may hold while others"
    " ask, once its requests took a second or more, or kept others waiting;"
    " needs metrics_file")
SETTING(LIVE_NUMBER, store_share, 25, 0, 90, "ETL_STORE_SHARE",
    "Percent of the responders, and of a tenant's share, that requests which"
    " take long leave to stores, one at least of two or more; 0: none; needs"
    " metrics_file")
SETTING(LIVE_NUMBER, large_stores, 0, 0, 256, "ETL_LARGE_STORES",
    "Stores of 1 MB or more that the pool gives to PostgreSQL at a time;"
    " others wait for their turn; 0: four for each processor; needs"
    " metrics_file")
SETTING(LIVE_NUMBER, idempotency_lifetime, 604800, 60, 31536000,
    "ETL_IDEMPOTENCY_LIFETIME",
    "Seconds an Idempotency-Key is remembered; a week")
SETTING(LIVE_CHOICE, store_nul, "refuse", "refuse|replace", "ETL_STORE_NUL",
    "What becomes of a store whose JSON has \\u0000 or half a surrogate pair,"
    " which PostgreSQL cannot hold: refused with 422, or these replaced by"
    " \\ufffd and counted; the query's nul wins")
SETTING(LIVE_NUMBER, hook_delay, 30, 0, 3600, "ETL_HOOK_DELAY",
    "Seconds after a webhook until the issue or pull request that it names is"
    " read; those that come meanwhile are read with it")
SETTING(TEXT, logo_dir, "", "ETL_LOGO_DIR",
    "Folder for copies of uploaded logos, which nginx serves; empty: each comes"
    " from the database")
SETTING(TEXT, secret_keys_file, "", "ETL_SECRET_KEYS_FILE",
    "File of the keys that encrypt integrations' passwords: lines id:key, the"
    " key 32 bytes in base64; the first encrypts, all decrypt; empty:"
    " passwords are refused")
SETTING(LIVE_NUMBER, request_timeout, 70, 5, 3600, "ETL_REQUEST_TIMEOUT",
    "Seconds after which a stuck request ends its process; longer than nginx's"
    " fastcgi_read_timeout, so that the client gets 504")

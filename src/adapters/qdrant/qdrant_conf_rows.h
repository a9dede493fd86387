/* SPDX-License-Identifier: MIT */
/*
 * SETTING(SECRET, name, default, environment, help)
 * SETTING(NUMBER, name, default, least, most, environment, help)
 */
SETTING(SECRET, qdrant_url, "", "QDRANT_URL",
    "Qdrant's REST address, http://host:6333; empty: there is none")
SETTING(SECRET, qdrant_api_key, "", "QDRANT_API_KEY",
    "The key that Qdrant asks for; empty: none")
SETTING(LIVE_NUMBER, qdrant_timeout, 2000, 50, 30000, "ETL_QDRANT_TIMEOUT",
    "Milliseconds one question to Qdrant may take, connecting included")

/* SETTING(name, kind, default, least, most, choices, environment, help). */
SETTING(qdrant_url, SECRET, "", 0, 0, NULL, "QDRANT_URL",
    "Qdrant's REST address, http://host:6333; empty: there is none")
SETTING(qdrant_api_key, SECRET, "", 0, 0, NULL, "QDRANT_API_KEY",
    "The key that Qdrant asks for; empty: none")
SETTING(qdrant_timeout, NUMBER, "2000", 50, 30000, NULL, "ETL_QDRANT_TIMEOUT",
    "Milliseconds one question to Qdrant may take, connecting included")

/* SPDX-License-Identifier: MIT */
/* How it is with Qdrant: STATE(id, word in answers, sentence for people). */
STATE(QDRANT_HEALTHY, "healthy", "Qdrant answers")
STATE(QDRANT_OFF, "not_configured",
    "There is no Qdrant: the setting qdrant_url is empty")
STATE(QDRANT_ABSENT, "not_built", "This build has no libcurl to ask Qdrant with")
STATE(QDRANT_UNREACHABLE, "unreachable",
    "Qdrant cannot be reached: check qdrant_url, and that it runs")
STATE(QDRANT_SLOW, "unreachable",
    "Qdrant did not answer in time: it is overloaded, or qdrant_timeout is too"
    " short")
STATE(QDRANT_REFUSED, "unauthorized",
    "Qdrant refuses the key: check qdrant_api_key")
STATE(QDRANT_FAILED, "unhealthy", "Qdrant answers with an error: see its log")
STATE(QDRANT_STRANGE, "unhealthy",
    "The server at qdrant_url does not answer like Qdrant")

/* SPDX-License-Identifier: MIT */
/* API tokens; only their digests are kept. */
#include "models/tables/row_words.h"

TABLE(api_tokens)
KEPT(INTEGER)
GRANT("SELECT")
GRANT("UPDATE (last_used_at)")
COLUMN(name, CHARS(100), NOT_NULL)
COLUMN(role, CHARS(10), NOT_NULL)
COLUMN(token_sha256, BYTEA, NOT_NULL)
COLUMN(token_hint, CHARS(16), NOT_NULL)
COLUMN(expires_at, STAMP, NULLABLE)
COLUMN(revoked_at, STAMP, NULLABLE)
COLUMN(last_used_at, STAMP, NULLABLE)
KEY("UNIQUE (tenant_id, id)")
KEY("UNIQUE (token_sha256)")
CHECK("CHECK (((role)::text = ANY ((ARRAY["
    "'reader'::character varying, 'writer'::character varying,"
    " 'admin'::character varying])::text[])))")
CHECK("CHECK ((octet_length(token_sha256) = 32))")

#include "models/tables/row_words_end.h"

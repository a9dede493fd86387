/* SPDX-License-Identifier: MIT */
/* Logos, of all tenants; neither changed nor removed. */
#include "models/tables/row_words.h"

TABLE(logos)
GRANT("SELECT")
GRANT("INSERT")
POLICY("all_see FOR SELECT TO public USING true")
POLICY("all_add FOR INSERT TO public WITH CHECK true")
POLICY("operators_change FOR ALL TO public USING ( SELECT"
    " (current_setting('app.every_tenant'::text, true) = 'on'::text))")
COLUMN(name, CHARS(36), NOT_NULL)
COLUMN(picture, BYTEA, NOT_NULL)
COLUMN(created_at, STAMP, NOT_NULL)
DEFAULT(created_at, "now()")
KEY("PRIMARY KEY (name)")
CHECK("CHECK (((name)::text = (\"left\"(encode(sha256(picture), 'hex'::text),"
    " 32) || '.svg'::text)))")
CHECK("CHECK (((octet_length(picture) >= 1) AND (octet_length(picture)"
    " <= 1048576)))")

#include "models/tables/row_words_end.h"

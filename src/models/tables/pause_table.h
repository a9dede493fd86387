/* SPDX-License-Identifier: MIT */
/* What is paused: tenants, and queues. */
#include "models/tables/row_words.h"

TABLE(tenant_pauses)
SERVED
COLUMN(tenant_id, INTEGER, NOT_NULL)
COLUMN(paused_at, STAMP, NOT_NULL)
COLUMN(paused_by, CHARS(255), NOT_NULL)
COLUMN(resumed_at, STAMP, NULLABLE)
COLUMN(cut_at, STAMP, NULLABLE)
DEFAULT(paused_at, "now()")
ISOLATED(tenant_id)
KEY("PRIMARY KEY (tenant_id)")
KEY("FOREIGN KEY (tenant_id) REFERENCES tenants(id)")

TABLE(queue_pauses)
GRANT("SELECT")
GRANT("INSERT")
GRANT("DELETE")
POLICY("all_see FOR SELECT TO public USING true")
POLICY("operators_change FOR ALL TO public USING ( SELECT"
    " (current_setting('app.every_tenant'::text, true) = 'on'::text))")
COLUMN(queue, CHARS(50), NOT_NULL)
COLUMN(paused_at, STAMP, NOT_NULL)
COLUMN(paused_by, CHARS(255), NOT_NULL)
DEFAULT(paused_at, "now()")
KEY("PRIMARY KEY (queue)")
CHECK("CHECK (((queue)::text = ANY ((ARRAY['extract_queue'::character varying,"
    " 'transform_queue'::character varying, 'load_queue'::character"
    " varying])::text[])))")

#include "models/tables/row_words_end.h"

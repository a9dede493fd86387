/* SPDX-License-Identifier: MIT */
/* Secrets of webhooks, sealed; up to two of an integration. */
#include "models/tables/row_words.h"

TABLE(integration_hook_secrets)
KEPT(INTEGER)
GRANT("SELECT")
GRANT("UPDATE (secret)")
GRANT("UPDATE (last_updated_at)")
COLUMN(integration_id, INTEGER, NOT_NULL)
COLUMN(secret, VARCHAR, NOT_NULL)
KEY("FOREIGN KEY (tenant_id, integration_id)"
    " REFERENCES integrations(tenant_id, id) ON DELETE CASCADE")
INDEX("btree (integration_id)")

#include "models/tables/row_words_end.h"

/* SPDX-License-Identifier: MIT */
/* Settings of tenants, quotas among them. */
#include "models/tables/row_words.h"

TABLE(system_settings)
KEPT(INTEGER)
GRANT("SELECT")
COLUMN(setting_key, VARCHAR, NOT_NULL)
COLUMN(setting_value, VARCHAR, NOT_NULL)
COLUMN(setting_type, VARCHAR, NOT_NULL)
COLUMN(description, VARCHAR, NULLABLE)
DEFAULT(setting_type, "'string'::character varying")
KEY("UNIQUE (setting_key, tenant_id)")

#include "models/tables/row_words_end.h"

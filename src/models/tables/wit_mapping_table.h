/* SPDX-License-Identifier: MIT */
/* Common names of work item types. */
#include "models/tables/row_words.h"

TABLE(wits_mappings)
REPORTED
OWNED(INTEGER)
OF_INTEGRATION
COLUMN(wit_from, VARCHAR, NOT_NULL)
COLUMN(wit_to, VARCHAR, NOT_NULL)
COLUMN(wits_hierarchy_id, INTEGER, NOT_NULL)
KEY("UNIQUE (tenant_id, id)")
KEY("FOREIGN KEY (tenant_id, wits_hierarchy_id)"
    " REFERENCES wits_hierarchies(tenant_id, id)")
INDEX("btree (tenant_id)")
INDEX("btree (wit_from)")
INDEX("btree (wits_hierarchy_id)")

#include "models/tables/row_words_end.h"

/* SPDX-License-Identifier: MIT */
/* What answers show of a record; t is report.records. */
SHOWN(id, INT, NOT_NULL, "t.id")
SHOWN(integration_id, INT, NOT_NULL, "t.integration_id")
SHOWN(entity_type, TEXT, NOT_NULL, "t.entity_type")
SHOWN(external_id, TEXT, NOT_NULL, "t.external_id")
SHOWN(updated, STAMP, NULLABLE, "t.updated")
SHOWN(fields, MAP, NOT_NULL, "t.fields")

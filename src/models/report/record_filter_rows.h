/* SPDX-License-Identifier: MIT */
/* What lists of records may be asked for; see report.h. */
FILTER(0, entity_type, TEXT, "t.entity_type = $%d",
    "Only those of this entity type")
FILTER(1, external_id, TEXT, "t.external_id = $%d",
    "Only those that their source gives this id")
FILTER(2, updated_after, STAMP, "t.updated > " REPORT_STAMP,
    "Only those that the source changed after this time")

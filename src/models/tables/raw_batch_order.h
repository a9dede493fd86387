/* SPDX-License-Identifier: MIT */
/*
 * Batches of one status in the order of the index that has them, written such
 * that PostgreSQL takes no other: ranges of a row in place of equal columns.
 * Where many are pending it expects them everywhere in the table, and would walk
 * through millions of others in the order of the primary key.
 */
#ifndef MODELS_TABLES_RAW_BATCH_ORDER_H
#define MODELS_TABLES_RAW_BATCH_ORDER_H

/* Conditions: those of every tenant; then ORDER BY. */
#define RAW_BATCH_OF_STATUS(status) \
	"processing_status >= '" status "' AND processing_status <= '" status \
	"' AND active"
#define RAW_BATCH_STATUS_ORDER "processing_status, tenant_id, id"

/* Conditions: those of one tenant behind an id; the order is the same. */
#define RAW_BATCH_OF_STATUS_AND_TENANT(status, tenant, after) \
	"(processing_status, tenant_id, id) > ('" status "', " tenant \
	", " after ") AND (processing_status, tenant_id, id) <= ('" status \
	"', " tenant ", 9223372036854775807) AND active"

#endif

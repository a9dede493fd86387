/*
 * What the files of raw_batch.h share: SQL that several statements need.
 */
#ifndef MODELS_RAW_BATCH_INSIDE_H
#define MODELS_RAW_BATCH_INSIDE_H

#include "adapters/sql.h"
#include "models/raw_batch.h"

/* Add FROM and the conditions of a filter, but for paging. */
void raw_batch_add_filter(struct sql *sql, const struct raw_batch_filter *filter);

/*
 * error_details with what is in it moved into its member `earlier`, the newest
 * twenty, without lists of skipped items; NULL stays NULL.
 */
#define RAW_BATCH_EARLIER(column) \
	"CASE WHEN " column " IS NULL THEN NULL" \
	" WHEN jsonb_typeof(" column ") <> 'object' THEN" \
	" jsonb_build_object('earlier', jsonb_build_array(" column "))" \
	" ELSE jsonb_build_object('earlier', jsonb_path_query_array(" \
	"CASE WHEN jsonb_typeof(" column "->'earlier') = 'array'" \
	" THEN " column "->'earlier' ELSE '[]' END" \
	" || CASE WHEN " column " - 'earlier' = '{}' THEN '[]'" \
	" ELSE jsonb_build_array(" column " - 'earlier' - 'skipped') END," \
	" '$[last - 19 to last]')) END"

#endif

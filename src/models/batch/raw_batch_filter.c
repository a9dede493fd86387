/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_filter.h"

void
raw_batch_filter_add(struct sql *sql, const struct raw_batch_filter *filter)
{
	sql_add(sql, " FROM raw_extraction_data AS t");
	sql_where_int(sql, "tenant_id = $%d", filter->tenant_id);
	sql_where(sql, "active");
	if (filter->id != 0)
		sql_where_int(sql, "id = $%d", filter->id);
	if (filter->ids.at != NULL)
		sql_where_text(sql, "id = ANY ($%d::bigint[])", filter->ids);
	if (filter->integration_id != 0)
		sql_where_int(sql, "integration_id = $%d",
		    filter->integration_id);
	if (filter->entity_type.at != NULL)
		sql_where_text(sql, "entity_type = $%d", filter->entity_type);
	if (filter->processing_status.at != NULL)
		sql_where_text(sql, "processing_status = $%d",
		    filter->processing_status);
	if (filter->external_id.at != NULL)
		sql_where_text(sql, "external_id = $%d", filter->external_id);
	if (filter->created_after.at != NULL)
		sql_where_text(sql,
		    "created_at > ($%d::timestamptz"
		    " AT TIME ZONE 'UTC')",
		    filter->created_after);
	if (filter->created_before.at != NULL)
		sql_where_text(sql,
		    "created_at < ($%d::timestamptz"
		    " AT TIME ZONE 'UTC')",
		    filter->created_before);
	if (filter->processed_before.at != NULL)
		sql_where_text(sql, "processed_at < $%d::timestamp",
		    filter->processed_before);
}

bool
raw_batch_filter_is_empty(const struct raw_batch_filter *filter)
{
	return filter->id == 0 && filter->ids.at == NULL &&
	    filter->integration_id == 0 && filter->entity_type.at == NULL &&
	    filter->processing_status.at == NULL &&
	    filter->external_id.at == NULL &&
	    filter->created_after.at == NULL &&
	    filter->created_before.at == NULL &&
	    filter->processed_before.at == NULL;
}

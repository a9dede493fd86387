/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_filter.h"

/* The column whose index gives the order of ids as well: 0020, 0046. */
enum lead { LEAD_NONE, LEAD_STATUS, LEAD_TYPE, LEAD_INTEGRATION };

static const char *const lead_columns[] = {
	[LEAD_STATUS] = "processing_status",
	[LEAD_TYPE] = "entity_type",
	[LEAD_INTEGRATION] = "integration_id",
};

/*
 * PostgreSQL expects what a filter asks for everywhere in the table, and so to
 * find a page soon in the order of the primary key. Where the million that wait
 * are the newest, or those that failed or an integration's the oldest, it reads
 * ten million in vain. Where one index serves it is made to take that; that of
 * integrations knows the times of creation, too.
 */
static enum lead
lead_of(const struct raw_batch_filter *filter)
{
	bool is_timed = filter->created_after.at != NULL ||
	    filter->created_before.at != NULL;
	bool is_of_status = filter->processing_status.at != NULL &&
	    !span_is(filter->processing_status, "completed");

	if (filter->id != 0 || filter->ids.at != NULL ||
	    filter->external_id.at != NULL ||
	    filter->processed_before.at != NULL)
		return LEAD_NONE;
	if (is_of_status)
		return is_timed ? LEAD_NONE : LEAD_STATUS;
	if (filter->integration_id != 0)
		return LEAD_INTEGRATION;
	return is_timed || filter->entity_type.at == NULL ?
	    LEAD_NONE :
	    LEAD_TYPE;
}

/* Rows, not columns, are compared: only that index has their order. */
static void
add_range(struct sql *sql, enum lead lead,
    const struct raw_batch_filter *filter, int64_t first, int64_t last)
{
	if (lead == LEAD_TYPE) {
		sql_where_text(sql, "(entity_type, id) >= ($%d::text,",
		    filter->entity_type);
		sql_add_int(sql, " $%d::bigint)", first);
		sql_where_text(sql, "(entity_type, id) <= ($%d::text,",
		    filter->entity_type);
		sql_add_int(sql, " $%d::bigint)", last);
		return;
	}
	if (lead == LEAD_INTEGRATION) {
		sql_where_int(sql, "(integration_id, id) >= ($%d::integer,",
		    filter->integration_id);
		sql_add_int(sql, " $%d::bigint)", first);
		sql_where_int(sql, "(integration_id, id) <= ($%d::integer,",
		    filter->integration_id);
		sql_add_int(sql, " $%d::bigint)", last);
		return;
	}
	sql_where_text(sql, "(processing_status, tenant_id, id) >= ($%d::text,",
	    filter->processing_status);
	sql_add_int(sql, " $%d::integer,", filter->tenant_id);
	sql_add_int(sql, " $%d::bigint)", first);
	sql_where_text(sql, "(processing_status, tenant_id, id) <= ($%d::text,",
	    filter->processing_status);
	sql_add_int(sql, " $%d::integer,", filter->tenant_id);
	sql_add_int(sql, " $%d::bigint)", last);
}

static void
add_ids(struct sql *sql, enum lead lead, const struct raw_batch_filter *filter)
{
	int64_t first = filter->cursor == NULL ? 0 : *filter->cursor + 1;
	int64_t last = filter->before_id == 0 ?
	    INT64_MAX :
	    filter->before_id - 1;

	if (lead != LEAD_NONE) {
		add_range(sql, lead, filter, first, last);
		return;
	}
	if (filter->cursor != NULL)
		sql_where_int(sql, "id >= $%d", first);
	if (filter->before_id != 0)
		sql_where_int(sql, "id <= $%d", last);
}

void
raw_batch_filter_order(struct sql *sql, const struct raw_batch_filter *filter,
    bool descending)
{
	enum lead lead = lead_of(filter);

	sql_add(sql, " ORDER BY ");
	if (lead != LEAD_NONE)
		sql_add(sql, lead_columns[lead]);
	if (lead != LEAD_NONE)
		sql_add(sql, descending ? " DESC, " : ", ");
	sql_add(sql, descending ? "id DESC" : "id");
}

void
raw_batch_filter_add(struct sql *sql, const struct raw_batch_filter *filter)
{
	enum lead lead = lead_of(filter);

	sql_add(sql, " FROM raw_extraction_data AS t");
	sql_where_int(sql, "tenant_id = $%d", filter->tenant_id);
	sql_where(sql, "active");
	add_ids(sql, lead, filter);
	if (filter->id != 0)
		sql_where_int(sql, "id = $%d", filter->id);
	if (filter->ids.at != NULL)
		sql_where_text(sql, "id = ANY ($%d::bigint[])", filter->ids);
	if (filter->integration_id != 0 && lead != LEAD_INTEGRATION)
		sql_where_int(sql, "integration_id = $%d",
		    filter->integration_id);
	if (filter->entity_type.at != NULL && lead != LEAD_TYPE)
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

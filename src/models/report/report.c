/* SPDX-License-Identifier: MIT */
#include "models/report/report.h"

#include "adapters/db/sql.h"

/*
 * An end of the time that is asked for. A COALESCE would be no condition for an
 * index: row security lets none through that might leak, and takes it for one.
 */
static void
add_end(struct sql *sql, const char *before, struct span value,
    const char *otherwise)
{
	sql_add(sql, before);
	if (value.at != NULL)
		sql_add_text(sql, REPORT_STAMP, value);
	else
		sql_add(sql, otherwise);
}

/* The tenant is $1, whatever the report's own text says. */
static void
add_from(struct sql *sql, const struct report *report, int64_t tenant_id,
    const struct span *values)
{
	db_add_int(&sql->params, tenant_id);
	sql_add(sql, " FROM ");
	if (values != NULL && report->between != NULL &&
	    (values[1].at != NULL || values[2].at != NULL)) {
		sql_add(sql, report->between);
		add_end(sql, "(", values[1], "'-infinity'");
		add_end(sql, ", ", values[2], "'infinity'");
		sql_add(sql, ")");
	} else {
		sql_add(sql, report->from);
	}
	sql_add(sql, " AS t");
	sql_where(sql, "t.tenant_id = $1");
}

/* Only what follows the page before. */
static void
add_after(struct sql *sql, const struct report *report,
    const struct report_query *query)
{
	if (report->sort == NULL) {
		sql_where(sql, report->id);
		sql_add_int(sql, " > $%d", query->after_id);
		return;
	}
	sql_where(sql, "(");
	sql_add(sql, report->sort);
	sql_add(sql, ", ");
	sql_add(sql, report->id);
	sql_add_int(sql, ") > ($%d", query->after_key);
	sql_add_int(sql, ", $%d)", query->after_id);
}

enum err
report_list(struct db *db, const struct report *report,
    const struct report_query *query, struct arena *arena,
    const struct db_each *each, struct diag *diag)
{
	struct sql sql;

	sql_init(&sql);
	sql_add(&sql, "SELECT ");
	columns_add(&sql, query->columns, query->count);
	sql_add(&sql, ", ");
	sql_add(&sql, report->sort == NULL ? "0" : report->sort);
	sql_add(&sql, ", ");
	sql_add(&sql, report->id);
	add_from(&sql, report, query->tenant_id, query->values);
	for (size_t i = 0; i < REPORT_FILTERS_MAX; i++) {
		if (query->values[i].at == NULL)
			continue;
		if (report->filters[i] != NULL)
			sql_where_text(&sql, report->filters[i],
			    query->values[i]);
		if (report->begins[i] != NULL && !query->is_after)
			sql_where_text(&sql, report->begins[i],
			    query->values[i]);
	}
	if (query->is_after)
		add_after(&sql, report, query);
	sql_add(&sql, " ORDER BY ");
	if (report->sort != NULL) {
		sql_add(&sql, report->sort);
		sql_add(&sql, ", ");
	}
	sql_add(&sql, report->id);
	sql_add_int(&sql, " LIMIT $%d", query->limit);
	return sql_run_each(&sql, db, arena, each, diag);
}

enum err
report_get(struct db *db, const struct report *report, int64_t tenant_id,
    int64_t id, struct arena *arena, struct db_rows **ret_rows,
    struct diag *diag)
{
	struct sql sql;
	enum err rc;

	sql_init(&sql);
	sql_add(&sql, "SELECT ");
	columns_add(&sql, report->columns, report->count);
	if (report->part_count > 0)
		sql_add(&sql, ", ");
	columns_add(&sql, report->parts, report->part_count);
	add_from(&sql, report, tenant_id, NULL);
	sql_where(&sql, report->id);
	sql_add_int(&sql, " = $%d", id);
	rc = sql_run(&sql, db, false, arena, ret_rows, diag);
	if (rc == E_OK && db_rows_count(*ret_rows) == 0)
		return diag_tell(diag, E_NO_ROW, "There is no such %s",
		    report->noun);
	return rc;
}

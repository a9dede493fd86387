/* SPDX-License-Identifier: MIT */
/*
 * What was loaded, to be read: the views of the schema report (migration
 * 0029) and the repositories. Each is a struct report, whose columns are the
 * rows of a *_shown_rows.h. Nothing here writes.
 *
 * A *_filter_rows.h says what a list may be asked for:
 *
 *	FILTER(at, name, kind, condition, sentence)
 *
 * `at` is the value's place in struct report_query, from 0 on; kind is TEXT or
 * STAMP. In the condition t is the report, $1 the tenant and $%d the value.
 */
#ifndef MODELS_REPORT_REPORT_H
#define MODELS_REPORT_REPORT_H

#include "models/tables/column.h"

#define REPORT_FILTERS_MAX 8
#define REPORT_STAMP "($%d::timestamptz AT TIME ZONE 'UTC')"
/* An array, not a join: such a condition reaches what a view sums up. */
#define REPORT_OF_PROJECT \
	"t.project_id = ANY (ARRAY(SELECT p.id FROM projects AS p" \
	" WHERE p.tenant_id = $1 AND p.key = $%d))"
#define REPORT_OF_REPOSITORY \
	"t.repository_id = ANY (ARRAY(SELECT r.id FROM repositories AS r" \
	" WHERE r.tenant_id = $1 AND r.name_key = lower($%d)))"

/*
 * For `begins`, NULL where there is no such row. "+ 0" keeps the planner from
 * looking through the ids. A row whose column is the time itself counts, too.
 */
#define REPORT_BEGINS(id, table, column) \
	id " >= (SELECT min(b.id + 0) FROM " table \
	   " AS b WHERE b.tenant_id = $1 AND b.active AND b." column \
	   " >= " REPORT_STAMP ")"

struct report {
	const char *name; /* what people call it: "work_items" */
	const char *noun; /* in answers: "There is no such NOUN" */
	const char *from; /* gets the name t */
	const char
	    *sort;	/* a number that lists go by, before the id; or NULL */
	const char *id; /* a number; with `sort` no two rows have the same */
	const struct column *columns;
	size_t count;
	/* What only a single row shows, behind its columns. */
	const struct column *parts;
	size_t part_count;
	const char *filters[REPORT_FILTERS_MAX]; /* conditions, or NULL */
	/*
	 * Where the first page begins, by the value of a filter, or NULL: what
	 * changed or ended lately is mostly at the end of the ids, and to look
	 * for it from the beginning takes seconds.
	 */
	const char *begins[REPORT_FILTERS_MAX];
	/*
	 * Instead of `from`, where the filters 1 or 2, the first time and the
	 * last, are given: a function of both, which reads less; or NULL.
	 */
	const char *between;
};

extern const struct report work_item_report, pull_request_report,
    repository_report, status_change_report, flow_daily_report,
    cycle_time_report, pr_time_report, deployment_report, dora_weekly_report,
    etl_health_report, record_report;

/* All of them; the last is NULL. */
extern const struct report *const reports[];

/* Which rows of a list, and what of them. */
struct report_query {
	int64_t tenant_id;
	const struct column *columns; /* those of the report, or some of them */
	size_t count;
	struct span values[REPORT_FILTERS_MAX]; /* SPAN_NONE: any */
	bool is_after;				/* the next page's */
	int64_t after_key, after_id;
	int64_t limit;
};

/*
 * List rows by `sort` and id, to be looked at one by one. Behind the columns
 * come both, as numbers.
 * Fails: as db_run_each().
 */
enum err report_list(struct db *db, const struct report *report,
    const struct report_query *query, struct arena *arena,
    const struct db_each *each, struct diag *diag) MUST_CHECK;

/*
 * Get one row: its columns, then its parts.
 * Fails: E_NO_ROW, and the client is told; as db_run().
 */
enum err report_get(struct db *db, const struct report *report,
    int64_t tenant_id, int64_t id, struct arena *arena,
    struct db_rows **ret_rows, struct diag *diag) MUST_CHECK;

#endif

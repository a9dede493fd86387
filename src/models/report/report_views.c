/* SPDX-License-Identifier: MIT */
/* The reports there are. */
#include "models/report/report.h"

#define SHOWN COLUMN_ROW
#define FILTER(at, name, kind, condition, sentence) [at] = (condition),
#define COLUMNS(list) .columns = list##_columns, .count = COUNT(list##_columns)
#define PARTS(list) .parts = list##_parts, .part_count = COUNT(list##_parts)

/* A day's number, and the project or repository, where there is one. */
#define DAY_OF(column) "t." column " - date '2000-01-01'"
#define OF_PROJECT "COALESCE(t.project_id, 0)"

/* Within the inner SELECT t is the outer row still, behind it its own. */
#define PART_FROM(table) \
	"(SELECT p.* FROM " table \
	" AS p WHERE p.tenant_id = t.tenant_id" \
	" AND p.pr_id = t.id AND p.active) AS t"

static const struct column change_columns[] = {
#include "models/report/change_shown_rows.h"
};
static const struct column_rows changes = {
	.columns = change_columns,
	.count = COUNT(change_columns),
	/* As the loader has them: of one time, an id says nothing. */
	.sort =
	    "t.changed_at, t.place, length(t.external_id),"
	    " t.external_id COLLATE \"C\"",
	.from =
	    "(SELECT c.*, l.place, l.external_id"
	    " FROM report.status_changes AS c JOIN changelogs AS l"
	    " ON l.tenant_id = c.tenant_id AND l.id = c.id"
	    " WHERE c.tenant_id = t.tenant_id AND c.work_item_id = t.id) AS t",
};
static const struct column work_item_columns[] = {
#include "models/report/work_item_shown_rows.h"
};
static const struct column work_item_parts[] = {
	{ "changes", COLUMN_ROWS, NULL, &changes },
};
const struct report work_item_report = {
	.name = "work_items",
	.noun = "work item",
	.from = "report.work_items",
	.id = "t.id",
	COLUMNS(work_item),
	PARTS(work_item),
	.filters = {
#include "models/report/work_item_filter_rows.h"
	},
	.begins = { [5] = REPORT_BEGINS("t.id", "work_items", "updated"),
	    [6] = REPORT_BEGINS("t.id", "work_items", "work_last_completed_at") },
};

static const struct column review_columns[] = {
#include "models/report/review_shown_rows.h"
};
static const struct column_rows reviews = {
	.columns = review_columns,
	.count = COUNT(review_columns),
	.sort = "t.submitted_at",
	.from = PART_FROM("prs_reviews"),
};
static const struct column commit_columns[] = {
#include "models/report/commit_shown_rows.h"
};
static const struct column_rows commits = {
	.columns = commit_columns,
	.count = COUNT(commit_columns),
	.sort = "t.authored_date",
	.from = PART_FROM("prs_commits"),
};
static const struct column comment_columns[] = {
#include "models/report/comment_shown_rows.h"
};
static const struct column_rows comments = {
	.columns = comment_columns,
	.count = COUNT(comment_columns),
	.sort = "t.created_at_github",
	.from = PART_FROM("prs_comments"),
};
static const struct column pull_request_columns[] = {
#include "models/report/pull_request_shown_rows.h"
};
static const struct column pull_request_parts[] = {
	{ "reviews", COLUMN_ROWS, NULL, &reviews },
	{ "commits", COLUMN_ROWS, NULL, &commits },
	{ "comments", COLUMN_ROWS, NULL, &comments },
};
const struct report pull_request_report = {
	.name = "pull_requests",
	.noun = "pull request",
	.from = "report.pull_requests",
	.id = "t.id",
	COLUMNS(pull_request),
	PARTS(pull_request),
	.filters = {
#include "models/report/pull_request_filter_rows.h"
	},
	.begins = { [4] = REPORT_BEGINS("t.id", "prs", "pr_updated_at"),
	    [5] = REPORT_BEGINS("t.id", "prs", "merged_at") },
};

static const struct column repository_columns[] = {
#include "models/report/repository_shown_rows.h"
};
const struct report repository_report = {
	.name = "repositories",
	.noun = "repository",
	.from = "(SELECT * FROM repositories WHERE active)",
	.id = "t.id",
	COLUMNS(repository),
	.filters = {
#include "models/report/repository_filter_rows.h"
	},
};

static const struct column status_change_columns[] = {
#include "models/report/status_change_shown_rows.h"
};
const struct report status_change_report = {
	.name = "status_changes",
	.noun = "change of status",
	.from = "report.status_changes",
	.id = "t.id",
	COLUMNS(status_change),
	.filters = {
#include "models/report/status_change_filter_rows.h"
	},
	.begins = { [2] = REPORT_BEGINS("t.id", "changelogs",
			"transition_change_date") },
};

static const struct column flow_daily_columns[] = {
#include "models/report/flow_daily_shown_rows.h"
};
const struct report flow_daily_report = {
	.name = "flow_daily",
	.noun = "day",
	.from = "report.flow_daily",
	.sort = DAY_OF("day"),
	.id = OF_PROJECT,
	COLUMNS(flow_daily),
	.filters = {
#include "models/report/flow_daily_filter_rows.h"
	},
};

static const struct column cycle_time_columns[] = {
#include "models/report/cycle_time_shown_rows.h"
};
const struct report cycle_time_report = {
	.name = "cycle_times",
	.noun = "week",
	.from = "report.cycle_times",
	.sort = DAY_OF("week"),
	.id = OF_PROJECT,
	COLUMNS(cycle_time),
	.filters = {
#include "models/report/project_week_filter_rows.h"
	},
};

static const struct column pr_time_columns[] = {
#include "models/report/pr_time_shown_rows.h"
};
const struct report pr_time_report = {
	.name = "pr_times",
	.noun = "week",
	.from = "report.pr_times",
	.between = "report.pr_times_between",
	.sort = DAY_OF("week"),
	.id = "t.repository_id",
	COLUMNS(pr_time),
	.filters = {
#include "models/report/repository_week_filter_rows.h"
	},
};

static const struct column deployment_columns[] = {
#include "models/report/deployment_shown_rows.h"
};
const struct report deployment_report = {
	.name = "deployments",
	.noun = "deployment",
	.from = "report.deployments",
	.id = "t.pull_request_id",
	COLUMNS(deployment),
	.filters = {
#include "models/report/deployment_filter_rows.h"
	},
	.begins = { [1] = REPORT_BEGINS("t.pull_request_id", "prs",
			"merged_at") },
};

static const struct column dora_weekly_columns[] = {
#include "models/report/dora_weekly_shown_rows.h"
};
const struct report dora_weekly_report = {
	.name = "dora_weekly",
	.noun = "week",
	.from = "report.dora_weekly",
	.sort = DAY_OF("week"),
	.id = "t.repository_id",
	COLUMNS(dora_weekly),
	.filters = {
#include "models/report/repository_week_filter_rows.h"
	},
};

static const struct column etl_health_columns[] = {
#include "models/report/etl_health_shown_rows.h"
};
const struct report etl_health_report = {
	.name = "etl_health",
	.noun = "integration",
	.from = "report.etl_health",
	.id = "t.integration_id",
	COLUMNS(etl_health),
};

static const struct column record_columns[] = {
#include "models/report/record_shown_rows.h"
};
const struct report record_report = {
	.name = "records",
	.noun = "record",
	.from = "report.records",
	.id = "t.id",
	COLUMNS(record),
	.filters = {
#include "models/report/record_filter_rows.h"
	},
	.begins = { [2] = REPORT_BEGINS("t.id", "records", "updated") },
};

const struct report *const reports[] = {
	&work_item_report,
	&status_change_report,
	&flow_daily_report,
	&cycle_time_report,
	&pull_request_report,
	&repository_report,
	&pr_time_report,
	&deployment_report,
	&dora_weekly_report,
	&etl_health_report,
	&record_report,
	NULL,
};

/* SPDX-License-Identifier: MIT */
/* The reports that have routes: what they take, and what they answer. */
#include "etl/answers.h"
#include "etl/report_list.h"

const struct resource work_item_resource = { .report = &work_item_report };
const struct resource pull_request_resource = {
	.report = &pull_request_report
};
const struct resource repository_resource = { .report = &repository_report };
const struct resource status_change_resource = {
	.report = &status_change_report
};
const struct resource flow_daily_resource = { .report = &flow_daily_report };
const struct resource cycle_time_resource = { .report = &cycle_time_report };
const struct resource pr_time_resource = { .report = &pr_time_report };
const struct resource deployment_resource = { .report = &deployment_report };
const struct resource dora_weekly_resource = { .report = &dora_weekly_report };
const struct resource etl_health_resource = { .report = &etl_health_report };
const struct resource record_resource = { .report = &record_report };

/* clang-format off */
#define AT(member) .offset = offsetof(struct report_input, member)
#define PAGE_FIELDS \
	{ FIELD_QUERY, "limit", .kind = FIELD_INT, .min = 1, \
	  .max = REPORT_LIMIT_MAX, AT(limit), .sentence = "How many at most;" \
	    " 1000. A page that would be too large has fewer, and a next one" }, \
	{ FIELD_QUERY, "cursor", .kind = FIELD_TEXT, .min = 1, .max = 200, \
	  AT(cursor), .sentence = "X-Next-Cursor of the page before" }, \
	{ FIELD_QUERY, "fields", .kind = FIELD_TEXT, .min = 1, .max = 2000, \
	  AT(fields), .sentence = "Only these members, in this order, with" \
	    " commas in between" },
#define FILTER(at, filter, of, condition, text) \
	{ FIELD_QUERY, #filter, .kind = FIELD_##of, .min = 1, .max = 300, \
	  AT(values[at]), .sentence = text },
#define INPUT(name) \
	const struct field_set name##_list_input = { name##_fields, \
		COUNT(name##_fields) };

static const struct field work_item_fields[] = {
	PAGE_FIELDS
#include "models/report/work_item_filter_rows.h"
};
INPUT(work_item)

static const struct field pull_request_fields[] = {
	PAGE_FIELDS
#include "models/report/pull_request_filter_rows.h"
};
INPUT(pull_request)

static const struct field repository_fields[] = {
	PAGE_FIELDS
#include "models/report/repository_filter_rows.h"
};
INPUT(repository)

static const struct field status_change_fields[] = {
	PAGE_FIELDS
#include "models/report/status_change_filter_rows.h"
};
INPUT(status_change)

static const struct field flow_daily_fields[] = {
	PAGE_FIELDS
#include "models/report/flow_daily_filter_rows.h"
};
INPUT(flow_daily)

static const struct field cycle_time_fields[] = {
	PAGE_FIELDS
#include "models/report/project_week_filter_rows.h"
};
INPUT(cycle_time)

static const struct field pr_time_fields[] = {
	PAGE_FIELDS
#include "models/report/repository_week_filter_rows.h"
};
INPUT(pr_time)

static const struct field deployment_fields[] = {
	PAGE_FIELDS
#include "models/report/deployment_filter_rows.h"
};
INPUT(deployment)

static const struct field dora_weekly_fields[] = {
	PAGE_FIELDS
#include "models/report/repository_week_filter_rows.h"
};
INPUT(dora_weekly)

static const struct field etl_health_fields[] = { PAGE_FIELDS };
INPUT(etl_health)

static const struct field record_fields[] = {
	PAGE_FIELDS
#include "models/report/record_filter_rows.h"
};
INPUT(record)

/* Of a list, whose `fields` may leave members out. */
#define LIST_ROW(member, kind, null, sql) \
	{ #member, SHAPE_##kind, SHAPE_##null | SHAPE_OPTIONAL, NULL, NULL },

/* Of single rows and their parts. */
#define SHOWN SHAPE_ROW
static const struct shape_row change_rows[] = {
#include "models/report/change_shown_rows.h"
};
SHAPE_PART(change, "A change of status", change_rows)
static const struct shape_row work_item_rows[] = {
#include "models/report/work_item_shown_rows.h"
	{ "changes", SHAPE_LIST, 0, NULL, &change },
};
SHAPE(answer_work_item, "work_item", "A work item with its changes of status",
    work_item_rows)

static const struct shape_row review_rows[] = {
#include "models/report/review_shown_rows.h"
};
SHAPE_PART(review, "A review", review_rows)
static const struct shape_row commit_rows[] = {
#include "models/report/commit_shown_rows.h"
};
SHAPE_PART(commit, "A commit", commit_rows)
static const struct shape_row comment_rows[] = {
#include "models/report/comment_shown_rows.h"
};
SHAPE_PART(comment, "A comment", comment_rows)
static const struct shape_row pull_request_rows[] = {
#include "models/report/pull_request_shown_rows.h"
	{ "reviews", SHAPE_LIST, 0, NULL, &review },
	{ "commits", SHAPE_LIST, 0, NULL, &commit },
	{ "comments", SHAPE_LIST, 0, NULL, &comment },
};
SHAPE(answer_pull_request, "pull_request", "A pull request with its parts",
    pull_request_rows)
#undef SHOWN

#define SHOWN LIST_ROW
static const struct shape_row work_item_list_rows[] = {
#include "models/report/work_item_shown_rows.h"
};
SHAPE_TABLE(answer_work_item_list, "work_item_list", "Work items",
    work_item_list_rows)

static const struct shape_row pull_request_list_rows[] = {
#include "models/report/pull_request_shown_rows.h"
};
SHAPE_TABLE(answer_pull_request_list, "pull_request_list", "Pull requests",
    pull_request_list_rows)

static const struct shape_row repository_list_rows[] = {
#include "models/report/repository_shown_rows.h"
};
SHAPE_TABLE(answer_repository_list, "repository_list", "Repositories",
    repository_list_rows)

static const struct shape_row status_change_list_rows[] = {
#include "models/report/status_change_shown_rows.h"
};
SHAPE_TABLE(answer_status_change_list, "status_change_list",
    "Changes of status", status_change_list_rows)

static const struct shape_row flow_daily_list_rows[] = {
#include "models/report/flow_daily_shown_rows.h"
};
SHAPE_TABLE(answer_flow_daily_list, "flow_daily_list", "Days of projects",
    flow_daily_list_rows)

static const struct shape_row cycle_time_list_rows[] = {
#include "models/report/cycle_time_shown_rows.h"
};
SHAPE_TABLE(answer_cycle_time_list, "cycle_time_list", "Weeks of projects",
    cycle_time_list_rows)

static const struct shape_row pr_time_list_rows[] = {
#include "models/report/pr_time_shown_rows.h"
};
SHAPE_TABLE(answer_pr_time_list, "pr_time_list", "Weeks of repositories",
    pr_time_list_rows)

static const struct shape_row deployment_list_rows[] = {
#include "models/report/deployment_shown_rows.h"
};
SHAPE_TABLE(answer_deployment_list, "deployment_list", "Deployments",
    deployment_list_rows)

static const struct shape_row dora_weekly_list_rows[] = {
#include "models/report/dora_weekly_shown_rows.h"
};
SHAPE_TABLE(answer_dora_weekly_list, "dora_weekly_list",
    "Weeks of repositories", dora_weekly_list_rows)

static const struct shape_row etl_health_list_rows[] = {
#include "models/report/etl_health_shown_rows.h"
};
SHAPE_TABLE(answer_etl_health_list, "etl_health_list", "Integrations",
    etl_health_list_rows)

static const struct shape_row record_list_rows[] = {
#include "models/report/record_shown_rows.h"
};
SHAPE_TABLE(answer_record_list, "record_list", "Records", record_list_rows)
/* clang-format on */

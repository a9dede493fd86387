/* SPDX-License-Identifier: MIT */
/*
 * pulse-etl retention: rules that say what of the batches goes, and when.
 */
#include <inttypes.h>
#include <stdio.h>

#include "models/batch/raw_batch_retention.h"
#include "models/catalogue/retention_rule.h"
#include "programs/tool/tool_change.h"
#include "programs/tool/tool_output.h"
#include "programs/tool/tool_progress.h"
#include "work/relay_retention.h"

struct retention_options {
	struct retention_rule rule;
	bool shared, dry_run;
	const char *if_match;
};

static const struct option options[] = {
	{ "tenant", required_argument, NULL, 't' },
	{ "all-tenants", no_argument, NULL, 'a' },
	{ "type", required_argument, NULL, 'y' },
	{ "status", required_argument, NULL, 's' },
	{ "action", required_argument, NULL, 'c' },
	{ "keep-days", required_argument, NULL, 'k' },
	{ "keep-newest", required_argument, NULL, 'n' },
	{ "off", no_argument, NULL, 'f' },
	{ "on", no_argument, NULL, 'u' },
	{ "if-match", required_argument, NULL, 'm' },
	{ "dry-run", no_argument, NULL, 'd' },
	TOOL_QUIET_OPTION,
	TOOL_YES_OPTION,
	TOOL_OUTPUT_OPTION,
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* One of some words; anything else ends the program. */
static struct span
read_choice(const struct tool *tool, const char *option, const char *choices)
{
	if (!span_is_choice(str_span(optarg), choices))
		tool_usage(tool, "%s takes one of %s", option, choices);
	return str_span(optarg);
}

/* may_share: --all-tenants may stand in for --tenant. */
static void
read_options(struct tool *tool, bool may_share, struct retention_options *ret)
{
	struct retention_rule *rule = &ret->rule;
	int option;

	*ret = (struct retention_options){
		.rule = { .keep_days = -1,
		    .keep_newest = -1,
		    .active = -1,
		    .status = SPAN_LIT("completed") },
	};
	while ((option = tool_option(tool, options)) != -1) {
		if (option == 't')
			rule->tenant_id = tool_number(tool, "--tenant", 1,
			    INT32_MAX);
		else if (option == 'a')
			ret->shared = true;
		else if (option == 'y')
			rule->entity_type = str_span(optarg);
		else if (option == 's')
			rule->status = read_choice(tool, "--status",
			    RETENTION_STATUSES);
		else if (option == 'c')
			rule->action = read_choice(tool, "--action",
			    RETENTION_ACTIONS);
		else if (option == 'k')
			rule->keep_days = tool_number(tool, "--keep-days", 1,
			    RETENTION_DAYS_MAX);
		else if (option == 'n')
			rule->keep_newest = tool_number(tool, "--keep-newest",
			    0, RETENTION_NEWEST_MAX);
		else if (option == 'm')
			ret->if_match = tool_change_version(tool);
		else if (option == 'd')
			ret->dry_run = true;
		else
			rule->active = option == 'u';
	}
	if (may_share && ret->shared == (rule->tenant_id != 0))
		tool_usage(tool, "give --tenant or --all-tenants");
	if (!may_share && rule->tenant_id == 0)
		tool_usage(tool, "--tenant is missing");
	if (rule->entity_type.at != NULL &&
	    (rule->entity_type.len == 0 || rule->entity_type.len > 50))
		tool_usage(tool, "--type takes 1 to 50 characters");
	if (rule->tenant_id != 0)
		db_tenant(tool->db, rule->tenant_id);
}

/* In the order of retention_rule_shown_rows.h. */
static const struct tool_column rule_columns[] = {
	{ "id", "ID", COLUMN_INT },
	{ "entity_type", "TYPE", COLUMN_TEXT },
	{ "processing_status", "STATUS", COLUMN_TEXT },
	{ "keep_days", "DAYS", COLUMN_INT },
	{ "keep_newest", "NEWEST", COLUMN_INT },
	{ "action", "ACTION", COLUMN_TEXT },
	{ "shared", "SHARED", COLUMN_BOOL },
	{ "active", "ACTIVE", COLUMN_BOOL },
};

/* List a tenant's rules, and those that all share. */
enum err
tool_retention_list(struct tool *tool, struct diag *diag)
{
	struct catalogue_filter filter = { .limit = 1000 };
	struct retention_options given;
	struct db_rows *rows;
	enum err rc;

	read_options(tool, false, &given);
	tool_no_arguments(tool);
	filter.tenant_id = given.rule.tenant_id;
	rc = catalogue_list(tool->db, &retention_rule_catalogue, &filter,
	    tool->arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return tool_output_rows(tool, rule_columns, COUNT(rule_columns), rows,
	    diag);
}

/* Is the rule that the options name, if it is there, of --if-match's version? */
static enum err
check_version(struct tool *tool, const struct retention_options *given,
    struct diag *diag)
{
	int64_t id = 0;
	enum err rc = E_OK;

	if (given->if_match != NULL)
		rc = retention_rule_same(tool->db, &given->rule, tool->arena,
		    &id, diag);
	if (rc != E_OK)
		return rc;
	return tool_change_check(tool, &retention_rule_catalogue,
	    given->rule.tenant_id, id, given->if_match, diag);
}

/* Make a rule, or change the one of this type, status and action. */
enum err
tool_retention_set(struct tool *tool, struct diag *diag)
{
	struct retention_options given;
	int64_t id = 0;
	enum err rc;

	read_options(tool, true, &given);
	tool_no_arguments(tool);
	if (given.rule.action.at == NULL)
		tool_usage(tool, "--action is missing");
	rc = catalogue_begin(tool->db, given.rule.tenant_id, tool->arena, diag);
	if (rc != E_OK)
		return rc;
	rc = check_version(tool, &given, diag);
	if (rc == E_OK)
		rc = retention_rule_put(tool->db, &given.rule, tool->arena, &id,
		    diag);
	rc = tool_change_end(tool, rc, "retention rules", "retention_rule.set",
	    given.rule.tenant_id, id, diag);
	if (rc == E_OK)
		(void)printf("%" PRId64 "\n", id);
	return rc;
}

/* Remove a rule; what it took stays gone. */
enum err
tool_retention_delete(struct tool *tool, struct diag *diag)
{
	struct retention_options given;
	int64_t id;
	enum err rc;

	read_options(tool, true, &given);
	id = tool_id(tool);
	rc = catalogue_begin(tool->db, given.rule.tenant_id, tool->arena, diag);
	if (rc != E_OK)
		return rc;
	rc = tool_change_check(tool, &retention_rule_catalogue,
	    given.rule.tenant_id, id, given.if_match, diag);
	if (rc == E_OK)
		rc = retention_rule_remove(tool->db, given.rule.tenant_id, id,
		    tool->arena, diag);
	return tool_change_end(tool, rc, "retention rules",
	    "retention_rule.delete", given.rule.tenant_id, id, diag);
}

/* Tell what a rule would take now. */
enum err
tool_retention_preview(struct tool *tool, struct diag *diag)
{
	struct retention_options given;
	struct retention_sum sum;
	struct retention rule;
	bool is_exact;
	enum err rc;

	read_options(tool, true, &given);
	rc = retention_get_rule(tool->db, given.rule.tenant_id, tool_id(tool),
	    tool->arena, &rule, diag);
	if (rc == E_OK)
		rc = retention_preview(tool->db, &rule, given.rule.tenant_id,
		    tool->arena, &sum, &is_exact, diag);
	if (rc != E_OK)
		return rc;
	(void)printf("%s%" PRId64 " batches with %" PRId64
		     " bytes of payload would %s\n",
	    is_exact ? "" : "more than ", sum.batches, sum.bytes,
	    rule.payload_only ? "lose it" : "be removed");
	return E_OK;
}

/* What all rules come to: counted before, or done so far. */
struct totals {
	struct retention_sum batches, payloads;
	struct tool_progress progress;
	int64_t before; /* of the rules that are done */
};

static bool
may_go_on(void *context, const struct retention_sum *sum)
{
	struct totals *totals = context;

	tool_progress_set(&totals->progress, totals->before + sum->batches, "");
	return !tool_progress_stopped();
}

/* Count what a rule would take, or take it. */
static enum err
run_rule(struct tool *tool, const struct retention *rule, int64_t tenant_id,
    bool counts_only, struct totals *totals, struct diag *diag)
{
	struct retention_sum sum = { 0 }, *all;
	bool is_exact;
	enum err rc;

	rc = counts_only ?
	    retention_preview(tool->db, rule, tenant_id, tool->arena, &sum,
		&is_exact, diag) :
	    retention_apply(tool->db, rule, tenant_id, may_go_on, totals, &sum,
		diag);
	all = rule->payload_only ? &totals->payloads : &totals->batches;
	all->batches += sum.batches;
	all->bytes += sum.bytes;
	totals->before += sum.batches;
	return rc;
}

/* All active rules that concern the tenant (0: any), one after the other. */
static enum err
run_rules(struct tool *tool, int64_t tenant_id, bool counts_only,
    struct totals *totals, struct diag *diag)
{
	struct retention rule = { 0 };
	enum err rc;

	do {
		rc = retention_next_rule(tool->db, tenant_id, rule.rule_id,
		    tool->arena, &rule, diag);
		if (rc == E_OK && rule.rule_id != 0)
			rc = run_rule(tool, &rule, tenant_id, counts_only,
			    totals, diag);
	} while (rc == E_OK && rule.rule_id != 0 && !tool_progress_stopped());
	return rc;
}

static void
print_totals(const struct totals *totals, const char *would)
{
	(void)printf("%" PRId64 " batches with %" PRId64
		     " bytes of payload %s removed, and %" PRId64
		     " payloads with %" PRId64 " bytes\n",
	    totals->batches.batches, totals->batches.bytes, would,
	    totals->payloads.batches, totals->payloads.bytes);
}

/* Apply the rules now, and do not wait for the relay. */
enum err
tool_retention_run(struct tool *tool, struct diag *diag)
{
	struct totals found = { 0 }, done = { 0 };
	struct retention_options given;
	int64_t tenant_id;
	enum err rc;

	read_options(tool, true, &given);
	tool_no_arguments(tool);
	tenant_id = given.rule.tenant_id;
	rc = run_rules(tool, tenant_id, true, &found, diag);
	if (rc != E_OK)
		return rc;
	if (given.dry_run) {
		print_totals(&found, "would be");
		return E_OK;
	}
	if (!tool_may(tool, found.before,
		"%" PRId64 " batches or their payloads are removed for good",
		found.before)) {
		tool->exit_code = 1;
		return E_OK;
	}
	if (found.before > 0)
		rc = tool_audit(tool, tenant_id, "retention.run", 0, diag);
	if (rc != E_OK)
		return rc;
	tool_progress_begin(&done.progress, tool, "batches", found.before);
	rc = run_rules(tool, tenant_id, false, &done, diag);
	tool_progress_end(&done.progress);
	print_totals(&done, "were");
	if (rc == E_OK && tool_progress_stopped())
		tool_progress_tell_stop(tool,
		    "batches are left: run it again to go on");
	return rc;
}

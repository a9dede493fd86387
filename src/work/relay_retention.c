/* SPDX-License-Identifier: MIT */
#include "work/relay_retention.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"

/* Payloads are large: few in one transaction. */
#define STEP 100
/* How long one call may take, ms, but for its last step. */
#define BUDGET_MS 1000
/* What the answers of one step take at most. */
#define STEP_ARENA_BYTES (1u << 20)

/* Which rule is at work: retention_days of two statuses, then rows by id. */
enum { FIRST = 1, DAYS_COMPLETED = FIRST, DAYS_DELETED, ROWS };

static void
count_taken(const struct retention *rule, int64_t count)
{
	metrics_add(
	    rule->payload_only ? METRIC_RETIRED_PAYLOAD : METRIC_RETIRED_DELETE,
	    (uint64_t)count);
}

/*
 * The rule at work, or the next one; status.at is NULL behind the last. One that
 * somebody has changed begins anew: what stays of a group is another by now, and
 * the group may not be the rule's any more.
 */
static enum err
get_rule(struct db *db, const struct relay_settings *settings,
    struct relay_retention *state, struct arena *arena, struct retention *ret,
    struct diag *diag)
{
	enum err rc;

	if (state->rule < ROWS && settings->retention_days == 0)
		*state = (struct relay_retention){ .rule = ROWS };
	if (state->rule < ROWS) {
		*ret = (struct retention){
			.status = state->rule == DAYS_COMPLETED ?
			    SPAN_LIT("completed") :
			    SPAN_LIT("deleted"),
			.keep_days = settings->retention_days,
			.is_least = true,
		};
		return E_OK;
	}
	rc = retention_next_rule(db, 0, state->rule - ROWS, arena, ret, diag);
	/* Another one: it was removed, or the one before has ended. */
	if (rc == E_OK && ret->rule_id != state->rule - ROWS + 1)
		*state = (struct relay_retention){ .rule = ret->rule_id - 1 +
			    ROWS };
	if (rc == E_OK && ret->version != state->version) {
		state->place = (struct retention_place){ 0 };
		state->version = ret->version;
	}
	return rc;
}

/*
 * One step of a rule: some batches, or the way to the next group.
 * *ret_ended: it has no more.
 */
static enum err
step(struct db *db, const struct retention *rule, int64_t tenant_id,
    struct retention_place *place, struct arena *arena,
    struct retention_sum *sum, bool *ret_ended, struct diag *diag)
{
	enum err rc;

	*ret_ended = false;
	if (place->is_open)
		return retention_take(db, rule, STEP, arena, place, sum, diag);
	rc = retention_next_group(db, rule, tenant_id, arena, place, diag);
	*ret_ended = rc == E_OK && !place->is_open;
	return rc;
}

static void
tell(const struct retention *rule, const struct retention_sum *sum)
{
	if (sum->batches == 0)
		return;
	count_taken(rule, sum->batches);
	log_info("retired", LOG_INT("count", sum->batches),
	    LOG_INT("bytes", sum->bytes), LOG_INT("rule", rule->rule_id),
	    LOG_TEXT("action", rule->payload_only ? "payload" : "delete"));
}

/* Go on with one rule until it has ended or the time is over. */
static enum err
go_on(struct db *db, const struct retention *rule,
    struct relay_retention *state, int64_t deadline, struct arena *arena,
    bool *ret_ended, struct diag *diag)
{
	struct retention_sum sum = { 0 };
	enum err rc;

	do
		rc = step(db, rule, 0, &state->place, arena, &sum, ret_ended,
		    diag);
	while (rc == E_OK && !*ret_ended && clock_left(deadline) > 0);
	tell(rule, &sum);
	return rc;
}

enum err
relay_retention(struct db *db, const struct relay_settings *settings,
    struct relay_retention *state, struct arena *arena, struct diag *diag)
{
	const int64_t deadline = clock_ms() + BUDGET_MS;
	struct retention rule;
	bool ended;
	enum err rc;

	if (state->rule == 0) {
		if (clock_left(state->due_at) > 0)
			return E_OK;
		*state = (struct relay_retention){ .rule = FIRST };
	}
	do {
		rc = get_rule(db, settings, state, arena, &rule, diag);
		if (rc != E_OK)
			return rc;
		if (rule.status.at == NULL) { /* the pass has ended */
			*state = (struct relay_retention){
				.due_at = clock_ms() +
				    settings->retention_interval * 1000
			};
			return E_OK;
		}
		rc = go_on(db, &rule, state, deadline, arena, &ended, diag);
		/* One that the server cannot do must not keep others. */
		if (rc == E_OK ?
			ended :
			err_class(rc) != ERR_CLASS_BUSY || rc == E_DB_BUSY)
			*state = (struct relay_retention){ .rule = state->rule +
				    1 };
	} while (rc == E_OK && clock_left(deadline) > 0);
	return rc;
}

enum err
retention_apply(struct db *db, const struct retention *rule, int64_t tenant_id,
    bool (*goes_on)(void *context, const struct retention_sum *sum),
    void *context, struct retention_sum *sum, struct diag *diag)
{
	struct arena *arena = arena_new(STEP_ARENA_BYTES);
	struct retention_place place = { 0 };
	bool ended = false;
	enum err rc = arena == NULL ?
	    diag_set(diag, E_NO_MEMORY, "no memory") :
	    E_OK;

	while (rc == E_OK && !ended && goes_on(context, sum)) {
		rc = step(db, rule, tenant_id, &place, arena, sum, &ended,
		    diag);
		if (rc == E_OK)
			arena_reset(arena);
	}
	arena_free(arena);
	return rc;
}

/* SPDX-License-Identifier: MIT */
#include "models/catalogue/retention_rule.h"

#include <string.h>

static const struct column rule_columns[] = {
#define SHOWN COLUMN_ROW
#include "models/catalogue/retention_rule_shown_rows.h"
#undef SHOWN
};
const struct catalogue retention_rule_catalogue = {
	.table = "retention_rules",
	.noun = "retention rule",
	.joins = "",
	.integration = "NULL::integer", /* they are of none */
	.has_shared = true,
	.sort = "COALESCE(t.entity_type, '')",
	.sort_is_text = true,
	.writes =
	    "entity_type? processing_status keep_days keep_newest action"
	    " active",
	.absent = "There is no such tenant",
	.columns = rule_columns,
	.count = COUNT(rule_columns),
};

/* Whose it is: $1. */
#define WHOSE "t.tenant_id IS NOT DISTINCT FROM NULLIF($1::integer, 0)"

/* The one of this type, status and action. */
#define SAME \
	"SELECT id FROM retention_rules AS t WHERE " WHOSE \
	" AND t.entity_type IS NOT DISTINCT FROM $2::text" \
	" AND t.processing_status = $3 AND t.action = $4"

static void
add_rule(struct db_params *params, const struct retention_rule *rule)
{
	db_add_int(params, rule->tenant_id);
	db_add_text(params, rule->entity_type);
	db_add_text(params, rule->status);
	db_add_text(params, rule->action);
}

enum err
retention_rule_same(struct db *db, const struct retention_rule *rule,
    struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "retention_rule_same",
		.sql = "SELECT COALESCE((" SAME "), 0)",
	};
	struct db_params params = { 0 };

	add_rule(&params, rule);
	return db_get_int(db, &statement, &params, arena, ret_id, diag);
}

enum err
retention_rule_put(struct db *db, const struct retention_rule *rule,
    struct arena *arena, int64_t *ret_id, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "retention_rule_put",
		.changes = true,
		.sql =
		    "WITH known AS (" SAME
		    "),"
		    " changed AS (UPDATE retention_rules AS t SET"
		    " keep_days = CASE WHEN $5::bigint < 0 THEN t.keep_days"
		    " ELSE $5::bigint END, keep_newest = CASE"
		    " WHEN $6::bigint < 0 THEN t.keep_newest"
		    " ELSE $6::bigint END, active = CASE WHEN $7::bigint < 0"
		    " THEN t.active ELSE $7::bigint = 1 END,"
		    " last_updated_at = now() FROM known"
		    " WHERE t.id = known.id RETURNING t.id),"
		    " made AS (INSERT INTO retention_rules (tenant_id,"
		    " entity_type, processing_status, action, keep_days,"
		    " keep_newest, active) SELECT NULLIF($1::integer, 0), $2,"
		    " $3, $4, $5::bigint, GREATEST($6::bigint, 0),"
		    " $7::bigint <> 0 WHERE NOT EXISTS (SELECT FROM known)"
		    " AND $5::bigint > 0 RETURNING id)"
		    " SELECT id FROM made UNION ALL SELECT id FROM changed",
	};
	struct db_params params = { 0 };
	enum err rc;

	if (span_is(rule->status, "deleted") && rule->keep_newest > 0)
		return diag_tell(diag, E_INVALID,
		    "keep_newest " RETENTION_NONE_STAYS);
	add_rule(&params, rule);
	db_add_int(&params, rule->keep_days);
	db_add_int(&params, rule->keep_newest);
	db_add_int(&params, rule->active);
	rc = db_get_int(db, &statement, &params, arena, ret_id, diag);
	if (rc == E_NO_ROW)
		return diag_tell(diag, E_INVALID,
		    "There is no such rule yet, and a new one needs the days"
		    " for which batches stay");
	if (rc == E_DB && strcmp(diag->sqlstate, "23503") == 0)
		return diag_tell(diag, E_INVALID, "There is no such tenant");
	return rc;
}

enum err
retention_rule_remove(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "retention_rule_remove",
		.changes = true,
		.sql = "DELETE FROM retention_rules AS t WHERE " WHOSE
		       " AND t.id = $2",
	};
	struct db_params params = { 0 };
	int64_t count;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_change(db, &statement, &params, arena, &count, diag);
	if (rc == E_OK && count == 0)
		return catalogue_tell_absent(&retention_rule_catalogue, diag);
	return rc;
}

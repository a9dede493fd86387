/* SPDX-License-Identifier: MIT */
#include "models/batch/raw_batch_retention.h"

#include <stdio.h>

#include "models/batch/raw_batch_inside.h"

/*
 * Statements that visit batches have no name: each is planned for its values,
 * for the indexes of 0043 are of some batches only. Of COALESCE PostgreSQL
 * thinks that it might leak: row security would keep it from an index.
 */
#define PROCESSED_AT(r) \
	"CASE WHEN " r ".processed_at IS NULL THEN " r ".created_at ELSE " r \
	".processed_at END"

enum {
	RULE_ID,
	RULE_TENANT,
	RULE_TYPE,
	RULE_STATUS,
	RULE_DAYS,
	RULE_NEWEST,
	RULE_ACTION,
	RULE_VERSION
};
#define RULE_COLUMNS \
	"SELECT id, COALESCE(tenant_id, 0), entity_type, processing_status," \
	" keep_days, keep_newest, action, xmin::text FROM retention_rules"

static void
read_rule(const struct db_rows *rows, struct retention *ret)
{
	*ret = (struct retention){
		.rule_id = db_int(rows, 0, RULE_ID),
		.tenant_id = db_int(rows, 0, RULE_TENANT),
		.entity_type = db_text(rows, 0, RULE_TYPE),
		.status = db_text(rows, 0, RULE_STATUS),
		.keep_days = db_int(rows, 0, RULE_DAYS),
		.keep_newest = db_int(rows, 0, RULE_NEWEST),
		.version = db_int(rows, 0, RULE_VERSION),
		.payload_only = span_is(db_text(rows, 0, RULE_ACTION),
		    "payload"),
	};
}

enum err
retention_next_rule(struct db *db, int64_t tenant_id, int64_t after_id,
    struct arena *arena, struct retention *ret_rule, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "retention_next_rule",
		.sql = RULE_COLUMNS
		" WHERE active AND id > $2 AND ($1 = 0 OR tenant_id = $1"
		" OR tenant_id IS NULL) ORDER BY id LIMIT 1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, after_id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*ret_rule = (struct retention){ 0 };
	if (db_rows_count(rows) > 0)
		read_rule(rows, ret_rule);
	return E_OK;
}

enum err
retention_get_rule(struct db *db, int64_t tenant_id, int64_t id,
    struct arena *arena, struct retention *ret_rule, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "retention_get_rule",
		.sql = RULE_COLUMNS
		" WHERE id = $2 AND (tenant_id = $1 OR tenant_id IS NULL)",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_int(&params, id);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc == E_OK && db_rows_count(rows) == 0)
		return diag_tell(diag, E_NO_ROW,
		    "There is no such retention rule");
	if (rc == E_OK)
		read_rule(rows, ret_rule);
	return rc;
}

static bool
is_deleted(const struct retention *rule)
{
	return span_is(rule->status, "deleted");
}

/* How much a rule says of which batches it is about. */
static int64_t
rank_of(const struct retention *rule)
{
	if (rule->is_least)
		return -1;
	return (rule->tenant_id != 0 ? 2 : 0) +
	    (rule->entity_type.at != NULL ? 1 : 0);
}

static const char *
action_of(const struct retention *rule)
{
	return rule->payload_only ? "payload" : "delete";
}

/* How many of a group stay: of those that are deleted, none. */
static int64_t
newest_of(const struct retention *rule)
{
	if (!rule->payload_only && rule->keep_newest == 0 &&
	    span_is(rule->status, "completed"))
		return 1;
	return is_deleted(rule) ? 0 : rule->keep_newest;
}

/* Is there a rule that says more of the batch, or group, x? */
#define OVERRIDDEN(x, status, action, rank) \
	"EXISTS (SELECT FROM retention_rules AS o WHERE o.active" \
	" AND o.processing_status = " status " AND o.action = " action \
	" AND COALESCE(o.tenant_id = " x \
	".tenant_id, true) AND COALESCE(o.entity_type = " x \
	".entity_type, true)" \
	" AND CASE WHEN o.tenant_id IS NULL THEN 0 ELSE 2 END" \
	" + CASE WHEN o.entity_type IS NULL THEN 0 ELSE 1 END > " rank ")"

/* The first type of x's batches that stands behind one. */
#define NEXT_TYPE(x, condition) \
	"(SELECT b.entity_type FROM raw_extraction_data AS b" \
	" WHERE b.tenant_id = " x " AND b.active" condition \
	" ORDER BY b.entity_type LIMIT 1)"

/* The newest $5 of the group $1 to $3 with the status $4. */
#define NEWEST(payload) \
	"SELECT * FROM (SELECT " PROCESSED_AT("b") " AS stamp, b.id" \
	" FROM raw_extraction_data AS b WHERE b.tenant_id = $1" \
	" AND b.integration_id = $2 AND b.entity_type = $3 AND b.active" \
	" AND b.processing_status = $4 AND b.payload_gone_at IS " payload \
	" ORDER BY " PROCESSED_AT("b") " DESC, b.id DESC LIMIT $5) AS n"

/* From which batch on those of the place's group stay. */
static enum err
find_newest(struct db *db, const struct retention *rule, struct arena *arena,
    struct retention_place *place, struct diag *diag)
{
	static const struct db_statement statement = {
		.sql = "SELECT stamp, id FROM (" NEWEST("NULL") " UNION ALL "
		    NEWEST("NOT NULL") ") AS x"
		    " ORDER BY stamp DESC, id DESC OFFSET $5 - 1 LIMIT 1",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, place->tenant_id);
	db_add_int(&params, place->integration_id);
	db_add_text(&params, str_span(place->entity_type));
	db_add_text(&params, rule->status);
	db_add_int(&params, newest_of(rule));
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	place->keeps_all = db_rows_count(rows) == 0;
	if (place->keeps_all)
		return E_OK;
	(void)snprintf(place->keep_stamp, sizeof(place->keep_stamp), "%.*s",
	    SPAN_ARG(db_text(rows, 0, 0)));
	place->keep_id = db_int(rows, 0, 1);
	return E_OK;
}

enum err
retention_next_group(struct db *db, const struct retention *rule,
    int64_t tenant_id, struct arena *arena, struct retention_place *place,
    struct diag *diag)
{
	/* $5: the only type, or NULL: each that there is. */
	static const struct db_statement statement = {
		.name = "retention_next_group",
		.sql =
		    "WITH next AS (SELECT n.* FROM ("
		    "SELECT $2::bigint AS tenant_id, $3::bigint"
		    " AS integration_id, k.entity_type::text FROM "
		    NEXT_TYPE("$2", " AND b.entity_type > $4")
		    " AS k WHERE $5::text IS NULL AND $2 > 0"
		    " UNION ALL"
		    " (SELECT i.tenant_id, i.id, k.entity_type"
		    " FROM integrations AS i CROSS JOIN LATERAL (SELECT"
		    " COALESCE($5::text, " NEXT_TYPE("i.tenant_id", "")
		    ") AS entity_type) AS k"
		    " WHERE (i.tenant_id, i.id) > ($2, $3)"
		    " AND ($1 = 0 OR i.tenant_id = $1)"
		    " AND k.entity_type IS NOT NULL"
		    " ORDER BY i.tenant_id, i.id LIMIT 1)) AS n"
		    " ORDER BY n.tenant_id, n.integration_id, n.entity_type"
		    " LIMIT 1)"
		    " SELECT g.tenant_id, g.integration_id, g.entity_type,"
		    " g.entity_type <> '' AND " OVERRIDDEN("g", "$6", "$7",
			"$8")
		    " FROM next AS g",
	};
	struct span type = rule->entity_type;
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	if (type.at == NULL && is_deleted(rule))
		type = SPAN_LIT("");
	db_add_int(&params, rule->tenant_id != 0 ? rule->tenant_id : tenant_id);
	db_add_int(&params, place->tenant_id);
	db_add_int(&params, place->integration_id);
	db_add_text(&params, str_span(place->entity_type));
	db_add_text(&params, type);
	db_add_text(&params, rule->status);
	db_add_text(&params, str_span(action_of(rule)));
	db_add_int(&params, rank_of(rule));
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	*place = (struct retention_place){ 0 };
	if (db_rows_count(rows) == 0)
		return E_OK;
	place->tenant_id = db_int(rows, 0, 0);
	place->integration_id = db_int(rows, 0, 1);
	(void)snprintf(place->entity_type, sizeof(place->entity_type), "%.*s",
	    SPAN_ARG(db_text(rows, 0, 2)));
	place->keeps_all = db_bool(rows, 0, 3);
	place->is_open = true;
	if (place->keeps_all || newest_of(rule) == 0)
		return E_OK;
	return find_newest(db, rule, arena, place, diag);
}

/*
 * Which batches of a group: $1 tenant, $2 integration, $3 type, $4 status, $5
 * days, $6 payloads only, $7 action, $8 rank, $9 and $10 behind which, $11 and
 * $12 before which, $13 how many. Deleted ones are of any payload at once.
 */
#define BEHIND(stamp, none) \
	"COALESCE(NULLIF(" stamp ", '')::timestamp, " none ")"
#define TAKEN(columns, payload, locked) \
	"SELECT * FROM (SELECT " PROCESSED_AT("r") " AS stamp, " columns \
	" FROM raw_extraction_data AS r WHERE r.tenant_id = $1" \
	" AND r.integration_id = $2 AND ($3 = '' OR r.entity_type = $3)" \
	" AND CASE WHEN $4 = 'deleted' THEN NOT r.active" \
	" ELSE r.active AND r.processing_status = $4 END" \
	" AND " payload \
	" AND " PROCESSED_AT("r") " < now()::timestamp - $5 * interval '1 day'" \
	" AND (" PROCESSED_AT("r") ", r.id)" \
	" > (" BEHIND("$9", "'-infinity'") ", $10)" \
	" AND (" PROCESSED_AT("r") ", r.id)" \
	" < (" BEHIND("$11", "'infinity'") ", $12)" \
	" AND NOT " RAW_BATCH_IS_NEEDED("r") " AND ($6 OR NOT " RAW_BATCH_HAS_KEY( \
	    "r") ") AND NOT " OVERRIDDEN("r", "$4", "$7", \
	    "$8") " ORDER BY " PROCESSED_AT("r") ", r.id LIMIT $13" locked \
	") AS t"
/* Of each part so many are looked at, and of these the oldest taken. */
#define TAKEN_OF_ALL(columns, locked) \
	"SELECT * FROM (" TAKEN(columns, \
	    "($4 = 'deleted' AND NOT $6 OR r.payload_gone_at IS NULL)", \
	    locked) " UNION ALL " TAKEN(columns, \
	    "$4 <> 'deleted' AND NOT $6 AND r.payload_gone_at IS NOT NULL", \
	    locked) ") AS x ORDER BY stamp, id LIMIT $13"

static void
add_group(struct db_params *params, const struct retention *rule,
    const struct retention_place *place, int64_t limit)
{
	db_add_int(params, place->tenant_id);
	db_add_int(params, place->integration_id);
	db_add_text(params, str_span(place->entity_type));
	db_add_text(params, rule->status);
	db_add_int(params, rule->keep_days);
	db_add_bool(params, rule->payload_only);
	db_add_text(params, str_span(action_of(rule)));
	db_add_int(params, rank_of(rule));
	db_add_text(params, str_span(place->stamp));
	db_add_int(params, place->id);
	db_add_text(params, str_span(place->keep_stamp));
	db_add_int(params, place->keep_id);
	db_add_int(params, limit);
}

/* The batches are locked, whoever is at work on one of them keeps it. */
#define PICKED(lock) \
	"WITH picked AS (" TAKEN_OF_ALL("r.id, r.tenant_id", \
	    " FOR " lock " OF r SKIP LOCKED") "), "
#define RETURNED " RETURNING r.id, p.stamp, r.raw_data_bytes)"
#define SUM \
	" SELECT count(*), COALESCE(sum(raw_data_bytes), 0)::bigint," \
	" (SELECT stamp::text FROM gone ORDER BY stamp DESC, id DESC" \
	" LIMIT 1), (SELECT id FROM gone ORDER BY stamp DESC, id DESC" \
	" LIMIT 1) FROM gone"

static const struct db_statement take_batches = {
	.changes = true,
	.sql = PICKED("UPDATE") RAW_BATCH_PAGES_GO
	" gone AS (DELETE FROM raw_extraction_data AS r USING picked AS p"
	" WHERE r.tenant_id = p.tenant_id AND r.id = p.id" RETURNED SUM,
};

static const struct db_statement take_payloads = {
	.changes = true,
	.sql = PICKED("NO KEY UPDATE")
	"gone AS (UPDATE raw_extraction_data AS r SET raw_data = 'null',"
	" payload_gone_at = now() FROM picked AS p"
	" WHERE r.tenant_id = p.tenant_id AND r.id = p.id" RETURNED SUM,
};

enum err
retention_take(struct db *db, const struct retention *rule, int64_t limit,
    struct arena *arena, struct retention_place *place,
    struct retention_sum *sum, struct diag *diag)
{
	struct db_params params = { 0 };
	struct db_rows *rows;
	int64_t count;
	enum err rc;

	place->is_open = false;
	if (place->keeps_all)
		return E_OK;
	add_group(&params, rule, place, limit);
	rc = db_run(db, rule->payload_only ? &take_payloads : &take_batches,
	    &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	count = db_int(rows, 0, 0);
	if (count == 0)
		return E_OK;
	sum->batches += count;
	sum->bytes += db_int(rows, 0, 1);
	(void)snprintf(place->stamp, sizeof(place->stamp), "%.*s",
	    SPAN_ARG(db_text(rows, 0, 2)));
	place->id = db_int(rows, 0, 3);
	place->is_open = count == limit;
	return E_OK;
}

enum err
retention_count(struct db *db, const struct retention *rule, int64_t limit,
    struct arena *arena, const struct retention_place *place,
    struct retention_sum *sum, struct diag *diag)
{
	static const struct db_statement statement = {
		.sql =
		    "SELECT count(*), COALESCE(sum(raw_data_bytes), 0)::bigint"
		    " FROM (" TAKEN_OF_ALL("r.id, r.raw_data_bytes",
			"") ") AS gone",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	if (place->keeps_all)
		return E_OK;
	add_group(&params, rule, place, limit);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	sum->batches += db_int(rows, 0, 0);
	sum->bytes += db_int(rows, 0, 1);
	return E_OK;
}

enum err
retention_preview(struct db *db, const struct retention *rule,
    int64_t tenant_id, struct arena *arena, struct retention_sum *ret_sum,
    bool *ret_is_exact, struct diag *diag)
{
	struct retention_place place = { 0 };
	struct retention_sum sum = { 0 };
	enum err rc = E_OK;

	do {
		rc = retention_next_group(db, rule, tenant_id, arena, &place,
		    diag);
		if (rc == E_OK && place.is_open)
			rc = retention_count(db, rule,
			    RETENTION_COUNTED + 1 - sum.batches, arena, &place,
			    &sum, diag);
	} while (rc == E_OK && place.is_open &&
	    sum.batches <= RETENTION_COUNTED);
	if (rc != E_OK)
		return rc;
	*ret_is_exact = sum.batches <= RETENTION_COUNTED;
	*ret_sum = sum;
	return E_OK;
}

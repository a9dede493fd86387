/* SPDX-License-Identifier: MIT */
#include "models/batch/idempotency_key.h"

void
idempotency_key_add(const struct idempotency_key *key, struct db_params *params)
{
	db_add_text(params, key->key);
	db_add_bytes(params, key->fingerprint, sizeof(key->fingerprint));
	db_add_int(params, key->lifetime);
}

enum err
idempotency_key_get(struct db *db, int64_t tenant_id,
    const struct idempotency_key *key, struct arena *arena,
    struct idempotency_use *ret_use, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "idempotency_key_get",
		.sql =
		    "SELECT k.raw_data_id, k.fingerprint = $3,"
		    " r.queued_at IS NOT NULL, r.replaced_characters,"
		    " i.product, " DB_REPLICATED
		    " FROM idempotency_keys AS k"
		    " JOIN raw_extraction_data AS r ON r.id = k.raw_data_id"
		    " AND r.tenant_id = k.tenant_id"
		    " JOIN integrations AS i ON i.tenant_id = r.tenant_id"
		    " AND i.id = r.integration_id"
		    " WHERE k.tenant_id = $1 AND k.idempotency_key = $2",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_text(&params, key->key);
	db_add_bytes(&params, key->fingerprint, sizeof(key->fingerprint));
	rc = db_get_row(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	ret_use->raw_data_id = db_int(rows, 0, 0);
	ret_use->same_body = db_bool(rows, 0, 1);
	ret_use->queued = db_bool(rows, 0, 2);
	ret_use->replaced = db_int(rows, 0, 3);
	ret_use->product = db_text(rows, 0, 4);
	return E_OK;
}

enum err
idempotency_key_purge(struct db *db, int64_t limit, struct arena *arena,
    int64_t *ret_count, struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "idempotency_key_purge",
		.changes = true,
		.sql =
		    "DELETE FROM idempotency_keys"
		    " WHERE (tenant_id, idempotency_key) IN (SELECT tenant_id,"
		    " idempotency_key FROM idempotency_keys"
		    " WHERE expires_at <= now() ORDER BY expires_at LIMIT $1"
		    " FOR UPDATE SKIP LOCKED)",
	};
	struct db_params params = { 0 };

	db_add_int(&params, limit);
	return db_change(db, &statement, &params, arena, ret_count, diag);
}

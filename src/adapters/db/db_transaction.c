/* SPDX-License-Identifier: MIT */
/* Transactions: begin, commit, roll back. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/db/db_inside.h"

void
db_tenant(struct db *db, int64_t tenant_id)
{
	assert(!db->in_transaction);
	db->tenant_id = tenant_id;
}

enum err
db_begin(struct db *db, struct diag *diag)
{
	bool every = db->tenant_id == DB_EVERY_TENANT;
	char sql[512];
	enum err rc;

	assert(!db->in_transaction);
	rc = db_open(db, diag);
	if (rc != E_OK)
		return rc;
	(void)snprintf(sql, sizeof(sql),
	    "BEGIN; SELECT"
	    " set_config('app.tenant_id', '%" PRId64
	    "', true),"
	    " set_config('app.every_tenant', '%s', true)",
	    every ? 0 : db->tenant_id, every ? "on" : "off");
	if (db->shared) {
		size_t len = strlen(sql);

		(void)snprintf(sql + len, sizeof(sql) - len,
		    ", "
		    "set_config('TimeZone', 'UTC', true), "
		    "set_config('row_security', 'on', true), "
		    "set_config('client_min_messages', 'warning', true), "
		    "set_config('statement_timeout', '%" PRId64
		    "', true), "
		    "set_config('lock_timeout', '%" PRId64
		    "', true), "
		    "set_config('idle_in_transaction_session_timeout',"
		    " '60000', true)",
		    db_statement_ms(db), db->settings->database_lock_timeout);
	}
	rc = db_do_now(db, sql, diag);
	db->in_transaction = rc == E_OK;
	return rc;
}

enum err
db_commit(struct db *db, struct diag *diag)
{
	enum err rc = db_do(db, "COMMIT", diag);

	assert(db->in_transaction);
	db->in_transaction = false;
	return rc;
}

void
db_rollback(struct db *db)
{
	struct diag diag;

	diag_clear(&diag);
	if (db->in_transaction && db->conn != NULL &&
	    db_do(db, "ROLLBACK", &diag) != E_OK)
		db_close(db);
	db->in_transaction = false;
}

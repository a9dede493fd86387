/* SPDX-License-Identifier: MIT */
/*
 * Who changed a token or an integration, in the transaction of the change
 * itself, and what was done by hand at the command line: rows that are only
 * ever added.
 */
#ifndef MODELS_TENANT_AUDIT_LOG_H
#define MODELS_TENANT_AUDIT_LOG_H

#include "adapters/db/db.h"

struct audit_entry {
	int64_t tenant_id;	/* 0: one row for each tenant */
	const char *who;	/* NULL: the database role, a person's */
	const char *action;	/* "token.create": what is changed, and how */
	int64_t row_id;		/* 0: none */
	const char *request_id; /* or NULL */
};

/*
 * Add one. Needs: the transaction of the change; where that takes several, it
 * comes before the first. Fails: as db_run().
 */
enum err audit_log_insert(struct db *db, const struct audit_entry *entry,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

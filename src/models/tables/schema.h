/* SPDX-License-Identifier: MIT */
/*
 * The database as a whole: is it ours, and can it be written?
 */
#ifndef MODELS_TABLES_SCHEMA_H
#define MODELS_TABLES_SCHEMA_H

#include "adapters/db/db.h"

/* The newest migration, made of the names in migrations/ when this is built. */
extern const int schema_needed;

/*
 * Can stores be accepted, and batches be processed? PostgreSQL answers, takes
 * writes and any text, the migrations are applied and their tables in use, row
 * security is on, and the service has its rights.
 * Fails: E_DB_BUSY and others as db_run(); diag tells the client each part that
 *        is wrong, by name.
 */
enum err schema_ready(struct db *db, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * Is the newest migration applied? May be asked of a standby, too.
 * Fails: E_DB_BUSY, and the client is told which one is; others as db_run().
 */
enum err schema_migrated(struct db *db, struct arena *arena, struct diag *diag)
    MUST_CHECK;

/*
 * The same as schema_ready(), asked once for each connection, which is opened if it is not.
 * *session: the one that was asked last, 0 for none.
 */
enum err schema_expect(struct db *db, unsigned *session, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

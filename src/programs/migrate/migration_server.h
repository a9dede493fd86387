/* SPDX-License-Identifier: MIT */
/*
 * What a migration needs of the server that no migration makes: an encoding, a
 * schema, roles and who may use them. It is looked at before the first change,
 * and what the runner may set right it does.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_SERVER_H
#define PROGRAMS_MIGRATE_MIGRATION_SERVER_H

#include "adapters/db/db_admin.h"

/*
 * Print what is wrong with the database as a whole, a line each, and count it.
 */
enum err migration_server_print(struct db_admin *db, struct arena *arena,
    unsigned *count, struct diag *diag) MUST_CHECK;

/*
 * Make sure that migrations can be applied: the database is as they need it,
 * and the connection's role may make the tables and give them to their owner.
 * Roles that are missing are made, and rights given, unless it is a dry run.
 *
 * Fails: E_MIGRATION: it may not, or the database will not do; nothing was
 *        changed, and standard error tells each reason.
 */
enum err migration_server_prepare(struct db_admin *db, bool dry_run,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

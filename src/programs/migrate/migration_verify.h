/* SPDX-License-Identifier: MIT */
/*
 * Compare the tables that are declared (models/tables/schema_declared.h) with
 * those of a live database, and print each difference. What is there and not
 * declared is noted, and is no difference: a database may have more.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_VERIFY_H
#define PROGRAMS_MIGRATE_MIGRATION_VERIFY_H

#include "adapters/db/db_admin.h"

/*
 * Gives: on standard output a line for each difference and each note, and how
 *        many there are.
 * Fails: E_MIGRATION when there are differences; as db_admin_run().
 */
enum err migration_verify(struct db_admin *db, struct arena *arena,
    struct diag *diag) MUST_CHECK;

#endif

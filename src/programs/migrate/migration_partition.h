/* SPDX-License-Identifier: MIT */
/*
 * Partitions of raw_extraction_data, for the operator who chooses them
 * (docs/partitions.md), and the way back. The work is that of functions which a
 * migration made; here are its steps, of a transaction each, and the waits for
 * locks between them.
 *
 * Invariant: whatever ends it, the table is wholly partitioned or not at all. A
 * run that was killed may leave the constraint raw_partitions_end, which the
 * next run uses and the relay takes away.
 */
#ifndef PROGRAMS_MIGRATE_MIGRATION_PARTITION_H
#define PROGRAMS_MIGRATE_MIGRATION_PARTITION_H

#include "programs/migrate/migration_run.h"

#define MIGRATION_PARTITION_ROWS 1000000

/*
 * Make the table the first partition of one of its name. It takes `rows` more,
 * as each partition behind it does. With run->dry_run the steps are printed.
 *
 * Needs: migration_run_open().
 * Fails: E_MIGRATION: something has to be done first, which is told, or a
 *        statement failed; E_DB_BUSY: others used the table all the time.
 */
enum err migration_partition_choose(struct migration_run *run, int64_t rows,
    struct diag *diag) MUST_CHECK;

/*
 * Make it one table again. Fails: as above; E_MIGRATION: several partitions
 * have batches.
 */
enum err migration_partition_undo(struct migration_run *run, struct diag *diag)
    MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * The relay's chores with partitions, where raw_extraction_data has some: room
 * ahead, and whole partitions that are past retention_days.
 */
#ifndef WORK_RELAY_PARTITIONS_H
#define WORK_RELAY_PARTITIONS_H

#include "adapters/db/db.h"
#include "work/relay_conf.h"

/*
 * Needs: db set to every tenant.
 * Fails: as db_run(). A lock that others hold is no failure: it is logged, and
 *        the next round tries again.
 */
enum err relay_partitions(struct db *db, const struct relay_settings *settings,
    struct arena *arena, struct diag *diag) MUST_CHECK;

#endif

/* SPDX-License-Identifier: MIT */
/*
 * READING(id, reason, metric, text): who answers a list, and why; the text is
 * for whoever looks after the servers, and open to all: it names no host. The
 * first row is that the standby does.
 */
/* clang-format off */
READING(READING_STANDBY, "current", METRIC_READS_STANDBY,
    "it has all that is committed")
READING(READING_BEHIND, "behind", METRIC_READS_BEHIND,
    "it has not replayed what is committed at the primary: see"
    " pg_stat_replication there")
READING(READING_UNREACHABLE, "unreachable", METRIC_READS_UNREACHABLE,
    "it is unreachable: start it, or mend database_read_url")
READING(READING_PROMOTED, "promoted", METRIC_READS_PROMOTED,
    "database_read_url names a server that is not a standby")
READING(READING_OTHER_TIMELINE, "other_timeline", METRIC_READS_OTHER_TIMELINE,
    "it does not follow this primary, or has not made a restart point since the"
    " primary was promoted")
READING(READING_OTHER_DATABASE, "other_database", METRIC_READS_OTHER_DATABASE,
    "database_read_url names a database that is not a copy of the primary's")
READING(READING_FAILED, "failed", METRIC_READS_FAILED,
    "it has refused or cancelled a statement: the log says why")
/* clang-format on */

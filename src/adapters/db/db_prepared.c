/* SPDX-License-Identifier: MIT */
/*
 * Which statements a connection has prepared, and what they are called at the
 * server. A session that is shared may have one of another version of this
 * program, so the name there tells the text as well.
 */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapters/db/db_inside.h"
#include "base/log.h"

static uint32_t
hash_of(const char *sql)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *sql != '\0'; sql++)
		hash = (hash ^ (unsigned char)*sql) * 16777619u;
	return hash;
}

static void
write_name(const char *name, uint32_t hash, char out[DB_NAME_SIZE])
{
	(void)snprintf(out, DB_NAME_SIZE, "%.50s_%08" PRIx32, name, hash);
}

bool
db_prepared_name(const struct db *db, const char *name, char out[DB_NAME_SIZE])
{
	for (unsigned i = 0; i < db->prepared_count; i++) {
		if (strcmp(db->prepared[i].name, name) != 0)
			continue;
		write_name(name, db->prepared[i].hash, out);
		return true;
	}
	return false;
}

void
db_prepared_make_name(const struct db_statement *statement,
    char out[DB_NAME_SIZE])
{
	write_name(statement->name, hash_of(statement->sql), out);
}

void
db_prepared_add(struct db *db, const struct db_statement *statement)
{
	assert(db->prepared_count < PREPARED_MAX);
	db->prepared[db->prepared_count].name = statement->name;
	db->prepared[db->prepared_count++].hash = hash_of(statement->sql);
}

bool
db_prepared_lost(struct db *db, enum err rc, const struct diag *diag)
{
	if (rc != E_DB ||
	    (strcmp(diag->sqlstate, "26000") != 0 &&
		strcmp(diag->sqlstate, "42P05") != 0))
		return false;
	log_warn("db_unprepared",
	    LOG_TEXT("text",
		"prepared statements do not"
		" last: going on without them, as database_prepared = off"));
	db->unprepared = true;
	return true;
}

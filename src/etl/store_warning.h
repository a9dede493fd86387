/*
 * What a client should know about a batch that is stored all the same: nothing
 * is made of its entity type, or it is that of another source.
 */
#ifndef ETL_STORE_WARNING_H
#define ETL_STORE_WARNING_H

#include "base/arena.h"
#include "base/str.h"

/*
 * Gives: a sentence, or NULL: there is nothing to say. Lives: in the arena.
 * provider: of the batch's integration.
 */
const char *store_warning(struct span entity_type, struct span provider,
    struct arena *arena);

#endif

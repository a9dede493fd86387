/* SPDX-License-Identifier: MIT */
/*
 * qdrant_vectors: which row of which table has which point in Qdrant. Here it
 * is only counted; whoever makes the vectors writes it.
 */
#ifndef MODELS_CATALOGUE_QDRANT_VECTOR_H
#define MODELS_CATALOGUE_QDRANT_VECTOR_H

#include "adapters/db/db.h"

struct vector_count {
	const char *group;
	const char *name;
	struct span logo_filename; /* of its first integration */
	int64_t rows;		   /* active ones in the table */
	int64_t vectors;	   /* those of them that have a point */
};

enum {
	QDRANT_VECTOR_TABLES = 0
#define VECTOR(group, name, table) +1
#include "models/catalogue/qdrant_vector_rows.h"
#undef VECTOR
};

/*
 * Count each table's rows and their vectors.
 *
 * Needs: collections: a JSON array of the names of Qdrant's collections;
 *        vectors in others are not there. SPAN_NONE: all are taken to be.
 * Gives: counts in the order of qdrant_vector_rows.h, in the arena.
 * Fails: as db_run().
 */
enum err qdrant_vector_count(struct db *db, int64_t tenant_id,
    struct span collections, struct arena *arena,
    struct vector_count ret_counts[QDRANT_VECTOR_TABLES], struct diag *diag)
    MUST_CHECK;

#endif

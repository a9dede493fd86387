/* SPDX-License-Identifier: MIT */
#include "models/catalogue/qdrant_vector.h"

/* One table: a row of the result. */
#define COUNT_TABLE(group, name, table) \
	"UNION ALL SELECT '" group "', '" name \
	"', count(*)," \
	" count(v.record_id) FROM " table \
	" AS t LEFT JOIN" \
	" (SELECT DISTINCT record_id FROM qdrant_vectors" \
	" WHERE tenant_id = $1 AND table_name = '" table \
	"'" \
	" AND ($2::text IS NULL OR qdrant_collection IN" \
	" (SELECT jsonb_array_elements_text($2::jsonb)))) AS v" \
	" ON v.record_id = t.id WHERE t.tenant_id = $1 AND t.active "

static const struct {
	const char *group;
	const char *name;
} tables[] = {
#define VECTOR(group, name, table) { group, name },
#include "models/catalogue/qdrant_vector_rows.h"
#undef VECTOR
};

enum err
qdrant_vector_count(struct db *db, int64_t tenant_id, struct span collections,
    struct arena *arena, struct vector_count ret_counts[QDRANT_VECTOR_TABLES],
    struct diag *diag)
{
	static const struct db_statement statement = {
		.name = "qdrant_vector_count",
		.sql =
		    "WITH counts (title, name, rows, vectors) AS"
		    " (SELECT NULL, NULL, 0::bigint, 0::bigint WHERE FALSE "
#define VECTOR(group, name, table) COUNT_TABLE(group, name, table)
#include "models/catalogue/qdrant_vector_rows.h"
#undef VECTOR
		    ") SELECT title, name, rows, vectors,"
		    " (SELECT logo_filename FROM integrations"
		    " WHERE tenant_id = $1 AND product = lower(title)"
		    " ORDER BY active DESC, lower(provider) = lower(title) DESC,"
		    " id LIMIT 1) FROM counts",
	};
	struct db_params params = { 0 };
	struct db_rows *rows;
	enum err rc;

	db_add_int(&params, tenant_id);
	db_add_text(&params, collections);
	rc = db_run(db, &statement, &params, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	for (int i = 0; i < QDRANT_VECTOR_TABLES; i++) {
		struct vector_count *count = &ret_counts[i];

		count->group = tables[i].group;
		count->name = tables[i].name;
		/* Rows may come in any order: they are found by their names. */
		for (int row = 0; row < db_rows_count(rows); row++) {
			if (!span_is(db_text(rows, row, 0), count->group) ||
			    !span_is(db_text(rows, row, 1), count->name))
				continue;
			count->rows = db_int(rows, row, 2);
			count->vectors = db_int(rows, row, 3);
			count->logo_filename = db_text(rows, row, 4);
		}
	}
	return E_OK;
}

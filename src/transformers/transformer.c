#include "transformers/transformer.h"

struct transformer {
	const char *entity_type;
	const struct db_statement *steps;
};

#define TRANSFORMER(type, ...) extern const struct db_statement transform_##type[];
#include "transformers/transformer_table.h"
#undef TRANSFORMER

static const struct transformer transformers[] = {
#define TRANSFORMER(type, ...) { #type, transform_##type },
#include "transformers/transformer_table.h"
#undef TRANSFORMER
};

/* Columns of the row that a first statement gives. */
enum { ITEMS, UNREADABLE, SKIPPED, SKIPPED_JSON, WAITING_JSON };

static const struct transformer *
find(struct span entity_type)
{
	for (size_t i = 0; i < COUNT(transformers); i++)
		if (span_is(entity_type, transformers[i].entity_type))
			return &transformers[i];
	return NULL;
}

bool
transformer_knows(struct span entity_type)
{
	return find(entity_type) != NULL;
}

/* What the first statement said about the batch. */
static enum err
judge(const struct transform_job *job, const struct db_rows *rows,
    struct transform_outcome *ret_outcome, struct diag *diag)
{
	if (db_rows_count(rows) != 1)
		return diag_tell(diag, E_NO_ROW, "There is no such batch");
	if (db_is_null(rows, 0, ITEMS))
		return diag_tell(diag, E_INVALID, "This is not the shape of a"
		    " %.*s: no list of items was found",
		    SPAN_ARG(job->entity_type));
	if (db_int(rows, 0, ITEMS) > 0 &&
	    db_int(rows, 0, UNREADABLE) == db_int(rows, 0, ITEMS))
		return diag_tell(diag, E_INVALID,
		    "None of the items can be read: %.*s",
		    SPAN_ARG(db_text(rows, 0, SKIPPED_JSON)));
	ret_outcome->skipped = db_int(rows, 0, SKIPPED);
	ret_outcome->items = db_int(rows, 0, ITEMS) - ret_outcome->skipped;
	ret_outcome->skipped_json = db_text(rows, 0, SKIPPED_JSON);
	ret_outcome->waiting_json = db_text(rows, 0, WAITING_JSON);
	return E_OK;
}

enum err
transformer_run(struct db *db, const struct transform_job *job,
    struct arena *arena, struct transform_outcome *ret_outcome,
    struct diag *diag)
{
	const struct transformer *transformer = find(job->entity_type);
	struct db_rows *rows;
	enum err rc;

	if (transformer == NULL)
		return diag_tell(diag, E_INVALID,
		    "There is no transformer for the entity type %.*s",
		    SPAN_ARG(job->entity_type));
	rc = transform_job_run(db, transformer->steps, job, arena, &rows, diag);
	if (rc != E_OK)
		return rc;
	return judge(job, rows, ret_outcome, diag);
}
